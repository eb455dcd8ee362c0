/// Reads a response head line by line, as libcurl hands it over. Pure.
///
/// Interim responses (1xx) are forgotten when the next status line arrives; lines after the head (trailers) are ignored.
struct ResponseHead {
    /// Bytes of head after which a response is refused.
    static let maxBytes = 64 << 10

    enum Progress: Equatable { case partial, complete, tooLarge }

    private(set) var status = 0
    /// Names in lower case.
    private(set) var headers: [(String, String)] = []
    private(set) var isComplete = false
    private var byteCount = 0

    /// Nil when absent or not a number.
    var contentLength: Int? { self.headers.value(of: "content-length").flatMap { Int($0) } }

    /// One line, its line end included. `.complete` is said once, at the empty line of a final response.
    mutating func read(_ line: UnsafeRawBufferPointer) -> Progress {
        if self.isComplete { return .partial }
        self.byteCount += line.count
        guard self.byteCount <= Self.maxBytes else { return .tooLarge }

        let text = line.trimmed
        if text.isEmpty {
            self.isComplete = self.status >= 200
            return self.isComplete ? .complete : .partial
        }
        if line.starts(with: "HTTP/".utf8) {
            self.headers.removeAll(keepingCapacity: true)
            self.status = Self.status(of: text)
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex {
            let name = String(decoding: text[..<colon], as: UTF8.self).lowercased()
            self.headers.append((name, String(decoding: text[(colon + 1)...].trimmed, as: UTF8.self)))
        }
        return .partial
    }

    /// `HTTP/1.1 204 No Content` → 204; 0 when it is not a status line.
    private static func status(of line: Slice<UnsafeRawBufferPointer>) -> Int {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return 0 }
        return line[(space + 1)...].prefix(3).reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var trimmed: Slice<UnsafeRawBufferPointer> { self[...].trimmed }
}

extension Slice<UnsafeRawBufferPointer> {
    /// Without white space and line ends on either side.
    fileprivate var trimmed: Slice<UnsafeRawBufferPointer> {
        var slice = self
        while let first = slice.first, first <= 0x20 { slice = slice.dropFirst() }
        while let last = slice.last, last <= 0x20 { slice = slice.dropLast() }
        return slice
    }
}
