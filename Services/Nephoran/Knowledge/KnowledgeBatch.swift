/// Documents that go to the server together, as NDJSON.
struct KnowledgeBatch {
    /// Well below what one request may carry.
    static let limit = 2 << 20

    private(set) var body: [UInt8] = []
    private var paths: [String] = []

    var isEmpty: Bool { self.paths.isEmpty }
    var isFull: Bool { self.body.count >= Self.limit || self.paths.count >= 500 }

    mutating func add(_ file: KnowledgeFile, path: String) {
        guard let line = try? JSONText.encode(file) else { return }
        self.body += line
        self.body.append(UInt8(ascii: "\n"))
        self.paths.append(path)
    }

    /// - Parameter position: 1-based line.
    func path(at position: Int) -> String { self.paths.indices.contains(position - 1) ? self.paths[position - 1] : "document \(position)" }
}
