import Crypto
import Foundation

/// Names one answer in the caches: everything that changes it is part of the name, the state of the knowledge included, so an
/// ingest can never be followed by an older answer.
struct SearchKey: Sendable, Equatable {
    let text: String

    init(terms: [String], limit: Int, mode: SearchMode, filters: [SearchFilter], version: KnowledgeVersion) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let parts = try encoder.encode(Parts(terms: terms, limit: limit, mode: mode, filters: filters.map { [.text($0.field)] + $0.anyOf }))
        let digest = SHA256.hash(data: parts).prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        // The leading number is the shape of the value; a replica of another release never reads it wrongly.
        self.text = "rag:search:1:\(version):\(digest)"
    }

    private struct Parts: Encodable {
        var terms: [String]
        var limit: Int
        var mode: SearchMode
        var filters: [[MetadataValue]]
    }
}
