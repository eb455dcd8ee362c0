package import IntentModel
package import Telemetry

/// Leased work together with the record it belongs to.
package struct LeasedIntent: Sendable {
    package let lease: Lease
    package let snapshot: RecordSnapshot
    /// The rendered files, when the handler asked for them.
    package let files: [UInt8]?
    /// Of this attempt; nil unless the intent's trace is recorded.
    package var span: LiveSpan?

    package var id: IntentID { self.snapshot.id }
    package var work: Work { self.lease.work }
    /// What the track did is to be undone.
    package var isCompensation: Bool { self.snapshot.tracks[self.work.track]?.state == .compensating }
    /// Its intent is to end before this work is done: what of it is outside already is to be told, the rest is not to be done any more.
    package var isToEnd: Bool { self.snapshot.ending != nil && self.snapshot.tracks[self.work.track]?.state == .pending }
    /// An effect outside may have been had already.
    package var mayBeRepeat: Bool { self.lease.isRedelivery || self.lease.work.attempt > 0 }

    /// Runs `body` as a part of this attempt, in the trace of the intent.
    package func traced(isolation: isolated (any Actor)? = #isolation, _ body: () async -> StageOutcome) async -> StageOutcome {
        if let span { return await span.within(body) }
        guard Tracer.shared.isOn else { return await body() }
        // Who is called on behalf of a trace that is not recorded must not begin one.
        var correlation = Correlation.current ?? Correlation()
        let trace = TraceParent.generate()
        correlation.trace = TraceParent(traceHigh: trace.traceHigh, traceLow: trace.traceLow, span: trace.span, isSampled: false)
        return await Correlation.$current.withValue(correlation) { await body() }
    }
}

package enum StageOutcome: Sendable {
    case step(Step)
    /// Not now: back on the queue with exponential backoff, or after `after`.
    case retry(reason: String, after: Duration? = nil)
    /// Nothing is wrong and nothing to do yet: back on the queue after this long, without counting as an attempt.
    case wait(Duration)
    /// It is under way, and nobody else in the batch should wait for it: the lease is kept until its outcome is there, which is not `later` again.
    case later(Task<StageOutcome, Never>)
    /// It will never work.
    case fail(Problem)
    /// Nothing (more) to do; the intent stays as it is.
    case done
    /// The record as it was handed over is in the archive, and may expire.
    case archived
    /// Given up and kept among the dead letters; the intent stays as it is.
    case dead(reason: String)

    /// One word for what went wrong; nil when nothing did.
    var error: String? {
        switch self {
        case .step(let step):
            switch step.outcome?.state {
            case .failed, .partial, .uncompensated: "failed"
            case .conflicted: "conflict"
            default: step.phase == .failed ? "failed" : nil
            }
        case .retry: "retry"
        case .fail(let problem): problem.code
        case .dead: "dead"
        case .wait, .later, .done, .archived: nil
        }
    }
}

/// What a service does with the work of one stage. Called with up to `batchSize` intents at once; answers in their order.
package protocol StageHandler: Sendable {
    var stage: Stage { get }
    /// The service's name, for the history.
    var name: String { get }
    var batchSize: Int { get }
    /// How many batches run at the same time.
    var concurrency: Int { get }
    var needsFiles: Bool { get }
    /// A batch that is not full waits so long for more, where nobody waits for the work.
    var gathersFor: Duration { get }
    /// Attempts before work becomes a dead letter, where the ledger's setting does not fit; `Int.max` for no end.
    var maxAttempts: Int? { get }
    /// A failure of its work may come after a part of the effect.
    var mayFailInPart: Bool { get }
    /// Work that ``LeasedIntent/isToEnd`` is handed over, since something of it may be outside; otherwise it counts as not begun.
    var endsItsWork: Bool { get }
    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome]
}

extension StageHandler {
    package var needsFiles: Bool { false }
    package var gathersFor: Duration { .zero }
    package var maxAttempts: Int? { nil }
    package var mayFailInPart: Bool { false }
    package var endsItsWork: Bool { false }
}

extension Step {
    /// The step that ends an intent, or one of its tracks, with a problem.
    package static func failure(_ problem: Problem, by: String, work: Work, on snapshot: RecordSnapshot, inPart: Bool = false) -> Step {
        var step: Step
        if work.track != "main" {
            step = Step(by: by, detail: "\(work.track): \(problem.detail)")
            step.outcome = TrackOutcome(inPart ? .partial : .failed, problem.detail)
        } else if work.stage == .plan, snapshot.tracks.values.contains(where: { $0.state == .succeeded }) {
            // Planned again after a conflict: another track has taken effect meanwhile.
            step = Step(by: by)
            step.ending = Ending(.failed, reason: problem.detail)
        } else {
            step = Step(phase: .failed, by: by, detail: problem.detail)
        }
        // That something could not be undone says less than why it was to be.
        let isUndoing = snapshot.tracks[work.track]?.state == .compensating
        if !isUndoing || snapshot.bytes(.problem) == nil, let json = try? LedgerJSON.encode(problem) { step.fields.append((.problem, json)) }
        return step
    }
}
