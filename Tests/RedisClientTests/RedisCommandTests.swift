import Testing

@testable import RedisClient

@Suite struct RedisCommandTests {
    @Test(
        "arguments travel as counted byte strings",
        arguments: [
            (RedisCommand("PING"), "*1\r\n$4\r\nPING\r\n"),
            (RedisCommand("GET", ""), "*2\r\n$3\r\nGET\r\n$0\r\n\r\n"),
            (RedisCommand("SET", "ключ", [0x0d, 0x0a] as [UInt8]), "*3\r\n$3\r\nSET\r\n$8\r\nключ\r\n$2\r\n\r\n\r\n"),
            (RedisCommand("A", 0, -1, 10, Int64(12_345)), "*5\r\n$1\r\nA\r\n$1\r\n0\r\n$2\r\n-1\r\n$2\r\n10\r\n$5\r\n12345\r\n"),
            (RedisCommand("A", Int.max, Int.min), "*3\r\n$1\r\nA\r\n$19\r\n9223372036854775807\r\n$20\r\n-9223372036854775808\r\n"),
            (RedisCommand("A", 1.5, Double.infinity), "*3\r\n$1\r\nA\r\n$3\r\n1.5\r\n$3\r\ninf\r\n"),
            (RedisCommand("A", "abcdef".dropFirst(2)), "*2\r\n$1\r\nA\r\n$4\r\ncdef\r\n"),
        ])
    func encodes(command: RedisCommand, bytes: String) {
        #expect(command.encoded == Array(bytes.utf8))
    }

    @Test("a command can grow") func grows() {
        var command = RedisCommand("DEL")
        command.append("a")
        command.append(contentsOf: ["b", 3])
        #expect(command.encoded == RedisCommand("DEL", "a", "b", 3).encoded)
    }

    @Test(
        "decimals are read whole or not at all",
        arguments: [
            ("0", 0), ("-7", -7), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("", nil), ("-", nil), ("1a", nil),
            ("9223372036854775808", nil),
        ]
            as [(String, Int?)])
    func decimals(text: String, value: Int?) {
        #expect(Int(decimal: text.utf8) == value)
        if let value { #expect(value.decimalCount == text.utf8.count) }
    }

    @Test(
        "a script is named by the SHA-1 of its source",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
            (String(repeating: "a", count: 1_000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
        ])
    func digests(source: String, digest: String) {
        #expect(RedisScript(source).sha1 == digest)
    }
}
