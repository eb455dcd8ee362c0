import Foundation
import GRDB

extension SearchResult {
    init(_ row: Row) throws {
        let documentId: String = row["documentId"]
        let ordinal: Int = row["ordinal"]
        let rank: Double = row["rank"]
        let metadata: String = row["metadata"]
        self.init(
            documentId: documentId,
            chunkId: "\(documentId)#\(ordinal)",
            title: row["title"],
            heading: row["heading"],
            text: row["text"],
            // FTS5 gives better matches smaller (more negative) ranks.
            score: Self.score(bm25: -rank),
            source: row["source"],
            metadata: try [String: MetadataValue](json: metadata)
        )
    }
}

extension [String: MetadataValue] {
    init(json text: String) throws {
        self = text == "{}" ? [:] : try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    }
}
