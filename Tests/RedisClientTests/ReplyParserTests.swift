import Testing

@testable import RedisClient

@Suite struct ReplyParserTests {
    static let stream =
        "+OK\r\n-ERR no\r\n:-42\r\n$-1\r\n$0\r\n\r\n$3\r\n\0\r\n\r\n*-1\r\n*0\r\n"
        + "*2\r\n*2\r\n$1\r\na\r\n*0\r\n*1\r\n*2\r\n:1\r\n$-1\r\n+END\r\n"
    static let values: [RedisValue] = [
        .status("OK"), .error("ERR no"), .integer(-42), .null, .bytes([]), .bytes([0, 13, 10]), .null, .array([]),
        .array([.array([.bytes([97]), .array([])]), .array([.array([.integer(1), .null])])]), .status("END"),
    ]

    @Test("replies are the same however the stream is cut", arguments: [1, 2, 3, 7, 16, 1_000])
    func reads(chunk: Int) throws {
        let parser = try ReplyParser()
        let bytes = Array(Self.stream.utf8)
        var values: [RedisValue] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try bytes[start..<min(start + chunk, bytes.count)].withUnsafeBytes { try parser.feed($0) }
            while let value = try parser.next() { values.append(value) }
        }
        #expect(values == Self.values)
    }

    @Test(
        "what is not RESP is a protocol violation",
        arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"])
    func refuses(text: String) throws {
        let parser = try ReplyParser()
        try Array(text.utf8).withUnsafeBytes { try parser.feed($0) }
        let error = #expect(throws: RedisError.self) { try parser.next() }
        #expect(error?.code == .protocolViolation)
    }

    @Test("a huge announced array takes no memory before its elements come") func announces() throws {
        let parser = try ReplyParser()
        try Array("*1000000000\r\n:1\r\n".utf8).withUnsafeBytes { try parser.feed($0) }
        #expect(try parser.next() == nil)
    }

    @Test("values are read by index, by field and by type") func conveniences() {
        let value = RedisValue.array([.bytes(Array("id".utf8)), .bytes(Array("17".utf8)), .status("state"), .status("done"), .integer(5)])
        #expect(value["id"].int == 17)
        #expect(value["missing"] == .null)
        #expect(value[3].string == "done")
        #expect(value[4].int == 5)
        #expect(value[9][1].isNull)
        #expect(value.array?.count == 5)
        #expect(value[0].bytes == [105, 100])
    }
}
