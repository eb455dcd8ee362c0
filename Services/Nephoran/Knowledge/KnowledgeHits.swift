import Foundation

/// The answer of a search.
struct KnowledgeHits: Decodable {
    struct Hit: Decodable {
        struct Explanation: Decodable {
            struct Term: Decodable {
                var term: String
                var bm25: Double
            }

            var keyword: Double
            var vector: Double
            var bm25: Double?
            var cosine: Double?
            var terms: [Term]
        }

        var chunkId: String
        var title: String
        var heading: String
        var snippet: String
        var score: Double
        var source: String
        var explanation: Explanation?
    }

    var results: [Hit]
    var mode: String
    var cache: String
    var tookMs: Double
    var note: String?

    /// A table, what its scores are made of, and how it was answered.
    static func lines(_ hits: KnowledgeHits, explains: Bool, _ terminal: Terminal) -> [String] {
        var lines: [String] = []
        if hits.results.isEmpty {
            lines.append("nothing found")
        } else {
            var table = Table("SCORE", "PASSAGE", "UNDER", "TEXT")
            for hit in hits.results {
                let under = [hit.title, hit.heading].filter { !$0.isEmpty }.joined(separator: " › ")
                table.add(String(format: "%.3f", hit.score), Table.cut(hit.chunkId, to: 40), Table.cut(under, to: 40), self.plain(hit.snippet))
            }
            lines += table.lines(width: terminal.width, style: { terminal.styled($0, .bold) })
        }
        if explains, !hits.results.isEmpty {
            var table = Table("PASSAGE", "WORDS", "MEANING", "BM25", "COSINE", "TERMS")
            for hit in hits.results {
                guard let parts = hit.explanation else { continue }
                let terms = parts.terms.map { "\($0.term) \(String(format: "%.2f", $0.bm25))" }.joined(separator: ", ")
                table.add(
                    Table.cut(hit.chunkId, to: 40), String(format: "%.3f", parts.keyword), String(format: "%.3f", parts.vector), self.number(parts.bm25),
                    self.number(parts.cosine), terms)
            }
            lines += [""] + table.lines(width: terminal.width, style: { terminal.styled($0, .bold) })
        }
        let cache = hits.cache == "miss" ? "" : ", from the cache (\(hits.cache))"
        lines.append(terminal.styled("\(hits.mode) search, \(String(format: "%.1f", hits.tookMs)) ms\(cache)", .dim))
        if let note = hits.note { lines.append("\(terminal.styled("note", .yellow)) \(note)") }
        return lines
    }

    private static func number(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }

    /// A snippet's text without its marks.
    private static func plain(_ snippet: String) -> String {
        var text = snippet
        for (mark, plain) in [("<mark>", ""), ("</mark>", ""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] { text = text.replacing(mark, with: plain) }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
