import Foundation
import TestSupport
import Testing

@testable import ServiceRuntime

/// What a client may send and how slowly, on real sockets.
@Suite(.timeLimit(.minutes(2))) struct HostileConnectionTests {
    private static let honest = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
    private static let smuggled = "GET /orders/smuggled HTTP/1.1\r\nhost: x\r\n\r\n"

    @Test(
        "a request whose end two readers would see in different places is refused, and nothing after it is read",
        arguments: [
            ("length and chunks", "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            ("chunks and length", "transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n"),
            ("two lengths", "content-length: 0\r\ncontent-length: 30\r\n\r\n"),
            ("a list of lengths", "content-length: 0, 30\r\n\r\n"),
            ("a negative length", "content-length: -1\r\n\r\n"),
            ("a length with a sign", "content-length: +2\r\n\r\n{}"),
            ("a length that is no number", "content-length: 0x2\r\n\r\n{}"),
            ("a length beyond all", "content-length: 99999999999999999999\r\n\r\n"),
            ("an unknown coding", "transfer-encoding: xchunked\r\n\r\n"),
            ("chunks that are not last", "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
            ("a folded line", "x-one: a\r\n b\r\ncontent-length: 0\r\n\r\n"),
            ("a folded coding", "transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
            ("a space before the colon", "content-length : 0\r\n\r\n"),
            ("a line without a colon", "content-length 0\r\n\r\n"),
            ("a zero byte", "x-one: a\0b\r\n\r\n"),
            ("a chunk of no size", "transfer-encoding: chunked\r\n\r\nzz\r\n\r\n"),
            ("a chunk of a negative size", "transfer-encoding: chunked\r\n\r\n-1\r\n\r\n"),
        ])
    func smuggling(_ name: String, _ rest: String) async throws {
        try await LiveService.with { service in
            let answer = try await offPool {
                let socket = try RawSocket(port: service.port, wait: 2)
                socket.send("POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n" + rest + Self.smuggled)
                return socket.readToEnd()
            }
            #expect(answer.isClosed, "\(name): \(answer.text)")
            #expect(answer.text.components(separatedBy: "HTTP/1.1 ").count <= 2, "one answer at most: \(answer.text)")
            #expect(!answer.text.contains("smuggled"))
            #expect(answer.text.isEmpty || answer.text.hasPrefix("HTTP/1.1 4"), "\(name): \(answer.text)")
        }
    }

    @Test(
        "a head beyond all bounds is refused",
        arguments: [
            ("many fields", (0..<100_000).map { "x-\($0): 1\r\n" }.joined() + "\r\n"),
            ("a long field", "x-one: " + String(repeating: "a", count: 100_000) + "\r\n\r\n"),
            ("a head without an end", String(repeating: "x-one: 1\r\n", count: 20_000)),
        ])
    func heads(_ name: String, _ rest: String) async throws {
        try await LiveService.with { service in
            let answer = try await offPool {
                let socket = try RawSocket(port: service.port)
                socket.send("GET /healthz HTTP/1.1\r\nhost: x\r\n" + rest)
                return socket.readToEnd()
            }
            #expect(answer.isClosed && !answer.text.contains(" 200 "), "\(name): \(answer.text.prefix(200))")
        }
    }

    @Test(
        "what is no HTTP is answered with a problem, too",
        arguments: [
            ("FOO /orders HTTP/1.1\r\nhost: x\r\n\r\n", "501", "unknown_method"), ("GET /orders\r\n\r\n", "400", "bad_request"),
            ("GET /orders HTTP/1.1\r\nhost x\r\n\r\n", "400", "bad_request"), ("\u{16}\u{3}\u{1}\r\n\r\n", "501", "unknown_method"),
        ])
    func noRequest(_ bytes: String, _ status: String, _ code: String) async throws {
        try await LiveService.with { service in
            let answer = try await offPool {
                let socket = try RawSocket(port: service.port, wait: 2)
                // One that was answered before does not change how the next is.
                socket.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n" + bytes)
                return socket.readToEnd()
            }
            let answers = answer.text.components(separatedBy: "HTTP/1.1 ")
            #expect(answer.isClosed && answers.count == 3 && answers[1].hasPrefix("200") && answers[2].hasPrefix(status), "\(answer.text)")
            let last = answers.last ?? ""
            #expect(last.contains("application/problem+json") && last.contains(#""code":"\#(code)""#), "\(last)")
            let parts = last.components(separatedBy: "\r\n\r\n")
            #expect(parts.count == 2 && last.lowercased().contains("content-length: \(parts[1].utf8.count)\r"), "\(last)")
        }
    }

    @Test("a long URL is refused", arguments: [9_000, 200_000])
    func address(_ length: Int) async throws {
        try await LiveService.with { service in
            let answer = try await offPool {
                let socket = try RawSocket(port: service.port, wait: 2)
                socket.send("GET /orders/\(String(repeating: "a", count: length)) HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                return socket.readToEnd()
            }
            #expect(answer.isClosed && !answer.text.contains(" 200 "), "\(answer.text.prefix(200))")
        }
    }

    @Test("a body that is announced as larger than any is refused before it is sent")
    func body() async throws {
        try await LiveService.with { service in
            let answer = try await offPool {
                let socket = try RawSocket(port: service.port)
                socket.send("POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1073741824\r\n\r\n{")
                return socket.readToEnd()
            }
            #expect(answer.text.hasPrefix("HTTP/1.1 413 ") && answer.isClosed, "\(answer.text)")
        }
    }

    @Test("a head that comes byte by byte is answered 408, a body that stops is given up, and others are served meanwhile")
    func slow() async throws {
        try await LiveService.with(["HEADER_TIMEOUT": "300ms", "BODY_TIMEOUT": "300ms"]) { service in
            let (head, body, honest) = try await offPool {
                let sockets = try (0..<200).map { _ in try RawSocket(port: service.port) }
                for socket in sockets { socket.send("GET /healthz HTTP/1.1\r\nho") }
                let body = try RawSocket(port: service.port)
                body.send("POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{")
                let other = try RawSocket(port: service.port)
                other.send(Self.honest)
                let honest = other.read() ?? ""
                return (sockets.map { $0.readToEnd() }, body.readToEnd(), honest)
            }
            #expect(honest.hasPrefix("HTTP/1.1 200 "))
            #expect(head.allSatisfy { $0.isClosed && $0.text.hasPrefix("HTTP/1.1 408 ") })
            #expect(body.isClosed && !body.text.contains(" 201 "))
        }
    }

    @Test("requests that come in pieces, but in time, and several on one connection are answered")
    func patient() async throws {
        try await LiveService.with(["HEADER_TIMEOUT": "5s", "BODY_TIMEOUT": "5s"]) { service in
            let answers = try await offPool {
                let socket = try RawSocket(port: service.port)
                for part in ["POST /orders HT", "TP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-le", "ngth: 12\r\n\r\n{\"items", "\":[]}"] {
                    socket.send(part)
                    usleep(20_000)
                }
                let first = socket.read() ?? ""
                socket.send(Self.honest + Self.honest)
                var rest = ""
                while rest.components(separatedBy: "HTTP/1.1 200").count < 3, let more = socket.read(), !more.isEmpty { rest += more }
                return (first, rest)
            }
            #expect(answers.0.hasPrefix("HTTP/1.1 201 "), "\(answers.0)")
            #expect(answers.1.components(separatedBy: "HTTP/1.1 200").count == 3)
        }
    }

    @Test("one client gets its share of the connections, and another one once it has left")
    func share() async throws {
        try await LiveService.with(["MAX_CONNECTIONS_PER_CLIENT": "2"]) { service in
            try await offPool {
                var kept = try (0..<2).map { _ in try RawSocket(port: service.port) }
                for socket in kept {
                    socket.send(Self.honest)
                    #expect(socket.read()?.hasPrefix("HTTP/1.1 200") == true)
                }
                let third = try RawSocket(port: service.port)
                third.send(Self.honest)
                #expect(third.readToEnd() == ("", true))
                kept.removeLast()
                var answer: String?
                for _ in 0..<100 where answer?.hasPrefix("HTTP/1.1 200") != true {
                    let again = try RawSocket(port: service.port)
                    again.send(Self.honest)
                    answer = again.read()
                    usleep(10_000)
                }
                #expect(answer?.hasPrefix("HTTP/1.1 200") == true)
            }
        }
    }

    @Test("connections that ask nothing make room for one that does")
    func room() async throws {
        try await LiveService.with(["MAX_CONNECTIONS": "20"]) { service in
            let answer = try await offPool {
                let idle = try (0..<20).map { _ in try RawSocket(port: service.port) }
                let socket = try RawSocket(port: service.port, wait: 10)
                socket.send(Self.honest)
                let answer = socket.read()
                return withExtendedLifetime(idle) { answer }
            }
            #expect(answer?.hasPrefix("HTTP/1.1 200") == true)
        }
    }
}
