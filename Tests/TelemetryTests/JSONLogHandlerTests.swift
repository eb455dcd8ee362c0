import Foundation
import Logging
import Testing

@testable import Telemetry

@Suite struct JSONLogHandlerTests {
    func line(_ message: Logger.Message, _ metadata: Logger.Metadata = [:], level: Logger.Level = .info) -> String {
        let handler = JSONLogHandler(label: "work", service: "rag-api", level: LogLevel(.info), metadataProvider: Correlation.metadataProvider)
        let event = LogEvent(level: level, message: message, metadata: metadata, source: nil, file: "", function: "", line: 1)
        return String(decoding: handler.line(for: event, at: 1_763_696_412_345), as: UTF8.self)
    }

    @Test("a line is one JSON object with constant keys first")
    func shape() {
        #expect(
            self.line("served", ["code": .stringConvertible(200), "ok": .stringConvertible(true), "path": "/a"])
                == #"{"ts":"2025-11-21T03:40:12.345Z","level":"info","service":"rag-api","logger":"work","message":"served","code":200,"ok":true,"path":"/a"}"#
                + "\n"
        )
    }

    @Test(
        "whatever is logged, the line parses and says the same",
        arguments: ["quote \" back \\ slash", "line\nbreak\r\ttab", "nul \u{0} bell \u{7} del \u{7f}", "émoji 📡", ""])
    func escaping(_ text: String) throws {
        let line = self.line("\(text)", ["value": .string(text)])
        #expect(line.utf8.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["message"] as? String == text)
        #expect(object["value"] as? String == text)
    }

    @Test("nested metadata is flat, arrays stay, and no key hides a constant one")
    func nesting() {
        let line = self.line("m", ["a": ["b": ["c": "1"], "d": "2"], "list": ["x", "y"], "level": "mine"])
        #expect(line.contains(#""a.b.c":"1","a.d":"2","metadata.level":"mine","list":["x","y"]"#) || line.contains(#""metadata.level":"mine""#))
        #expect(line.contains(#""list":["x","y"]"#))
        #expect(line.hasPrefix(#"{"ts":"2025-11-21T03:40:12.345Z","level":"info""#))
    }

    @Test(
        "secrets are hidden by key",
        arguments: ["authorization", "Authorization", "redisPassword", "token", "git_token", "clientSecret", "Set-Cookie", "LLM_API_KEY", "private-key"])
    func redaction(_ key: String) {
        #expect(self.line("m", [key: "hunter2"]).contains("[redacted]"))
        #expect(!self.line("m", ["nested": [key: "hunter2"]]).contains("hunter2"))
    }

    @Test(
        "credentials in URLs are hidden under any key, other text is not touched",
        arguments: [
            ("redis://:pw@host:6379/0", "redis://[redacted]@host:6379/0"),
            ("see http://u:p@h/x and ssh://git@h", "see http://[redacted]@h/x and ssh://[redacted]@h"),
            ("mail me@example.com: now", "mail me@example.com: now"), ("http://host/a@b", "http://host/a@b"), ("tokens: 12", "tokens: 12"),
        ])
    func urls(_ text: String, _ expected: String) {
        #expect(Redaction.text(text) == expected)
    }

    @Test(
        "what looks like a secret in words of others is hidden",
        arguments: [
            ("DB_PASSWORD=hunter2 failed", "DB_PASSWORD=[redacted] failed"), (#"{"token": "abc.def", "port": 80}"#, #"{"token": "[redacted]", "port": 80}"#),
            ("Authorization: Bearer eyJhbGciOi.J9", "Authorization: Bearer [redacted]"),
            ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- after", "[redacted] after"),
            ("exit code 137; the secret of it is memory", "exit code 137; the secret of it is memory"),
            ("http://u:p@h refused the password", "http://[redacted]@h refused the password"),
        ])
    func foreign(_ text: String, _ expected: String) { #expect(Redaction.foreign(text) == expected) }

    @Test("a count of tokens is not a token")
    func tokens() { #expect(!Redaction.hides("tokensUsed") && !Redaction.hides("llmTokens") && Redaction.hides("apiToken")) }

    @Test("work on an intent logs its id and trace")
    func correlation() async {
        let trace = TraceParent.generate()
        let line = await Correlation.with(intent: "018f", trace: trace) { self.line("m") }
        #expect(line.contains("\"intentId\":\"018f\"") && line.contains("\"traceId\":\"\(trace.traceID)\""))
        #expect(!self.line("m").contains("intentId"))
    }

    @Test("the level of the process changes loggers that exist, not those with a level of their own")
    func level() {
        let level = LogLevel(.info)
        let logger = JSONLogHandler(label: "a", service: "s", level: level)
        var own = logger
        own.logLevel = .error
        level.value = .trace
        #expect(logger.logLevel == .trace)
        #expect(own.logLevel == .error)
    }

    @Test("lines reach the descriptor in order and whole")
    func sink() throws {
        let pipe = Pipe()
        let sink = LogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        for number in 0..<500 { sink.write(Array("line \(number)\n".utf8)) }
        sink.flush()
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try #require(try pipe.fileHandleForReading.readToEnd()), as: UTF8.self)
        #expect(text == (0..<500).map { "line \($0)\n" }.joined())
    }
}
