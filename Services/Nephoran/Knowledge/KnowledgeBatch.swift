/// Documents that go to the server together, as NDJSON.
struct KnowledgeBatch: Sendable {
    /// Small enough for progress to be seen, large enough for the way to cost little.
    static let limit = 1 << 20

    private(set) var body: [UInt8] = []
    private var places: [String] = []
    /// Bytes of the files it was made of.
    private(set) var sourceBytes = 0

    var isEmpty: Bool { self.places.isEmpty }
    var isFull: Bool { self.body.count >= Self.limit || self.places.count >= 1000 }

    mutating func add(_ file: KnowledgeFile, path: String) {
        guard let line = try? JSONText.encode(file) else { return }
        self.add(line: Array(line), place: path)
    }

    /// - Parameter place: where it comes from, for a rejection.
    mutating func add(line: [UInt8], place: String) {
        self.body += line
        self.body.append(UInt8(ascii: "\n"))
        self.places.append(place)
    }

    mutating func count(sourceBytes: Int) { self.sourceBytes += sourceBytes }

    /// - Parameter position: 1-based line.
    func path(at position: Int) -> String { self.places.indices.contains(position - 1) ? self.places[position - 1] : "document \(position)" }
}
