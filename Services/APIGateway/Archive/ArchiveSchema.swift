import GRDB

/// The tables of `archive.sqlite`. A change of them is a new migration.
enum ArchiveSchema {
    static func migrate(_ database: some DatabaseWriter) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: intents, index") { db in
            try db.execute(
                sql: """
                    CREATE TABLE intents (
                        key INTEGER PRIMARY KEY,
                        id TEXT NOT NULL UNIQUE,
                        tenant TEXT NOT NULL,
                        phase TEXT NOT NULL,
                        priority TEXT NOT NULL,
                        created INTEGER NOT NULL,
                        updated INTEGER NOT NULL,
                        sequence INTEGER NOT NULL,
                        text TEXT NOT NULL,
                        labels TEXT NOT NULL,
                        objects TEXT NOT NULL,
                        record BLOB NOT NULL
                    );
                    -- Ids sort by creation time.
                    CREATE INDEX intentsByTenant ON intents (tenant, id);
                    CREATE INDEX intentsByPhase ON intents (tenant, phase, id);
                    CREATE INDEX intentsByUpdate ON intents (updated);

                    CREATE VIRTUAL TABLE intentIndex USING fts5 (
                        text, labels, objects,
                        content = 'intents', content_rowid = 'key',
                        tokenize = 'porter unicode61 remove_diacritics 2'
                    );
                    CREATE TRIGGER intentsInserted AFTER INSERT ON intents BEGIN
                        INSERT INTO intentIndex (rowid, text, labels, objects) VALUES (new.key, new.text, new.labels, new.objects);
                    END;
                    CREATE TRIGGER intentsDeleted AFTER DELETE ON intents BEGIN
                        INSERT INTO intentIndex (intentIndex, rowid, text, labels, objects)
                        VALUES ('delete', old.key, old.text, old.labels, old.objects);
                    END;
                    CREATE TRIGGER intentsUpdated AFTER UPDATE OF text, labels, objects ON intents BEGIN
                        INSERT INTO intentIndex (intentIndex, rowid, text, labels, objects)
                        VALUES ('delete', old.key, old.text, old.labels, old.objects);
                        INSERT INTO intentIndex (rowid, text, labels, objects) VALUES (new.key, new.text, new.labels, new.objects);
                    END;
                    """
            )
        }
        try migrator.migrate(database)
    }
}
