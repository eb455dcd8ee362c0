import Crypto

/// Names one answer in the caches: everything that changes it is part of the name, the state of the knowledge included, so an
/// ingest can never be followed by an older answer.
struct SearchKey: Sendable, Equatable {
    /// The shape of the value: a replica of another release never reads it wrongly.
    private static let shape = 2

    let text: String

    /// - Parameters:
    ///   - model: of the embeddings; empty when there is none.
    ///   - words: ``QueryWords/identity``: synonyms and words that say nothing change answers, too.
    ///   - embedded: passages that have one: embeddings that come later change answers, too.
    init(_ query: PassageQuery, words: String, model: String, embedded: Int, backend: String, version: KnowledgeVersion) {
        var hash = SHA256()
        func add(_ text: String) {
            var text = text
            text.withUTF8 { bytes in
                // The length keeps ("ab", "c") apart from ("a", "bc").
                withUnsafeBytes(of: bytes.count) { hash.update(bufferPointer: $0) }
                hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            }
        }
        func add(_ numbers: [Int]) { numbers.withUnsafeBytes { hash.update(bufferPointer: $0) } }
        add(query.text)
        add(words)
        add(query.mode == .keyword ? "" : model)
        add(backend)
        add([
            query.mode == .hybrid ? 0 : query.mode == .keyword ? 1 : 2, query.limit, query.perDocument, query.explains ? 1 : 0,
            query.mode == .hybrid ? Int((query.alpha * 1_000_000).rounded()) : 0, query.mode == .keyword ? 0 : embedded, query.filters.count,
        ])
        for filter in query.filters {
            add(filter.field)
            add([filter.anyOf.count])
            for value in filter.anyOf { add(value.canonical) }
        }
        switch query.readers {
        case .everybody: add([0])
        case .administration: add([1])
        case .holding(let tags):
            add([2, tags.count])
            for tag in tags { add(tag) }
        }
        var digits: [UInt8] = []
        digits.reserveCapacity(32)
        for byte in hash.finalize().prefix(16) {
            for nibble in [byte >> 4, byte & 15] { digits.append(nibble < 10 ? 48 + nibble : 87 + nibble) }
        }
        self.text = "rag:search:\(Self.shape):\(version):\(String(decoding: digits, as: UTF8.self))"
    }
}
