import IntentModel
import Telemetry

/// The place of an intent in its trace, as its record keeps it: `traceparent`, and `tracestate` after a space where there is one. Every step leaves
/// the span that it was taken in, so that the work it makes is a part of that, in another process or after a restart. Nothing is kept of a trace that is
/// not recorded; a version that knows nothing of traces leaves what is there, and the work after its step hangs on the span before it.
struct RecordTrace: Sendable {
    static let field = "trace"
    static let forkField = "forkTrace"

    let context: TraceParent
    let state: String

    /// Nil for what is none.
    init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let context = TraceParent(String(text.prefix(55))) else { return nil }
        self.context = context
        self.state = TraceState.accepted(String(text.dropFirst(56)))
    }

    /// Nil without a span.
    static func text(_ span: LiveSpan?) -> String? {
        span.map { $0.traceState.isEmpty ? $0.context.description : "\($0.context) \($0.traceState)" }
    }

    /// The same for the same attempt of the same work, so that the next attempt can name it; nothing else has to be kept for that.
    static func spanID(_ work: Work, attempt: Int, in context: TraceParent) -> UInt64 {
        var hash = context.traceLow ^ 0xcbf2_9ce4_8422_2325  // FNV-1a
        for byte in "\(work.stage.rawValue) \(work.track) \(work.version) \(attempt)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash == 0 ? 1 : hash
    }
}

extension RecordSnapshot {
    /// What work on a track is a part of: the step that began the tracks; everything else: the step before it.
    func trace(of work: Work) -> RecordTrace? {
        RecordTrace(work.track == "main" || work.track == Work.event || self.forkTrace.isEmpty ? self.trace : self.forkTrace)
    }
}

extension Ledger {
    /// The span of a message that is sent (semantic conventions for messaging spans).
    static func sending(_ stage: Stage, of id: IntentID) -> LiveSpan? {
        let span = Correlation.span("send \(stage.rawValue)", .producer)
        span?.tellMessaging("send", stage, id)
        return span
    }

    /// The span of a person's decision: a part of the intent's trace, linked to the request that brought it.
    static func deciding(_ step: Step, on snapshot: RecordSnapshot) -> LiveSpan? {
        guard Tracer.shared.isOn, let trace = RecordTrace(snapshot.trace) else { return nil }
        let span = Tracer.shared.begin("decide", .producer, under: trace.context, traceState: trace.state)
        if let request = Correlation.current?.trace { span?.link(request) }
        span?.set("nephoran.intent.id", snapshot.id.description)
        if let phase = step.phase ?? step.ending?.phase { span?.set("nephoran.intent.phase", phase.rawValue) }
        return span
    }

    /// The span of one attempt at one item of work; nil unless its trace is recorded.
    static func processing(_ lease: Lease, _ snapshot: RecordSnapshot) -> LiveSpan? {
        guard Tracer.shared.isOn, lease.work.stage != .archive, let trace = snapshot.trace(of: lease.work) else { return nil }
        let work = lease.work
        let id = RecordTrace.spanID(work, attempt: work.attempt, in: trace.context)
        // Who had it before may have told a span of that id already.
        let span = Tracer.shared.begin(
            "process \(work.stage.rawValue)", .consumer, under: trace.context, traceState: trace.state, id: lease.isRedelivery ? nil : id)
        guard let span else { return nil }
        func earlier(_ id: UInt64) -> TraceParent {
            TraceParent(traceHigh: trace.context.traceHigh, traceLow: trace.context.traceLow, span: id, isSampled: true)
        }
        if lease.isRedelivery {
            span.link(earlier(id))
        } else if work.attempt > 0 {
            span.link(earlier(RecordTrace.spanID(work, attempt: work.attempt - 1, in: trace.context)))
        }
        span.tellMessaging("process", work.stage, work.id)
        span.set("messaging.message.id", lease.message)
        span.set("nephoran.track", work.track)
        span.set("nephoran.attempt", work.attempt + 1)
        return span
    }
}

extension LiveSpan {
    fileprivate func tellMessaging(_ operation: String, _ stage: Stage, _ id: IntentID) {
        self.set("messaging.system", "redis")
        self.set("messaging.operation.name", operation)
        self.set("messaging.operation.type", operation)
        self.set("messaging.destination.name", stage.rawValue)
        self.set("nephoran.intent.id", id.description)
    }
}
