import Synchronization

/// A span under way, of a trace that is sampled. Of what is not sampled there is none, and nothing is done for it.
package final class LiveSpan: Sendable {
    /// The most links of one span; a batch may hold more intents than anybody looks at.
    package static let maxLinks = 128

    package let context: TraceParent
    package let traceState: String
    private let tracer: Tracer
    /// Nil once it has ended.
    private let span: Mutex<EndedSpan?>

    init(_ span: EndedSpan, tracer: Tracer) {
        self.context = span.context
        self.traceState = span.traceState
        self.tracer = tracer
        self.span = Mutex(span)
    }

    package func set(_ key: String, _ value: SpanValue) { self.span.withLock { $0?.attributes.append(SpanAttribute(key, value)) } }
    package func set(_ key: String, _ text: String) { self.set(key, .text(text)) }
    package func set(_ key: String, _ whole: Int) { self.set(key, .whole(Int64(whole))) }

    package func link(_ other: TraceParent) {
        self.span.withLock { if let count = $0?.links.count, count < Self.maxLinks { $0?.links.append(other) } }
    }

    /// - Parameter error: one word of few, never a message: `timeout`, `503`.
    package func fail(_ error: String) { self.span.withLock { $0?.error = error } }

    /// Hands it to the exporter. Once; what is said of it afterwards is said of nothing.
    package func end() {
        let ended = self.span.withLock { span -> EndedSpan? in
            defer { span = nil }
            return span
        }
        guard var ended else { return }
        ended.end = max(ended.start, Tracer.now())
        self.tracer.record(ended)
    }

    /// It was not worth telling.
    package func discard() { self.span.withLock { $0 = nil } }

    /// Runs `body` as a part of this span: what it calls and logs is of its trace.
    package func within<Result, Failure: Error>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        var correlation = Correlation.current ?? Correlation()
        correlation.trace = self.context
        correlation.traceState = self.traceState
        // `withValue` does not speak typed throws.
        let outcome: Swift.Result<Result, Failure> = await Correlation.$current.withValue(correlation) {
            do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
        }
        return try outcome.get()
    }
}
