import IntentModel
import RedisClient
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Ledger

@Suite(.serialized) struct RecordTraceTests {
    private let caller = TraceParent(traceHigh: 0xa1, traceLow: .random(in: 1...UInt64.max), span: 7, isSampled: true)

    private func accept(_ ledger: Ledger, key: String? = nil, traced: Bool = true) async throws -> IntentID {
        try await Correlation.$current.withValue(traced ? Correlation(trace: self.caller, traceState: "v=1") : nil) {
            try await ledger.submit("Deploy AMF", key: key)
        }
    }

    /// What was told of this test's trace; other tests run beside it.
    private func spans() -> [EndedSpan] { Tracer.shared.take(.max).filter { $0.context.traceLow == self.caller.traceLow } }

    @Test("a record keeps the span it was accepted in, with and without a key, and none of a trace that is not recorded", arguments: [nil, "k"])
    func accepted(_ key: String?) async throws {
        Tracer.shared.start(TraceSampler(.always))
        defer { Tracer.shared.stop() }
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await self.accept(ledger, key: key)
            let snapshot = try #require(try await ledger.read(id))
            let trace = try #require(RecordTrace(snapshot.trace))
            let sent = try #require(self.spans().first)
            #expect(trace.context == sent.context && trace.state == "v=1")
            #expect(sent.name == "send interpret" && sent.kind == .producer && sent.parent == 7)
            if key != nil {
                #expect(try await self.accept(ledger, key: key) == id)
                #expect(self.spans().isEmpty, "a repeat sends nothing")
                let again = try #require(try await ledger.read(id))
                #expect(RecordTrace(again.trace)?.context == trace.context)
            }
            let other = try await self.accept(ledger, key: key.map { $0 + "2" }, traced: false)
            let unsampled = try #require(try await ledger.read(other))
            #expect(unsampled.trace.isEmpty)
        }
    }

    @Test("an attempt is a part of the step before it, linked to the attempt before it, and the step's work a part of the attempt")
    func attempts() async throws {
        Tracer.shared.start(TraceSampler(.always))
        defer { Tracer.shared.stop() }
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await self.accept(ledger)
            let sent = try #require(self.spans().first)
            let handler = ClosureHandler(stage: .interpret) { batch in
                batch.map { leased in
                    guard leased.work.attempt > 0 else { return .retry(reason: "not yet", after: .milliseconds(1)) }
                    var step = Step(phase: .planning, by: "test")
                    step.via = [.interpreting]
                    step.next = [.plan]
                    return .step(step)
                }
            }
            var told: [EndedSpan] = []
            try await withWorker(ledger, handler) {
                try await eventually {
                    told += self.spans()
                    return told.count == 2
                }
            }
            let (first, second) = (told[0], told[1])
            #expect(told.allSatisfy { $0.name == "process interpret" && $0.kind == .consumer && $0.parent == sent.context.span && $0.traceState == "v=1" })
            #expect(first.error == "retry" && first.links.isEmpty)
            #expect(second.error == nil && second.links.map(\.span) == [first.context.span])
            let snapshot = try #require(try await ledger.read(id))
            #expect(snapshot.phase == .planning && RecordTrace(snapshot.trace)?.context.span == second.context.span)
        }
    }

    @Test("what cannot be a trace is none: the work is done without")
    func broken() {
        for text in ["", "x", "00-0-0-01", String(repeating: "0", count: 55)] { #expect(RecordTrace(Array(text.utf8)) == nil) }
        let text = self.caller.description
        #expect(RecordTrace(Array(text.utf8))?.context == self.caller && RecordTrace(Array("\(text) a=b".utf8))?.state == "a=b")
    }
}
