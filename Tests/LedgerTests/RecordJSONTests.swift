import IntentModel
import Testing

@testable import Ledger

@Suite("record as JSON") struct RecordJSONTests {
    private static let id = IntentID(partition: 3, milliseconds: 1_780_000_000_000, random: 7)

    private static func snapshot(
        _ phase: Phase, _ documents: [(RecordField, any Encodable)], history: [HistoryEntry] = [], tracks: [String: Track] = [:], lane: Lane = .low
    ) throws -> RecordSnapshot {
        var fields: [(name: [UInt8], value: [UInt8])] = [
            (Array("phase".utf8), Array(phase.rawValue.utf8)), (Array("created".utf8), Array("1780000000000".utf8)),
            (Array("updated".utf8), Array("1780000001234".utf8)), (Array("lane".utf8), Array(lane.rawValue.utf8)),
        ]
        for (field, document) in documents { fields.append((Array(field.rawValue.utf8), try LedgerJSON.encode(document))) }
        fields.append((Array("history".utf8), Array(try history.map { try LedgerJSON.encode($0) }.joined(separator: [UInt8(ascii: "\n")]))))
        for (name, track) in tracks {
            fields.append((Array("t:\(name):v".utf8), Array("\(track.version)".utf8)))
            fields.append((Array("t:\(name):s".utf8), Array(track.state.rawValue.utf8)))
            if let detail = track.detail { fields.append((Array("t:\(name):d".utf8), Array(detail.utf8))) }
        }
        return try #require(RecordSnapshot(id: self.id, fields: fields))
    }

    private static let request = IntentRequest(
        intent: "Scale \"amf\" \\ in\tcore5g\n漢字", priority: .high, labels: ["a": "b"], callbackUrl: "https://example.org/x", tenant: "north")

    @Test("says what the record says: of a new intent, of one that asks, and of one with everything there can be")
    func alike() throws {
        let question = Clarification(expectation: "e1", field: "context.namespace", question: "In which namespace?")
        var interpretation = Interpretation(decision: .accepted, provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        interpretation.clarifications = [question]
        let everything: [(RecordField, any Encodable)] = [
            (.request, Self.request), (.interpretation, interpretation),
            (.answers, [ClarificationAnswer(expectation: "e1", field: "confirm", value: .text("yes"))]), (.answersRead, 1),
            (.clarifications, [question]), (.waitsFor, "for its \"window\""),
            (
                .plan,
                Plan(
                    packages: [
                        PackageChange(
                            instance: "amf", path: "default/core5g/amf", function: "AMF", cluster: "default", namespace: "core5g", change: .update, base: "ab",
                            result: "cd", expectations: ["e1"], figures: [Figure(name: "replicas", value: "3", source: .text, reason: "the text says “3”")])
                    ], approvalReasons: ["because"], notes: ["a note"])
            ),
            (.approval, ApprovalDecision(by: "eve", at: "2026-05-28T20:26:40.000Z", reason: nil, changes: ["default/core5g/amf@cd"])),
            (.packages, [PublishedPackage(instance: "amf", repository: "r", path: "default/core5g/amf", revision: "v2", commit: "c", change: .update)]),
            (.policies, [AppliedPolicy(policyId: "p", policyType: "t", ric: "ric1", change: .put, enforceStatus: "ENFORCED")]),
            (.verification, Verification(state: .observed, checks: ["one"], at: "2026-05-28T20:26:40.000Z")),
            (.answer, Answer(text: "two")), (.problem, Problem(status: 500, code: "c", title: "t", detail: "d")),
        ]
        let history = [
            HistoryEntry(phase: .received, at: "2026-05-28T20:26:40.000Z", by: "ops"),
            HistoryEntry(phase: .failed, at: "2026-05-28T20:26:41.000Z", by: "nephio-bridge", detail: "a \"word\"\nand a line"),
        ]
        let tracks = ["delivery": Track(state: .failed, version: 2, detail: "a \"reason\""), "ran": Track(state: .succeeded, version: 1)]
        for snapshot in [
            try Self.snapshot(.received, [(.request, Self.request)]), try Self.snapshot(.received, [(.request, Self.request)], lane: .preview),
            try Self.snapshot(.awaitingClarification, [(.request, Self.request), (.clarifications, [question]), (.answers, [ClarificationAnswer]())]),
            try Self.snapshot(.failed, everything, history: history, tracks: tracks),
        ] {
            let record = try snapshot.record()
            #expect(try LedgerJSON.decode(IntentRecord.self, snapshot.json()) == record)
            // The order of names, too, but for the history's, whose entries the steps write.
            if snapshot.phase != .failed { #expect(try snapshot.json() == LedgerJSON.encode(record)) }
        }
        #expect(try Self.snapshot(.failed, everything, history: history, tracks: tracks).record().history == history)
    }

    @Test("a record without a request is corrupt")
    func corrupt() throws {
        let snapshot = try Self.snapshot(.received, [])
        #expect(throws: LedgerError.self) { try snapshot.json() }
    }

    @Test("delivery reads of a plan what it needs, and that as the plan has it")
    func delivery() throws {
        let plan = Plan(packages: [
            PackageChange(
                instance: "amf", path: "default/core5g/amf", function: "AMF", cluster: "c", namespace: "core5g", change: .update, base: "ab", result: "cd",
                expectations: ["e1"], figures: [Figure(name: "replicas", value: "3", source: .text, reason: "r")]),
            PackageChange(instance: "smf", path: "c/n/smf", function: "SMF", cluster: "c", namespace: "n", change: .delete, base: "ab"),
        ])
        let expected = plan.packages.map { change in
            var change = change
            (change.expectations, change.resources) = ([], nil)
            return change
        }
        #expect(try LedgerJSON.decode(PlannedDelivery.self, LedgerJSON.encode(plan)).packages == expected)
    }
}
