/// Cuts a stream of bytes into lines, each at most `limit` bytes. Pure.
struct WatchLines {
    struct TooLong: Error, Equatable { let limit: Int }

    let limit: Int
    private var rest: [UInt8] = []

    init(limit: Int = 8 << 20) { self.limit = limit }

    /// The lines that `bytes` complete, without their ends; empty ones left out.
    mutating func append(_ bytes: [UInt8]) throws(TooLong) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            var line = self.rest
            self.rest = []
            line += bytes[start..<end]
            guard line.count <= self.limit else { throw TooLong(limit: self.limit) }
            if !line.isEmpty { lines.append(line) }
            start = end + 1
        }
        self.rest += bytes[start...]
        guard self.rest.count <= self.limit else { throw TooLong(limit: self.limit) }
        return lines
    }
}
