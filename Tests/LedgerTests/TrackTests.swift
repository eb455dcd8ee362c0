import IntentModel
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import Ledger

/// How parallel tracks end together, taken by the work of real queues.
@Suite(.serialized) struct TrackTests {
    /// An intent in `executing` with its tracks open.
    static func fork(
        _ ledger: Ledger, _ tracks: [(track: Track.Name, stage: Stage)] = [(.delivery, .publish), (.ran, .policy)],
        onPartialFailure: PartialFailurePolicy = .rollback
    ) async throws -> IntentID {
        let id = try await ledger.submit("Deploy slice")
        _ = try await self.lease(ledger, .interpret, id)
        var plan = Step(phase: .planning, by: "test")
        plan.via = [.interpreting]
        _ = try await ledger.step(plan, on: try #require(try await ledger.read(id)))
        var execute = Step(phase: .executing, by: "test")
        execute.via = [.rendering]
        execute.forks = tracks
        execute.onPartialFailure = onPartialFailure
        _ = try await ledger.step(execute, on: try #require(try await ledger.read(id)))
        return id
    }

    /// The next delivery of a stage's work on this intent.
    static func lease(_ ledger: Ledger, _ stage: Stage, _ id: IntentID) async throws -> Lease {
        let partition = try #require(ledger.partition(of: id))
        let reply = try await ledger.redis.send(
            RedisCommand("XREADGROUP", "GROUP", stage.rawValue, "t", "COUNT", 1, "STREAMS", partition.queue(stage, .low), ">")
        )
        let entry = try #require(reply.array?.first?.array?.last?.array?.first?.array)
        let values = try #require(entry[1].array).compactMap(\.string)
        let fields = Dictionary(uniqueKeysWithValues: stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) })
        let work = Work(
            id: id, stage: stage, lane: .low, track: fields["t"] ?? "", version: Int(fields["v"] ?? "") ?? 0, attempt: 0, colour: "", epoch: 0)
        return Lease(work: work, partition: partition, message: try #require(entry[0].string), isRedelivery: false, takenAt: .now)
    }

    static func finish(_ ledger: Ledger, _ id: IntentID, _ stage: Stage, _ state: Track.State) async throws -> StepResult {
        var step = Step(by: "test", detail: "\(stage.rawValue) \(state.rawValue)")
        step.outcome = TrackOutcome(state, state.rawValue)
        return try await ledger.step(step, finishing: try await self.lease(ledger, stage, id), phase: .executing)
    }

    static func end(_ ledger: Ledger, _ id: IntentID, _ phase: Phase, announcing: Phase? = nil) async throws -> StepResult {
        var step = Step(phase: announcing, by: "person")
        step.ending = Ending(phase, reason: "asked for \"it\"")
        if announcing != nil { step.next = [.plan] }
        return try await ledger.step(step, on: try #require(try await ledger.read(id)))
    }

    static func states(_ ledger: Ledger, _ id: IntentID) async throws -> [String: Track.State] {
        try #require(try await ledger.read(id)).tracks.mapValues(\.state)
    }

    static func last(_ ledger: Ledger, _ id: IntentID) async throws -> HistoryEntry? { try await ledger.read(id)?.historyEntries().last }

    static func depth(_ ledger: Ledger, _ stage: Stage) async throws -> Int {
        try #require(try await ledger.queueStates().first { $0.stage == stage }).depth
    }

    @Test("the intent goes on when the last track has ended, whichever that is", arguments: [true, false])
    func joins(deliveryFirst: Bool) async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger)
            let order: [Stage] = deliveryFirst ? [.publish, .policy] : [.policy, .publish]
            #expect(try await Self.finish(ledger, id, order[0], .succeeded) == .taken(.executing))
            #expect(try await Self.depth(ledger, .verify) == 0)
            #expect(try await Self.finish(ledger, id, order[1], .succeeded) == .taken(.verifying))
            #expect(try await Self.depth(ledger, .verify) == 1)
            #expect(try await Self.states(ledger, id).values.allSatisfy { $0 == .succeeded })
        }
    }

    @Test("a step that was taken is not taken again")
    func stale() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger)
            let lease = try await Self.lease(ledger, .publish, id)
            var step = Step(by: "test")
            step.outcome = TrackOutcome(.succeeded, "")
            #expect(try await ledger.step(step, finishing: lease, phase: .executing) == .taken(.executing))
            #expect(try await ledger.step(step, finishing: lease, phase: .executing) == .stale)
        }
    }

    @Test("when one track fails, what the other did is undone before the intent fails", arguments: [true, false])
    func undoes(failureFirst: Bool) async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger)
            let steps: [(Stage, Track.State)] = failureFirst ? [(.policy, .failed), (.publish, .succeeded)] : [(.publish, .succeeded), (.policy, .failed)]
            #expect(try await Self.finish(ledger, id, steps[0].0, steps[0].1) == .taken(.executing))
            #expect(try await Self.finish(ledger, id, steps[1].0, steps[1].1) == .taken(.executing))
            #expect(try await Self.states(ledger, id) == ["delivery": .compensating, "ran": .failed])
            #expect(try await Self.finish(ledger, id, .publish, .compensated) == .taken(.failed))
            #expect(try await Self.last(ledger, id)?.detail == "ran failed; delivery undone")
        }
    }

    @Test("with the policy keep, what took effect stays, and the history says so")
    func keeps() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger, onPartialFailure: .keep)
            _ = try await Self.finish(ledger, id, .publish, .succeeded)
            #expect(try await Self.finish(ledger, id, .policy, .failed) == .taken(.failed))
            #expect(try await Self.last(ledger, id)?.detail == "ran failed; delivery stays in effect")
            #expect(try await Self.depth(ledger, .publish) == 0)
        }
    }

    @Test("a track that failed in part is undone, too")
    func partial() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger, [(.ran, .policy)])
            #expect(try await Self.finish(ledger, id, .policy, .partial) == .taken(.executing))
            #expect(try await Self.finish(ledger, id, .policy, .compensated) == .taken(.failed))
            #expect(try await Self.last(ledger, id)?.detail == "ran undone")
        }
    }

    @Test("what cannot be undone fails the intent, whatever end was asked for")
    func stuck() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger, [(.delivery, .publish)])
            #expect(try await Self.end(ledger, id, .cancelled) == .taken(.executing))
            #expect(try await Self.finish(ledger, id, .publish, .succeeded) == .taken(.executing))
            #expect(try await Self.finish(ledger, id, .publish, .failed) == .taken(.failed))
            #expect(try await Self.states(ledger, id) == ["delivery": .uncompensated])
            #expect(try await Self.last(ledger, id)?.detail == #"asked for "it"; delivery could not be undone"#)
        }
    }

    @Test("a conflict waits for the other track, keeps what that did, and plans again a moment later")
    func conflicts() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger)
            #expect(try await Self.finish(ledger, id, .publish, .conflicted) == .taken(.executing))
            #expect(try await Self.finish(ledger, id, .policy, .succeeded) == .taken(.planning))
            #expect(try await ledger.delayedCount() == 1)
            let snapshot = try #require(try await ledger.read(id))
            #expect(snapshot.replans == 1)
            // The second execution has only the track that is still to be done.
            var execute = Step(phase: .executing, by: "test")
            execute.forks = [(.delivery, .publish)]
            #expect(try await ledger.step(execute, on: snapshot) == .taken(.executing))
            #expect(try await Self.states(ledger, id) == ["delivery": .pending, "ran": .succeeded])
            #expect(try await Self.finish(ledger, id, .publish, .succeeded) == .taken(.verifying))
        }
    }

    @Test("before anything is done, an intent ends at once", arguments: [Phase.cancelled, .superseded])
    func endsEarly(_ phase: Phase) async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("x")
            #expect(try await Self.end(ledger, id, phase) == .taken(phase))
            #expect(try await Self.last(ledger, id)?.detail == #"asked for "it""#)
            #expect(try await ledger.count(phase) == 1)
        }
    }

    @Test("while work is under way an end waits for it; cancelling then undoes it, superseding leaves it", arguments: [Phase.cancelled, .superseded])
    func endsUnderWay(_ phase: Phase) async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger)
            _ = try await Self.finish(ledger, id, .publish, .succeeded)
            #expect(try await Self.end(ledger, id, phase) == .taken(.executing))
            #expect(try await ledger.read(id)?.ending == phase)
            let after = try await Self.finish(ledger, id, .policy, .skipped)
            if phase == .superseded {
                #expect(after == .taken(.superseded))
                #expect(try await Self.last(ledger, id)?.detail == #"asked for "it"; delivery stays in effect"#)
            } else {
                #expect(after == .taken(.executing))
                #expect(try await Self.finish(ledger, id, .publish, .compensated) == .taken(.cancelled))
                #expect(try await Self.last(ledger, id)?.detail == #"asked for "it"; delivery undone"#)
            }
        }
    }

    @Test("an end that is asked for while the effects are read back undoes them at once")
    func endsVerifying() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger, [(.ran, .policy)])
            _ = try await Self.finish(ledger, id, .policy, .succeeded)
            let verify = try await Self.lease(ledger, .verify, id)
            #expect(try await Self.end(ledger, id, .cancelled) == .taken(.executing))
            #expect(try await ledger.step(Step(phase: .published, by: "test"), finishing: verify, phase: .verifying) == .stale)
            #expect(try await Self.finish(ledger, id, .policy, .compensated) == .taken(.cancelled))
        }
    }

    @Test("an intent in effect is rolled back: announced, then undone track by track")
    func rollsBack() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger)
            _ = try await Self.finish(ledger, id, .publish, .succeeded)
            _ = try await Self.finish(ledger, id, .policy, .succeeded)
            _ = try await ledger.step(Step(phase: .published, by: "test"), finishing: try await Self.lease(ledger, .verify, id), phase: .verifying)
            #expect(try await Self.end(ledger, id, .rolledBack, announcing: .planning) == .taken(.planning))
            var undo = Step(by: "test")
            undo.ending = Ending(.rolledBack)
            #expect(try await ledger.step(undo, finishing: try await Self.lease(ledger, .plan, id), phase: .planning) == .taken(.executing))
            #expect(try await Self.states(ledger, id) == ["delivery": .compensating, "ran": .compensating])
            #expect(try await Self.finish(ledger, id, .policy, .compensated) == .taken(.executing))
            #expect(try await Self.finish(ledger, id, .publish, .compensated) == .taken(.rolledBack))
            #expect(try await Self.last(ledger, id)?.detail == #"asked for "it"; delivery, ran undone"#)
        }
    }

    @Test("work that was not begun when the end was asked for is skipped by its worker")
    func skips() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger, [(.delivery, .publish)])
            #expect(try await Self.end(ledger, id, .cancelled) == .taken(.executing))
            let handler = ClosureHandler(stage: .publish) { batch in
                Issue.record("the handler was asked to do what was cancelled")
                return batch.map { _ in .wait(.seconds(60)) }
            }
            try await withWorker(ledger, handler) {
                try await eventually { try await ledger.read(id)?.phase == .cancelled }
            }
            #expect(try await Self.states(ledger, id) == ["delivery": .skipped])
        }
    }

    @Test("a stage that ends its own work is handed it, and what it tells of an effect is undone")
    func ends() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await Self.fork(ledger, [(.delivery, .publish)])
            #expect(try await Self.end(ledger, id, .cancelled) == .taken(.executing))
            let handed = Mutex<[Bool]>([])
            var handler = ClosureHandler(stage: .publish) { batch in
                handed.withLock { $0 += batch.map(\.isToEnd) }
                return batch.map { leased in
                    var step = Step(by: "test", detail: "told")
                    step.outcome = TrackOutcome(leased.isCompensation ? .compensated : .succeeded, "told")
                    return .step(step)
                }
            }
            handler.endsItsWork = true
            try await withWorker(ledger, handler) {
                try await eventually { try await ledger.read(id)?.phase == .cancelled }
            }
            #expect(handed.withLock { $0 } == [true, false])
            #expect(try await Self.states(ledger, id) == ["delivery": .compensated])
        }
    }
}
