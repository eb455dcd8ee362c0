import IntentModel
import RedisClient
import Testing

@testable import Ledger

/// The join of parallel tracks, taken by the work of real queues.
@Suite(.serialized) struct TrackTests {
    static func outcome(_ state: Track.State) -> TrackOutcome {
        TrackOutcome(state: state, detail: state.rawValue, joined: (.verifying, .verify, "all done"), failureDetail: "a track failed")
    }

    /// An intent in `executing` with both tracks open, and the two leases on their work.
    static func fork(_ ledger: Ledger) async throws -> (IntentID, delivery: Lease, ran: Lease) {
        let id = try await ledger.submit("Deploy slice")
        var snapshot = try #require(try await ledger.read(id))
        var plan = Step(phase: .planning, by: "test")
        plan.via = [.interpreting]
        _ = try await ledger.step(plan, on: snapshot)
        snapshot = try #require(try await ledger.read(id))
        var execute = Step(phase: .executing, by: "test")
        execute.forks = [(.delivery, .publish), (.ran, .policy)]
        _ = try await ledger.step(execute, on: snapshot)
        let partition = try #require(ledger.partition(of: id))
        func lease(_ stage: Stage, _ track: String) async throws -> Lease {
            let reply = try await ledger.redis.send(
                RedisCommand("XREADGROUP", "GROUP", stage.rawValue, "t", "COUNT", 1, "STREAMS", partition.queue(stage, .low), ">")
            )
            let message = try #require(reply.array?.first?.array?.last?.array?.first?.array?.first?.string)
            let work = Work(id: id, stage: stage, lane: .low, track: track, version: 1, attempt: 0, colour: "", epoch: 0)
            return Lease(work: work, partition: partition, message: message, isRedelivery: false, takenAt: .now)
        }
        return (id, try await lease(.publish, "delivery"), try await lease(.policy, "ran"))
    }

    @Test("the intent goes on when the last track has ended, whichever that is", arguments: [true, false])
    func joins(deliveryFirst: Bool) async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let (id, delivery, ran) = try await Self.fork(ledger)
            let order = deliveryFirst ? [delivery, ran] : [ran, delivery]
            var step = Step(by: "test", detail: "done")
            step.outcome = Self.outcome(.succeeded)
            #expect(try await ledger.step(step, finishing: order[0], phase: .executing) == .taken(.executing))
            #expect(try await ledger.step(step, finishing: order[0], phase: .executing) == .stale)
            #expect(try await ledger.queueStates().first { $0.stage == .verify }?.depth == 0)
            #expect(try await ledger.step(step, finishing: order[1], phase: .executing) == .taken(.verifying))
            #expect(try await ledger.queueStates().first { $0.stage == .verify }?.depth == 1)
            #expect(try await ledger.read(id)?.tracks.values.allSatisfy { $0.state == .succeeded } == true)
        }
    }

    @Test("one failed track fails the intent, after the other has ended", arguments: [true, false])
    func fails(failureFirst: Bool) async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let (id, delivery, ran) = try await Self.fork(ledger)
            var good = Step(by: "test")
            good.outcome = Self.outcome(.succeeded)
            var bad = Step(by: "test")
            bad.outcome = Self.outcome(.failed)
            let steps = failureFirst ? [(bad, ran), (good, delivery)] : [(good, delivery), (bad, ran)]
            #expect(try await ledger.step(steps[0].0, finishing: steps[0].1, phase: .executing) == .taken(.executing))
            #expect(try await ledger.step(steps[1].0, finishing: steps[1].1, phase: .executing) == .taken(.failed))
            #expect(try await ledger.queueStates().reduce(0) { $0 + $1.depth } == 1)  // only the interpretation nobody leased here
            #expect(try await ledger.read(id)?.record().history.last?.phase == .failed)
        }
    }

    @Test("planning again makes the other track's work stale")
    func abandons() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let (id, delivery, ran) = try await Self.fork(ledger)
            var conflict = Step(phase: .planning, by: "test", detail: "changed meanwhile")
            conflict.abandonsTracks = true
            conflict.resumesWith = .plan
            #expect(try await ledger.step(conflict, finishing: delivery, phase: .executing) == .taken(.planning))
            var good = Step(by: "test")
            good.outcome = Self.outcome(.succeeded)
            #expect(try await ledger.step(good, finishing: ran, phase: .executing) == .stale)
            #expect(try await ledger.queueStates().first { $0.stage == .plan }?.depth == 1)
            // The second execution starts from fresh versions.
            let snapshot = try #require(try await ledger.read(id))
            var execute = Step(phase: .executing, by: "test")
            execute.forks = [(.delivery, .publish)]
            #expect(try await ledger.step(execute, on: snapshot) == .taken(.executing))
            let after = try #require(try await ledger.read(id))
            #expect(after.version(of: "delivery") == 3)
            #expect(after.tracks.keys.sorted() == ["delivery"], "the other track is none of this execution's")
        }
    }
}
