import Crypto
import Foundation

/// SHA-256 over everything of a document that a search can show, and over the way it is chunked.
struct ContentHash: Equatable, Sendable {
    let bytes: [UInt8]

    init(of document: KnowledgeDocument, chunker: MarkdownChunker) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var hash = SHA256()
        for field in [chunker.identity, document.id, document.title, document.source, document.text] {
            // The length keeps ("ab", "c") apart from ("a", "bc").
            hash.update(data: Array("\(field.utf8.count):".utf8))
            hash.update(data: Array(field.utf8))
        }
        hash.update(data: try encoder.encode(document.metadata))
        self.bytes = Array(hash.finalize())
    }
}
