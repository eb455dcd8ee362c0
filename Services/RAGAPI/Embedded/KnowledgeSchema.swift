import GRDB

/// The tables of `knowledge.sqlite`. A change of them is a new migration.
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
                    CREATE TABLE chunks (
                        id INTEGER PRIMARY KEY,
                        documentId TEXT NOT NULL REFERENCES documents (id),
                        ordinal INTEGER NOT NULL,
                        title TEXT NOT NULL,
                        heading TEXT NOT NULL,
                        text TEXT NOT NULL,
                        UNIQUE (documentId, ordinal)
                    );
                    CREATE TABLE state (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL);
                    INSERT INTO state VALUES ('version', zeroblob(32));
                    """
            )
        }
        migrator.registerMigration("2: passages by number, access, embeddings") { db in
            // A file of the first version has a full-text index: queries are served from memory now.
            try db.execute(
                sql: """
                    DROP TRIGGER IF EXISTS chunksInserted;
                    DROP TRIGGER IF EXISTS chunksDeleted;
                    DROP TABLE IF EXISTS chunkIndex;
                    ALTER TABLE documents RENAME TO documents1;
                    DROP INDEX IF EXISTS documentsBySource;

                    CREATE TABLE documents (
                        -- Numbers are never used again: a passage that was found a moment ago is not mistaken for another.
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        id TEXT NOT NULL UNIQUE,
                        title TEXT NOT NULL,
                        text TEXT NOT NULL,
                        source TEXT NOT NULL,
                        metadata TEXT NOT NULL,
                        access TEXT NOT NULL,
                        hash BLOB NOT NULL,
                        updatedAt TEXT NOT NULL
                    );
                    CREATE INDEX documentsBySource ON documents (source);

                    CREATE TABLE passages (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        document INTEGER NOT NULL REFERENCES documents (number),
                        ordinal INTEGER NOT NULL,
                        heading TEXT NOT NULL,
                        text TEXT NOT NULL
                    );
                    CREATE INDEX passagesByDocument ON passages (document, ordinal);

                    CREATE TABLE models (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
                    CREATE TABLE embeddings (
                        passage INTEGER PRIMARY KEY REFERENCES passages (number),
                        model INTEGER NOT NULL REFERENCES models (number),
                        -- Little-endian half-precision floats.
                        vector BLOB NOT NULL
                    );

                    INSERT INTO documents (id, title, text, source, metadata, access, hash, updatedAt)
                        SELECT id, title, text, source, metadata, '[]', hash, updatedAt FROM documents1 ORDER BY id;
                    INSERT INTO passages (document, ordinal, heading, text)
                        SELECT d.number, c.ordinal, c.heading, c.text FROM chunks c JOIN documents d ON d.id = c.documentId ORDER BY d.number, c.ordinal;
                    DROP TABLE chunks;
                    DROP TABLE documents1;
                    """
            )
        }
        migrator.registerMigration("3: identity of the store") { db in try StoreIdentity.renew(db) }
        try migrator.migrate(database)
    }
}
