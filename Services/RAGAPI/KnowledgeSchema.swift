import GRDB

/// The tables of `knowledge.sqlite`. A change of them, of the tokenizer or of the column weights is a new migration.
enum KnowledgeSchema {
    static func migrate(_ database: some DatabaseWriter) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: documents, chunks, index") { db in
            try db.execute(
                sql: """
                    CREATE TABLE documents (
                        id TEXT NOT NULL PRIMARY KEY,
                        title TEXT NOT NULL,
                        text TEXT NOT NULL,
                        source TEXT NOT NULL,
                        metadata TEXT NOT NULL,
                        hash BLOB NOT NULL,
                        updatedAt TEXT NOT NULL
                    );
                    CREATE INDEX documentsBySource ON documents (source);

                    CREATE TABLE chunks (
                        id INTEGER PRIMARY KEY,
                        documentId TEXT NOT NULL REFERENCES documents (id),
                        ordinal INTEGER NOT NULL,
                        title TEXT NOT NULL,
                        heading TEXT NOT NULL,
                        text TEXT NOT NULL,
                        UNIQUE (documentId, ordinal)
                    );

                    CREATE VIRTUAL TABLE chunkIndex USING fts5 (
                        title, heading, text,
                        content = 'chunks', content_rowid = 'id',
                        tokenize = 'porter unicode61 remove_diacritics 2'
                    );
                    -- A word of the title tells more about a passage than one of its text.
                    INSERT INTO chunkIndex (chunkIndex, rank) VALUES ('rank', 'bm25(4.0, 2.0, 1.0)');

                    CREATE TRIGGER chunksInserted AFTER INSERT ON chunks BEGIN
                        INSERT INTO chunkIndex (rowid, title, heading, text) VALUES (new.id, new.title, new.heading, new.text);
                    END;
                    CREATE TRIGGER chunksDeleted AFTER DELETE ON chunks BEGIN
                        INSERT INTO chunkIndex (chunkIndex, rowid, title, heading, text)
                        VALUES ('delete', old.id, old.title, old.heading, old.text);
                    END;

                    CREATE TABLE state (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL);
                    INSERT INTO state VALUES ('version', zeroblob(32));
                    """
            )
        }
        try migrator.migrate(database)
    }
}
