import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Testing

@testable import ServiceRuntime

/// The quick way to read a head, held against the server's decoder.
@Suite struct UsualHeadTests {
    static let usual =
        "POST /quick HTTP/1.1\r\nHost: 127.0.0.1:8081\r\nUser-Agent: hey/0.0.1\r\nContent-Length: 3\r\nCache-Control: no-cache\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n"

    static func read(_ text: String) -> UsualHead? {
        Array(text.utf8).withUnsafeBufferPointer { UsualHead($0, path: Array("/quick".utf8)) }
    }

    @Test("length of the head and of the body, whatever follows", arguments: ["", "abc", "abcPOST"])
    func lengths(rest: String) throws {
        let head = try #require(Self.read(Self.usual + rest))
        #expect(head.bytes == Self.usual.utf8.count && head.bodyBytes == 3)
    }

    @Test(
        "names in any case, spaces around values, other orders",
        arguments: [
            "POST /quick HTTP/1.1\r\ncache-control:no-cache\r\nhost:x\r\ncontent-length: 12 \r\n\r\n",
            "POST /quick HTTP/1.1\r\nHOST:  [::1]:80  \r\nCACHE-CONTROL: no-cache\r\nAccept: */*\r\nContent-Length: 999999\r\n\r\n",
            "POST /quick HTTP/1.1\r\nHost: a\r\nCache-Control: no-cache\r\nAccept: application/json\r\nContent-Length: 1\r\nuser-agent:\r\n\r\n",
        ])
    func variants(text: String) { #expect(Self.read(text) != nil) }

    @Test(
        "what is not on the list, is said twice, or is not HTTP",
        arguments: [
            ("Host: 127.0.0.1:8081\r\n", ""), ("Content-Length: 3\r\n", ""), ("Cache-Control: no-cache\r\n", ""), ("POST ", "PUT "), ("POST ", "post "),
            ("/quick", "/quick?x=1"), ("/quick", "/quickly"), ("/quick", "/Quick"), ("HTTP/1.1", "HTTP/1.0"), ("HTTP/1.1\r\n", "HTTP/1.1\n"),
            ("Length: 3", "Length: 0"), ("Length: 3", "Length: 03"), ("Length: 3", "Length: +3"), ("Length: 3", "Length: 3, 3"), ("Length: 3", "Length: 0x3"),
            ("Length: 3", "Length: 1000000"), ("Length: 3", "Length:"), ("Content-Length: 3", "Content-Length: 3\r\nContent-Length: 3"),
            ("Content-Length: 3", "Content-Length : 3"), ("Content-Length: 3", "Content-Length: 3\r\nTransfer-Encoding: chunked"), ("no-cache", "No-Cache"),
            ("no-cache", "no-store"), ("application/json", "text/plain"), ("application/json", "application/json; charset=utf-8"),
            ("Accept-Encoding: gzip", "Accept: text/event-stream"), ("Accept-Encoding: gzip", "Authorization: Bearer x"),
            ("Accept-Encoding: gzip", "Connection: close"),
            ("Accept-Encoding: gzip", "Expect: 100-continue"), ("Accept-Encoding: gzip", " folded: x"), ("gzip", "gz\u{0}ip"), ("gzip", "gz\tip"),
            ("gzip", "gz\u{e9}ip"),
            ("gzip\r\n", "gzip\n"), ("gzip\r\n", "gzip\r\r\n"), ("gzip\r\n\r\n", "gzip\r\n"), ("Host: 127.0.0.1:8081", "Host: a b"),
            ("Host: 127.0.0.1:8081", "Host: a/b"),
            ("Host: 127.0.0.1:8081", "Host:"), ("hey/0.0.1", String(repeating: "x", count: 2_048)),
        ])
    func unusual(old: String, new: String) {
        #expect(Self.usual.contains(old))
        #expect(Self.read(Self.usual.replacing(old, with: new, maxReplacements: 1)) == nil)
    }

    /// Head and body as the server's decoder has them; nil when it makes no whole request of the bytes, or more than one.
    static func decoded(_ bytes: [UInt8]) -> (head: HTTPRequest, body: ByteBuffer)? {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        do {
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
            try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            guard case .head(let head) = try channel.readInbound(as: HTTPRequestPart.self) else { return nil }
            var body = ByteBuffer()
            while let part = try channel.readInbound(as: HTTPRequestPart.self) {
                switch part {
                case .head: return nil
                case .body(var more): body.writeBuffer(&more)
                case .end: return try channel.readInbound(as: HTTPRequestPart.self) == nil ? (head, body) : nil
                }
            }
        } catch {
            return nil
        }
        return nil
    }

    @Test("whatever it accepts of twenty thousand mutated heads, the decoder and the list of usual fields accept, with the same body") func mutated() throws {
        var random = SystemRandomNumberGenerator()
        let start = Array((Self.usual + "abc").utf8)
        let pieces = ["\r\n", "\n", "\r", ":", " ", "\t", ",", "0", "1", "Content-Length: 3\r\n", "Host: x\r\n", "X: y\r\n", "\u{0}", "a"].map {
            Array($0.utf8)
        }
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = start
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: at)
                case 1: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 2: bytes[at] ^= 0x20
                default: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
                }
            }
            guard let head = bytes.withUnsafeBufferPointer({ UsualHead($0, path: Array("/quick".utf8)) }), head.bytes + head.bodyBytes <= bytes.count else {
                continue
            }
            accepted += 1
            bytes.removeLast(bytes.count - head.bytes - head.bodyBytes)
            let text = String(decoding: bytes, as: UTF8.self)
            guard let plain = Self.decoded(bytes) else {
                Issue.record("the decoder makes nothing of it: \(text.debugDescription)")
                continue
            }
            #expect(Array(plain.body.readableBytesView) == Array(bytes[head.bytes...]), "\(text.debugDescription)")
            #expect(plain.head.method == .post && plain.head.path == "/quick" && QuickRouteHandler.saysNothingUnusual(plain.head, mostBodyBytes: 1_000_000))
        }
        #expect(accepted > 500)
    }
}
