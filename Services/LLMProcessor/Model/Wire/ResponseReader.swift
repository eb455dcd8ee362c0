import HTTPFetch

/// Reads one HTTP/1.1 response from bytes as they come (RFC 9112 §6). Pure.
///
/// Knows lengths, chunks and bodies that end with the connection; passes over interim responses; keeps the headers that anybody here asks for.
struct ResponseReader: Sendable {
    enum Progress: Sendable {
        case more
        /// `isReusable`: the connection may carry another request.
        case complete(FetchResponse, isReusable: Bool)
        case failed(FetchError)
    }

    private enum Framing { case head, length(Int), chunked, untilClose }

    static let maxHeadBytes = 64 << 10
    private static let kept = ["content-type", "retry-after"]

    private let limit: Int
    private var bytes: [UInt8] = []
    /// First byte not yet made sense of.
    private var position = 0
    private var framing = Framing.head
    private var status = 0
    private var headers: [(String, String)] = []
    private var body: [UInt8] = []
    private var closes = false

    /// - Parameter limit: bytes of body.
    init(limit: Int) { self.limit = limit }

    /// Nothing has come yet.
    var isUntouched: Bool { self.bytes.isEmpty && self.position == 0 && self.status == 0 }

    mutating func read(_ more: UnsafeRawBufferPointer) -> Progress {
        self.bytes.append(contentsOf: more)
        return self.advance()
    }

    /// The peer has closed the connection.
    mutating func end() -> Progress {
        if case .untilClose = self.framing { return .complete(self.response(Array(self.bytes[self.position...])), isReusable: false) }
        return .failed(.transfer(code: 18, reason: "the connection was closed before the response was complete"))
    }

    private mutating func advance() -> Progress {
        while true {
            switch self.framing {
            case .head:
                guard let end = self.endOfHead() else {
                    return self.bytes.count - self.position > Self.maxHeadBytes ? .failed(.tooLarge(limit: Self.maxHeadBytes)) : .more
                }
                if let error = self.readHead(until: end) { return .failed(error) }
            case .length(let length):
                guard length <= self.limit else { return .failed(.tooLarge(limit: self.limit)) }
                guard self.bytes.count - self.position >= length else { return .more }
                let isReusable = !self.closes && self.bytes.count == self.position + length
                return .complete(self.response(Array(self.bytes[self.position..<(self.position + length)])), isReusable: isReusable)
            case .chunked: return self.readChunks()
            case .untilClose: return self.bytes.count - self.position > self.limit ? .failed(.tooLarge(limit: self.limit)) : .more
            }
        }
    }

    private func response(_ body: [UInt8]) -> FetchResponse { FetchResponse(status: self.status, headers: self.headers, body: body) }

    // MARK: Head

    /// Just behind the empty line.
    private func endOfHead() -> Int? {
        var at = self.position
        while let line = self.endOfLine(from: at) {
            if line == at + 2 || line == at + 1 { return line }
            at = line
        }
        return nil
    }

    /// Just behind the line feed.
    private func endOfLine(from start: Int) -> Int? { self.bytes[start...].firstIndex(of: 0x0a).map { $0 + 1 } }

    private mutating func readHead(until end: Int) -> FetchError? {
        let malformed = FetchError.transfer(code: 8, reason: "the response is no HTTP/1.1")
        var length: Int?
        var isChunked = false
        var isFirst = true
        self.headers = []
        while self.position < end, let next = self.endOfLine(from: self.position) {
            var line = self.bytes[self.position..<(next - 1)]
            self.position = next
            if line.last == 0x0d { line.removeLast() }
            if isFirst {
                isFirst = false
                guard line.starts(with: "HTTP/1.".utf8), line.count >= 12 else { return malformed }
                let digits = line[(line.startIndex + 9)..<(line.startIndex + 12)]
                guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return malformed }
                self.status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
                self.closes = line[line.startIndex + 7] == UInt8(ascii: "0")
                continue
            }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = line[..<colon]
            let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            if Self.isEqual(name, "content-length") {
                guard let number = Int(String(decoding: value, as: UTF8.self).filter { $0 != " " }), number >= 0, length == nil || length == number else {
                    return malformed
                }
                length = number
            } else if Self.isEqual(name, "transfer-encoding") {
                isChunked = Self.isEqual(value, "chunked")
                if !isChunked { return malformed }
            } else if Self.isEqual(name, "connection") {
                if Self.isEqual(value, "close") { self.closes = true }
            } else {
                for kept in Self.kept where Self.isEqual(name, kept) { self.headers.append((kept, String(decoding: value, as: UTF8.self))) }
            }
        }
        if (100..<200).contains(self.status) { return nil }
        self.framing =
            if self.status == 204 || self.status == 304 { .length(0) } else if isChunked { .chunked } else if let length { .length(length) } else {
                .untilClose
            }
        return nil
    }

    private static func isEqual(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool {
        bytes.count == text.utf8.count && zip(bytes, text.utf8).allSatisfy { ($0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0) == $1 }
    }

    // MARK: Chunks

    private mutating func readChunks() -> Progress {
        let malformed = Progress.failed(.transfer(code: 56, reason: "a chunk of the response is malformed"))
        while let start = self.endOfLine(from: self.position) {
            let digits = self.bytes[self.position..<start].prefix { $0 != UInt8(ascii: ";") && $0 != 0x0d && $0 != 0x0a && $0 != 0x20 }
            guard !digits.isEmpty, digits.count <= 8, let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else { return malformed }
            guard size <= self.limit - self.body.count else { return .failed(.tooLarge(limit: self.limit)) }
            if size == 0 {
                // Trailers, up to the empty line.
                var at = start
                while let next = self.endOfLine(from: at) {
                    if next == at + 2 || next == at + 1 {
                        return .complete(self.response(self.body), isReusable: !self.closes && next == self.bytes.count)
                    }
                    at = next
                }
                return .more
            }
            guard self.bytes.count >= start + size + 2 else { return .more }
            guard self.bytes[start + size] == 0x0d, self.bytes[start + size + 1] == 0x0a else { return malformed }
            self.body += self.bytes[start..<(start + size)]
            self.position = start + size + 2
        }
        return self.bytes.count - self.position > 64 ? malformed : .more
    }
}
