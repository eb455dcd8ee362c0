import Crypto
import Foundation

/// SHA-256 over everything of a document that a search can show or depends on, and over the way it is cut.
struct ContentHash: Hashable, Sendable {
    let bytes: [UInt8]

    init(of document: KnowledgeDocument, cut: String) throws {
        var hash = SHA256()
        func add(_ field: String) {
            var field = field
            field.withUTF8 { bytes in
                // The length keeps ("ab", "c") apart from ("a", "bc").
                withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.update(bufferPointer: $0) }
                hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            }
        }
        add(cut)
        add(document.id)
        add(document.title)
        add(document.source)
        add(document.text)
        add(try document.metadata.json())
        for tag in document.access { add(tag) }
        self.bytes = Array(hash.finalize())
    }

    /// Nil unless there are 32 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }
}
