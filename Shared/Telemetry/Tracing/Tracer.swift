import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Decides which traces are recorded and holds their ended spans until they are exported. One for a process.
///
/// Off until ``start(_:limit:)``: asking then costs one load. On, only work of a sampled trace costs more than that. Never waits: where the exporter
/// does not keep up, the newest spans are dropped and counted.
package final class Tracer: Sendable {
    package static let shared = Tracer()

    private struct State {
        var sampler = TraceSampler(.never)
        var limit = 0
        var waiting: [EndedSpan] = []
    }

    private let on = Atomic<Bool>(false)
    private let droppedCount = Atomic<Int>(0)
    private let state = Mutex(State())

    package init() {}

    /// Spans are wanted.
    package var isOn: Bool { self.on.load(ordering: .relaxed) }
    /// Spans that found the queue full.
    package var dropped: Int { self.droppedCount.load(ordering: .relaxed) }
    package var waiting: Int { self.state.withLock { $0.waiting.count } }

    /// - Parameter limit: spans that wait for the exporter at most.
    package func start(_ sampler: TraceSampler, limit: Int = 8_192) {
        self.state.withLock { state in
            state.sampler = sampler
            state.limit = limit
        }
        self.on.store(true, ordering: .relaxed)
    }

    package func stop() { self.on.store(false, ordering: .relaxed) }

    /// Unix nanoseconds.
    package static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    // MARK: Spans

    /// The place of a request in its trace: its caller's, or a new one.
    package func enter(_ parent: TraceParent?) -> TraceParent {
        guard self.isOn else { return parent?.child() ?? .generate() }
        let new = parent?.child() ?? .generate()
        let samples = self.state.withLock { $0.sampler.samples(traceLow: new.traceLow, parent: parent) }
        return TraceParent(traceHigh: new.traceHigh, traceLow: new.traceLow, span: new.span, isSampled: samples)
    }

    /// A span that begins now; nil unless its trace is recorded.
    ///
    /// - Parameter id: of the span; nil makes one.
    package func begin(
        _ name: @autoclosure () -> String, _ kind: SpanKind, under parent: TraceParent, traceState: String = "", id: UInt64? = nil
    ) -> LiveSpan? {
        guard self.isOn, parent.isSampled else { return nil }
        let context = TraceParent(traceHigh: parent.traceHigh, traceLow: parent.traceLow, span: id ?? parent.child().span, isSampled: true)
        var span = EndedSpan(name(), kind, context, parent: parent.span, start: Self.now())
        span.traceState = traceState
        return LiveSpan(span, tracer: self)
    }

    /// The first span of a new trace that is recorded, whatever the sampler says: of work that is part of several traces that are.
    package func beginTrace(_ name: String, _ kind: SpanKind) -> LiveSpan? {
        guard self.isOn else { return nil }
        return LiveSpan(EndedSpan(name, kind, .generate(), parent: 0, start: Self.now()), tracer: self)
    }

    // MARK: Queue

    package func record(_ span: EndedSpan) {
        guard self.isOn else { return }
        let isKept = self.state.withLock { state in
            guard state.waiting.count < state.limit else { return false }
            state.waiting.append(span)
            return true
        }
        if !isKept { self.droppedCount.add(1, ordering: .relaxed) }
    }

    /// The oldest spans that wait, `count` at most.
    package func take(_ count: Int) -> [EndedSpan] {
        self.state.withLock { state in
            guard state.waiting.count > count else {
                defer { state.waiting = [] }
                return state.waiting
            }
            let taken = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(count)
            return taken
        }
    }
}
