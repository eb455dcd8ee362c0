/// Cuts a stream of bytes into batches of whole lines.
struct LineBatches {
    /// Bytes of a batch, unless one line is longer.
    static let batchBytes = 2 << 20
    /// A longer line is left out.
    static let lineBytes = 16 << 20

    private var held: [UInt8] = []
    /// One behind the last line's end among them; each byte is looked at once, however long a line is.
    private var whole = 0
    /// In the middle of a line that is too long.
    private var skips = false

    enum Batch: Equatable {
        /// Whole lines without the last line's end.
        case lines([UInt8])
        case tooLong
    }

    mutating func append(_ bytes: some Collection<UInt8>) -> [Batch] {
        var batches: [Batch] = []
        var bytes = bytes[...]
        if self.skips {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return [] }
            bytes = bytes[bytes.index(after: end)...]
            self.skips = false
        }
        let before = self.held.count
        self.held.append(contentsOf: bytes)
        if let end = self.held[before...].lastIndex(of: UInt8(ascii: "\n")) { self.whole = end + 1 }
        guard self.held.count >= Self.batchBytes else { return [] }
        if self.whole > 0 {
            batches.append(.lines(Array(self.held[..<(self.whole - 1)])))
            self.held.removeSubrange(..<self.whole)
            self.whole = 0
        } else if self.held.count > Self.lineBytes {
            self.held = []
            self.skips = true
            batches.append(.tooLong)
        }
        return batches
    }

    /// What is left at the end.
    mutating func finish() -> [UInt8]? {
        defer {
            self.held = []
            self.whole = 0
        }
        if self.held.last == UInt8(ascii: "\n") { self.held.removeLast() }
        return self.held.isEmpty ? nil : self.held
    }
}
