import Foundation
import IntentModel
import Testing

@testable import Nephoran

@Suite struct OutputTests {
    static let plain = Terminal(descriptor: -1)

    @Test("columns line up, the last is cut to the terminal")
    func table() {
        var table = Table("ID", "TEXT")
        table.add("1", "Deploy a highly available AMF")
        table.add("22", "部署 AMF")
        #expect(table.lines() == ["ID  TEXT", "1   Deploy a highly available AMF", "22  部署 AMF"])
        #expect(table.lines(width: 14)[1] == "1   Deploy a …")
        #expect(Table.width(of: "部署") == 4)
        #expect(Table.width(of: "2…5") == 3 && Table.width(of: "–") == 1)
    }

    @Test("events are split wherever the bytes are", arguments: [1, 2, 3, 7, 1_000])
    func events(_ size: Int) {
        let bytes = Array(
            "retry: 1000\n\nid: 1\nevent: phase\ndata: {\"phase\":\"received\"}\n\n: beat\n\nid: 2\r\ndata: a\r\ndata: b\r\n\r\ndata: unfinished".utf8)
        var parser = ServerSentEvents()
        var events: [ServerSentEvents.Event] = []
        for start in stride(from: 0, to: bytes.count, by: size) { events += parser.feed(bytes[start..<min(start + size, bytes.count)]) }
        #expect(events == [.init(id: "1", name: "phase", data: "{\"phase\":\"received\"}"), .init(id: "2", name: nil, data: "a\nb")])
    }

    @Test("ages are in the largest unit that fits", arguments: [(0, "0s"), (59, "59s"), (60, "1m"), (3_599, "59m"), (7_200, "2h"), (200_000, "2d")])
    func ages(_ seconds: Int, _ text: String) throws {
        let date = try #require(Age.date("2025-11-21T03:40:12.345Z"))
        #expect(Age.text(since: "2025-11-21T03:40:12.345Z", now: date.addingTimeInterval(Double(seconds))) == text)
        #expect(Age.text(since: "soon") == "soon")
    }

    @Test("a record shows what was understood, planned and done, and what is asked")
    func record() {
        let id = IntentID(partition: 3, milliseconds: 1_763_696_412_345)
        var record = IntentRecord(
            id: id, phase: .awaitingClarification, createdAt: "2025-11-21T03:40:12.345Z", updatedAt: "2025-11-21T03:40:12.345Z",
            request: IntentRequest(intent: "Scale the function to 5", requestedBy: "token")
        )
        record.interpretation = Interpretation(
            decision: .needsClarification,
            expectations: [
                Expectation(
                    id: "e1", verb: .scale, object: ObjectReference(kind: .networkFunction, type: nil),
                    targets: [Target(attribute: "replicas", value: .number(5), evidence: "to 5")])
            ],
            provenance: Provenance(interpreter: "embedded", promptVersion: "1")
        )
        record.clarifications = [Clarification(expectation: "e1", field: "object.type", question: "Which function?", options: ["AMF", "SMF"])]
        let other = IntentID(partition: 3, milliseconds: 1_763_696_400_000)
        record.conflicts = [
            Conflict(
                intent: other, object: "package:default/core5g/amf", kind: .target, attribute: "replicas", theirs: "12", ours: "5",
                detail: "Intent \(other) wants 12.")
        ]
        let text = RecordText(record, Self.plain).lines.joined(separator: "\n")
        for part in [
            "conflict    Intent \(other) wants 12. (TARGET_CONFLICT)",
            "awaiting_clarification", "e1: scale NetworkFunction", "replicas equals 5", "“to 5”", "Which function?", "AMF · SMF",
            "nephoran intent clarify \(id) e1:object.type=…",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("\u{1b}"))
    }

    @Test("log lines are for people on a terminal")
    func logLine() {
        let line = #"{"ts":"2025-11-21T03:40:12.345Z","level":"info","service":"rag-api","logger":"x","message":"serving","port":8082}"#
        #expect(LogLineText.text(Array(line.utf8), Self.plain) == "03:40:12.345 info serving port=8082")
        #expect(LogLineText.text(Array("plain".utf8), Self.plain) == "plain")
    }

    @Test("JSON is indented, sorted and keeps its slashes")
    func json() { #expect(JSONText.pretty(Array(#"{"b":1,"a":"x/y"}"#.utf8)) == "{\n  \"a\" : \"x/y\",\n  \"b\" : 1\n}") }

    @Test("query values are encoded") func encoding() { #expect(GatewayClient.encoded("a b/ü&") == "a%20b%2F%C3%BC%26") }
}
