/// Reads answers of HTTP/1.0 and 1.1 from pieces of any size (RFC 9112): lengths, chunks, and bodies that end with the connection. It keeps no more
/// of an answer than it is asked to.
struct ResponseParser {
    enum Fault: String, Error, Equatable {
        case notHTTP = "the answer is not HTTP/1"
        case lineTooLong = "a line of the answer is longer than 16 KiB"
        case badLength = "the answer's length is no number"
        case badChunk = "a chunk of the answer has no size"
        case cutOff = "the answer was cut off"
    }

    private enum State: Equatable { case statusLine, fields, body(Int), chunkSize, chunk(Int), chunkEnd, trailers, untilClose, complete }

    private static let longestLine = 16 << 10

    private(set) var status = 0
    /// The connection cannot be used for another request.
    private(set) var closes = false
    /// The first ``keeps`` bytes of the body.
    private(set) var body: [UInt8] = []
    /// Bytes of the body so far, kept or not.
    private(set) var bodyBytes = 0
    /// A byte of this answer has been seen.
    private(set) var hasBegun = false
    var keeps = 0

    private var state = State.statusLine
    private var isHead = false
    private var length: Int?
    private var isChunked = false
    /// The beginning of a line whose end has not come yet.
    private var line: [UInt8] = []

    var isComplete: Bool { self.state == .complete }

    /// For the next answer.
    mutating func begin(isHead: Bool) {
        self.state = .statusLine
        self.isHead = isHead
        self.status = 0
        self.closes = false
        self.length = nil
        self.isChunked = false
        self.bodyBytes = 0
        self.hasBegun = false
        if !self.line.isEmpty { self.line.removeAll(keepingCapacity: true) }
        if !self.body.isEmpty { self.body.removeAll(keepingCapacity: true) }
    }

    /// Takes bytes; returns how many belonged to this answer.
    mutating func take(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> Int {
        var position = 0
        if !bytes.isEmpty { self.hasBegun = true }
        while position < bytes.count, self.state != .complete {
            switch self.state {
            case .body(let left):
                let count = min(left, bytes.count - position)
                self.keep(bytes, position, count)
                position += count
                self.state = left == count ? .complete : .body(left - count)
            case .chunk(let left):
                let count = min(left, bytes.count - position)
                self.keep(bytes, position, count)
                position += count
                self.state = left == count ? .chunkEnd : .chunk(left - count)
            case .untilClose:
                self.keep(bytes, position, bytes.count - position)
                position = bytes.count
            default:
                guard let end = Self.lineEnd(bytes, from: position) else {
                    guard self.line.count + bytes.count - position <= Self.longestLine else { throw .lineTooLong }
                    self.line.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[position...]))
                    return bytes.count
                }
                if self.line.isEmpty {
                    try self.read(Self.trimmed(UnsafeRawBufferPointer(rebasing: bytes[position..<end])))
                } else {
                    self.line.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[position..<end]))
                    guard self.line.count <= Self.longestLine else { throw .lineTooLong }
                    let whole = self.line
                    self.line.removeAll(keepingCapacity: true)
                    // Typed throws do not pass through the closure's rethrow.
                    let result = whole.withUnsafeBytes { bytes -> Result<Void, Fault> in
                        do throws(Fault) { return .success(try self.read(Self.trimmed(bytes))) } catch { return .failure(error) }
                    }
                    try result.get()
                }
                position = end + 1
            }
        }
        return position
    }

    /// The connection was closed by the other side. True when that completes the answer.
    mutating func end() -> Bool {
        guard self.state == .untilClose else { return false }
        self.state = .complete
        return true
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ count: Int) {
        self.bodyBytes += count
        let wanted = min(count, self.keeps - self.body.count)
        if wanted > 0 { self.body.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[position..<position + wanted])) }
    }

    /// Hands over what was kept of a body that goes on, as of a stream of events.
    mutating func takeBody() -> [UInt8] {
        defer { self.body.removeAll(keepingCapacity: true) }
        return self.body
    }

    private static func lineEnd(_ bytes: UnsafeRawBufferPointer, from: Int) -> Int? {
        var index = from
        while index < bytes.count {
            if bytes[index] == 0x0a { return index }
            index += 1
        }
        return nil
    }

    private static func trimmed(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        line.last == 0x0d ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
    }

    private mutating func read(_ line: UnsafeRawBufferPointer) throws(Fault) {
        switch self.state {
        case .statusLine: try self.readStatus(line)
        case .fields: if line.isEmpty { self.endHead() } else { try self.readField(line) }
        case .chunkSize:
            guard let size = HTTPBytes.hexadecimal(line) else { throw .badChunk }
            self.state = size == 0 ? .trailers : .chunk(size)
        case .chunkEnd:
            guard line.isEmpty else { throw .badChunk }
            self.state = .chunkSize
        case .trailers: if line.isEmpty { self.state = .complete }
        case .body, .chunk, .untilClose, .complete: break
        }
    }

    private mutating func readStatus(_ line: UnsafeRawBufferPointer) throws(Fault) {
        guard line.count >= 12, HTTPBytes.hasPrefix(line, "HTTP/1."), line[8] == 0x20 else { throw .notHTTP }
        var status = 0
        for index in 9..<12 {
            let digit = line[index] &- 0x30
            guard digit < 10 else { throw .notHTTP }
            status = status * 10 + Int(digit)
        }
        self.status = status
        self.closes = line[7] == UInt8(ascii: "0")
        self.state = .fields
    }

    private mutating func readField(_ line: UnsafeRawBufferPointer) throws(Fault) {
        // Only names that begin with C or T say anything about the length.
        switch line[0] | 0x20 {
        case UInt8(ascii: "c"):
            if let value = HTTPBytes.value(of: "content-length", in: line) {
                guard let length = HTTPBytes.decimal(value) else { throw .badLength }
                self.length = length
            } else if let value = HTTPBytes.value(of: "connection", in: line) {
                if HTTPBytes.contains(value, "close") { self.closes = true } else if HTTPBytes.contains(value, "keep-alive") { self.closes = false }
            }
        case UInt8(ascii: "t"):
            if let value = HTTPBytes.value(of: "transfer-encoding", in: line), HTTPBytes.contains(value, "chunked") { self.isChunked = true }
        default: break
        }
    }

    private mutating func endHead() {
        if (100..<200).contains(self.status), self.status != 101 {
            // Interim: the answer proper follows.
            self.state = .statusLine
            self.length = nil
            self.isChunked = false
        } else if self.isHead || self.status == 204 || self.status == 304 {
            self.state = .complete
        } else if self.isChunked {
            self.state = .chunkSize
        } else if let length = self.length {
            self.state = length == 0 ? .complete : .body(length)
        } else {
            self.closes = true
            self.state = .untilClose
        }
    }
}
