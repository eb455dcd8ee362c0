/// How messages are told apart on a NETCONF session, RFC 6242 §4: by an end mark (NETCONF 1.0, and every hello), or in chunks (1.1).
package enum NETCONFFraming: Sendable, Equatable {
    case endOfMessage
    case chunked

    static let mark = Array("]]>]]>".utf8)

    /// A message as it goes over the wire.
    func frame(_ message: [UInt8]) -> [UInt8] {
        switch self {
        case .endOfMessage: message + Self.mark
        case .chunked: Array("\n#\(message.count)\n".utf8) + message + Array("\n##\n".utf8)
        }
    }
}

/// Takes messages out of the bytes of a session. Pure; what it holds is bounded by `limit` whatever comes.
package struct NETCONFDecoder: Sendable {
    package enum Violation: Error, Equatable, CustomStringConvertible {
        /// A message is longer than this many bytes.
        case tooLarge(limit: Int)
        /// What stands where a chunk should begin or end.
        case badChunk(String)

        package var description: String {
            switch self {
            case .tooLarge(let limit): "a message is longer than \(limit) bytes"
            case .badChunk(let found): "a chunk begins with '\(found)'"
            }
        }
    }

    package private(set) var framing = NETCONFFraming.endOfMessage
    private let limit: Int
    private var buffer: [UInt8] = []
    /// Read position in `buffer`.
    private var at = 0
    /// Of the message under way, from complete chunks.
    private var message: [UInt8] = []
    /// Left of the chunk under way.
    private var left = 0
    /// Where the search for the end mark goes on.
    private var searched = 0

    package init(limit: Int) { self.limit = limit }

    /// Both sides change to chunks after their hellos, when both speak 1.1.
    package mutating func switchToChunks() {
        self.framing = .chunked
        self.searched = 0
    }

    package mutating func append(_ bytes: some Sequence<UInt8>) {
        if self.at > 0 {
            self.buffer.removeFirst(self.at)
            self.searched = max(0, self.searched - self.at)
            self.at = 0
        }
        self.buffer.append(contentsOf: bytes)
    }

    /// The next complete message; nil when more bytes are needed.
    package mutating func next() throws(Violation) -> [UInt8]? {
        switch self.framing {
        case .endOfMessage: try self.nextMarked()
        case .chunked: try self.nextChunked()
        }
    }

    private mutating func nextMarked() throws(Violation) -> [UInt8]? {
        let mark = NETCONFFraming.mark
        var index = max(self.at, self.searched)
        while index + mark.count <= self.buffer.count {
            if self.buffer[index] == mark[0], self.buffer[index..<(index + mark.count)].elementsEqual(mark) {
                let message = Array(self.buffer[self.at..<index])
                self.at = index + mark.count
                self.searched = self.at
                guard message.count <= self.limit else { throw .tooLarge(limit: self.limit) }
                return message
            }
            index += 1
        }
        self.searched = index
        guard self.buffer.count - self.at <= self.limit + mark.count else { throw .tooLarge(limit: self.limit) }
        return nil
    }

    private mutating func nextChunked() throws(Violation) -> [UInt8]? {
        while true {
            if self.left > 0 {
                let count = min(self.left, self.buffer.count - self.at)
                guard count > 0 else { return nil }
                self.message.append(contentsOf: self.buffer[self.at..<(self.at + count)])
                self.at += count
                self.left -= count
                continue
            }
            guard let header = try self.header() else { return nil }
            guard header > 0 else {
                defer { self.message = [] }
                return self.message
            }
            guard self.message.count + header <= self.limit else { throw .tooLarge(limit: self.limit) }
            self.left = header
        }
    }

    /// Size of the next chunk, 0 at the end of the message; nil when more bytes are needed. `\n#<size>\n`, `\n##\n`.
    private mutating func header() throws(Violation) -> Int? {
        let bytes = self.buffer[self.at...]
        // LF, #, ten digits, LF.
        guard let end = bytes.dropFirst().firstIndex(of: 0x0a) else {
            guard bytes.count < 13 else { throw self.badChunk(bytes) }
            if let first = bytes.first, first != 0x0a { throw self.badChunk(bytes) }
            return nil
        }
        let line = Array(bytes[bytes.startIndex..<end])
        guard line.count >= 3, line[0] == 0x0a, line[1] == UInt8(ascii: "#") else { throw self.badChunk(bytes) }
        if line.count == 3, line[2] == UInt8(ascii: "#") {
            // An empty message has no chunk, and is none.
            guard !self.message.isEmpty else { throw self.badChunk(bytes) }
            self.at = end + 1
            return 0
        }
        let digits = line.dropFirst(2)
        guard digits.count <= 10, digits.first != UInt8(ascii: "0"), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let size = Int(String(decoding: digits, as: UTF8.self)), size <= 4_294_967_295
        else { throw self.badChunk(bytes) }
        self.at = end + 1
        return size
    }

    private func badChunk(_ bytes: ArraySlice<UInt8>) -> Violation {
        .badChunk(String(decoding: bytes.prefix(16).map { $0 >= 0x20 && $0 < 0x7f ? $0 : UInt8(ascii: ".") }, as: UTF8.self))
    }
}
