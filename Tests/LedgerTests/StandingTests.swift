import IntentModel
import Testing

@testable import Ledger

/// How long an intent had nothing for us to do.
@Suite("standing time") struct StandingTests {
    private static let start: Int64 = 1_780_000_000_000

    private static func snapshot(_ history: [(second: Int64, phase: Phase, detail: String?)]) throws -> RecordSnapshot {
        let lines = history.map { Ledger.historyEntry($0.phase, at: Self.start + $0.second * 1000, by: "test", detail: $0.detail) }
        return try #require(
            RecordSnapshot(
                id: IntentID(partition: 3, milliseconds: Self.start, random: 7),
                fields: [
                    (Array("phase".utf8), Array("executing".utf8)), (Array("created".utf8), Array("\(Self.start)".utf8)),
                    (Array("history".utf8), Array(lines.joined(separator: [UInt8(ascii: "\n")]))),
                ]))
    }

    @Test(
        "what a person took, and a time window, is standing; queues, turns and work are not",
        arguments: [
            ([(0, .received, nil), (1, .interpreting, nil), (1, .planning, "understood"), (4, .executing, "create a")], 0),
            ([(0, .received, nil), (1, .awaitingClarification, "How many?"), (61, .interpreting, nil), (62, .planning, nil)], 60),
            (
                [
                    (0, .received, nil), (1, .awaitingApproval, "production"), (11, .planning, "approved"), (12, .awaitingApproval, "again"),
                    (15, .planning, nil),
                ], 13
            ),
            // The end comes while it waits.
            ([(0, .received, nil), (10, .awaitingApproval, "production")], 90),
            ([(0, .received, nil), (2, .planning, "waits \(RecordSnapshot.windowReason), which begins at x"), (52, .executing, nil)], 50),
            ([(0, .received, nil), (2, .planning, "waits for intent x, waiting for approval; \(RecordSnapshot.decisionReason)"), (12, .executing, nil)], 10),
            ([(0, .received, nil), (2, .planning, "waits for intent x, which is at a/b/c"), (52, .executing, nil)], 0),
            // Said of a name, it is no wait.
            ([(0, .received, nil), (2, .planning, "understood: deploy waits \(RecordSnapshot.windowReason)"), (52, .executing, nil)], 0),
        ] as [([(Int64, Phase, String?)], Int64)])
    func standing(_ history: [(Int64, Phase, String?)], _ seconds: Int64) throws {
        let snapshot = try Self.snapshot(history.map { (second: $0.0, phase: $0.1, detail: $0.2) })
        #expect(snapshot.standing(until: Self.start + 100_000) == seconds * 1000)
    }
}
