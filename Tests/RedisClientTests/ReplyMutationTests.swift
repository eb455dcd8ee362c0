import TestSupport
import Testing

@testable import RedisClient

@Suite struct ReplyMutationTests {
    @Test("whatever a server sends, the parser comes back with replies or an error")
    func replies() throws {
        let seeds = [ReplyParserTests.stream, "*3\r\n$3\r\nabc\r\n:5\r\n*1\r\n+x\r\n", "-MOVED 3999 127.0.0.1:6381\r\n"].map { Array($0.utf8) }
        try Mutations("resp", seeds: seeds).run(rounds: 20_000) { bytes in
            let parser = try ReplyParser()
            do {
                try bytes.withUnsafeBytes { try parser.feed($0) }
                var count = 0
                while try parser.next() != nil { count += 1 }
                try #require(count <= bytes.count)
            } catch let error as RedisError {
                try #require(error.code == .protocolViolation)
            }
        }
    }
}
