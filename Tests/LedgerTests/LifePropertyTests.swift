import IntentModel
import Testing

@testable import Ledger

/// Random lives of intents on a real ledger. Whatever happens in whatever order, the laws hold.
@Suite(.serialized) struct LifePropertyTests {
    /// A generator that gives the same numbers for the same seed (SplitMix64).
    struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9e37_79b9_7f4a_7c15
            var z = self.state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }

    private static let stages: [Track.Name: Stage] = [.delivery: .publish, .ran: .policy]

    @Test(
        "each open track has exactly one work, the phase only moves as the table allows, and every life comes to its end",
        arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func lives(seed: UInt64) async throws {
        try await withLedger(partitions: 1, appendOnly: false, adjust: { $0.allowsVolatile = true }) { ledger, _ in
            try await ledger.open()
            var random = Seeded(state: seed)
            for life in 0..<12 {
                let policy = PartialFailurePolicy.allCases.randomElement(using: &random) ?? .rollback
                let tracks = [[Track.Name.delivery], [.ran], [.delivery, .ran]].randomElement(using: &random) ?? []
                let id = try await TrackTests.fork(ledger, tracks.map { ($0, Self.stages[$0] ?? .publish) }, onPartialFailure: policy)
                var asked: Phase?
                for _ in 0..<60 {
                    let snapshot = try #require(try await ledger.read(id))
                    try await self.check(ledger, snapshot, "seed \(seed) life \(life)")
                    if snapshot.phase.isTerminal { break }
                    let open = snapshot.tracks.filter { $0.value.state == .pending || $0.value.state == .compensating }
                    if asked == nil, Int.random(in: 0..<6, using: &random) == 0 {
                        asked = Bool.random(using: &random) ? .cancelled : .superseded
                        _ = try await TrackTests.end(ledger, id, asked ?? .cancelled)
                    } else if let (name, track) = open.sorted(by: { $0.key < $1.key }).randomElement(using: &random) {
                        let possible: [Track.State] =
                            track.state == .compensating
                            ? [.compensated, .compensated, .failed]
                            : snapshot.ending == nil ? [.succeeded, .succeeded, .failed, name == "ran" ? .partial : .conflicted] : [.skipped, .succeeded]
                        let stage = Self.stages[Track.Name(rawValue: name) ?? .delivery] ?? .publish
                        _ = try await TrackTests.finish(ledger, id, stage, possible.randomElement(using: &random) ?? .failed)
                    } else if snapshot.phase == .planning {
                        var execute = Step(phase: .executing, by: "test")
                        execute.forks = snapshot.tracks.filter { $0.value.state == .conflicted }.keys.sorted().map { name in
                            let track = Track.Name(rawValue: name) ?? .delivery
                            return (track, Self.stages[track] ?? .publish)
                        }
                        execute.onPartialFailure = policy
                        _ = try await ledger.step(execute, on: snapshot)
                    } else {
                        _ = try await ledger.step(
                            Step(phase: .published, by: "test"), finishing: try await TrackTests.lease(ledger, .verify, id), phase: .verifying)
                    }
                }
                let last = try #require(try await ledger.read(id))
                #expect(last.phase.isTerminal, "seed \(seed) life \(life) ended in \(last.phase)")
                let states = Set(last.tracks.values.map(\.state))
                switch last.phase {
                case .published: #expect(states == [.succeeded] && last.ending == nil)
                case .cancelled: #expect(last.ending == .cancelled && states.isDisjoint(with: [.succeeded, .partial, .uncompensated]))
                case .superseded: #expect(last.ending == .superseded)
                case .failed:
                    #expect(!states.isDisjoint(with: [.failed, .partial, .compensated, .uncompensated]))
                    if policy == .rollback {
                        #expect(states.isDisjoint(with: [.succeeded, .partial]) || states.contains(.uncompensated) || last.ending == .superseded)
                    }
                default: Issue.record("an end of \(last.phase)")
                }
                // Nothing that could still act is left for it. (Work of verify and plan that was overtaken is stale, and may be.)
                for stage in [Stage.publish, .policy] { #expect(try await TrackTests.depth(ledger, stage) == 0) }
            }
        }
    }

    private func check(_ ledger: Ledger, _ snapshot: RecordSnapshot, _ life: String) async throws {
        var at = Phase.received
        for entry in try snapshot.historyEntries() where entry.phase != at {
            #expect(at.mayBecome(entry.phase), "\(life): \(at) → \(entry.phase)")
            at = entry.phase
        }
        #expect(at == snapshot.phase)
        #expect(snapshot.sequence == snapshot.historyLines.count)
        #expect(!(snapshot.phase.isTerminal && snapshot.hasOpenTracks), "\(life)")
        for (name, track) in snapshot.tracks where track.state == .pending || track.state == .compensating {
            let stage = Self.stages[Track.Name(rawValue: name) ?? .delivery] ?? .publish
            #expect(try await TrackTests.depth(ledger, stage) == 1, "\(life): \(name) \(track.state)")
            #expect(snapshot.phase == .executing)
        }
        for phase in Phase.allCases {
            let listed = try await ledger.list(phase: phase, limit: 100, before: nil).contains { $0.id == snapshot.id }
            #expect(listed == (phase == snapshot.phase))
        }
    }
}
