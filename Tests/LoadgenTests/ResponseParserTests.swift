import Testing

@testable import Loadgen

struct ResponseParserTests {
    /// Feeds `text` in pieces of `size` bytes; returns the parser and how many bytes it took.
    private func parse(_ text: String, isHead: Bool = false, size: Int) throws(ResponseParser.Fault) -> (ResponseParser, Int) {
        var parser = ResponseParser()
        parser.keeps = 1_000
        parser.begin(isHead: isHead)
        let bytes = Array(text.utf8)
        var taken = 0
        while taken < bytes.count, !parser.isComplete {
            let piece = Array(bytes[taken..<min(taken + size, bytes.count)])
            let result = piece.withUnsafeBytes { bytes -> Result<Int, ResponseParser.Fault> in
                do throws(ResponseParser.Fault) { return .success(try parser.take(bytes)) } catch { return .failure(error) }
            }
            taken += try result.get()
        }
        return (parser, taken)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var status: Int
        var body: String
        var closes = false
        var isHead = false
        var testDescription: String { self.name }
    }

    static let cases = [
        Case(name: "length", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", status: 200, body: "hello"),
        Case(name: "no reason, bare line ends", text: "HTTP/1.1 202 \ncontent-length:2\n\nok", status: 202, body: "ok"),
        Case(name: "empty", text: "HTTP/1.1 404 Not Found\r\nCONTENT-LENGTH: 0\r\n\r\n", status: 404, body: ""),
        Case(name: "no content", text: "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n", status: 204, body: ""),
        Case(name: "HEAD", text: "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", status: 200, body: "", isHead: true),
        Case(
            name: "chunks", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: v\r\n\r\n",
            status: 200, body: "hello0123456789"),
        Case(name: "close", text: "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx", status: 200, body: "x", closes: true),
        Case(name: "1.0", text: "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", status: 200, body: "x", closes: true),
        Case(name: "1.0 kept", text: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", status: 200, body: "x"),
        Case(
            name: "interim first",
            text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
            status: 201, body: "ok"),
    ]

    @Test(arguments: cases, [1, 2, 3, 7, 4_096]) func answersInPiecesOfAnySize(answer: Case, size: Int) throws {
        let (parser, taken) = try self.parse(answer.text + "HTTP/1.1 500 next", isHead: answer.isHead, size: size)
        #expect(parser.isComplete)
        #expect(taken == answer.text.utf8.count)
        #expect(parser.status == answer.status)
        #expect(String(decoding: parser.body, as: UTF8.self) == answer.body)
        #expect(parser.bodyBytes == answer.body.utf8.count)
        #expect(parser.closes == answer.closes)
    }

    @Test func aBodyMayEndWithTheConnection() throws {
        var (parser, _) = try self.parse("HTTP/1.1 200 OK\r\n\r\nuntil the end", size: 5)
        #expect(!parser.isComplete && parser.closes)
        let isWhole = parser.end()
        #expect(isWhole)
        #expect(parser.isComplete && parser.bodyBytes == 13)
    }

    @Test func anAnswerThatIsCutOffIsNone() throws {
        for text in [
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        ] {
            var (parser, _) = try self.parse(text, size: 4)
            let isWhole = parser.end()
            #expect(!isWhole && !parser.isComplete)
        }
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH\r\n", ResponseParser.Fault.notHTTP), ("HTTP/1.1 2x0 OK\r\n", .notHTTP), ("HTTP/2 200 OK\r\nabc\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .badLength), ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", .badLength),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", .badChunk),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", .badChunk),
        ("HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 20_000), .lineTooLong),
    ]) func whatIsNoAnswerIsAFault(text: String, fault: ResponseParser.Fault) {
        for size in [1, 8, 1_000] { #expect(throws: fault) { try self.parse(text, size: size) } }
    }

    /// Any bytes: a fault or not, but never a crash and never more taken than given.
    @Test func anyBytes() {
        var random = SplitMix(seed: 42)
        let alphabet = Array("HTTP/1.1 200\r\n: chunkedlength0123456789abcdefContent-Transfer-Encoding;\u{0}ÿ".utf8)
        for _ in 0..<2_000 {
            let bytes = (0..<Int(random.next() % 200)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            let head = random.next() % 2 == 0 ? Array("HTTP/1.1 200 OK\r\n".utf8) : []
            var parser = ResponseParser()
            parser.keeps = 16
            parser.begin(isHead: false)
            let all = head + bytes
            all.withUnsafeBytes { buffer in
                do throws(ResponseParser.Fault) {
                    let taken = try parser.take(buffer)
                    #expect(taken <= buffer.count && (parser.isComplete || taken == buffer.count))
                } catch {}
            }
            #expect(parser.body.count <= 16)
        }
    }
}
