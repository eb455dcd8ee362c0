extension Correlation {
    /// A span that is a part of the work under way; nil unless that is of a trace that is recorded.
    package static func span(_ name: @autoclosure () -> String, _ kind: SpanKind = .internal) -> LiveSpan? {
        guard Tracer.shared.isOn, let current = Self.current, let trace = current.trace else { return nil }
        return Tracer.shared.begin(name(), kind, under: trace, traceState: current.traceState)
    }

    /// Runs `body` as a span of the work under way. What it throws is said in the span by its type alone.
    package static func spanning<Result, Failure: Error>(
        _ name: @autoclosure () -> String, _ kind: SpanKind = .internal, isolation: isolated (any Actor)? = #isolation,
        _ body: (LiveSpan?) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        guard let span = self.span(name(), kind) else { return try await body(nil) }
        defer { span.end() }
        do throws(Failure) {
            return try await span.within { () async throws(Failure) -> Result in try await body(span) }
        } catch {
            span.fail("\(type(of: error))")
            throw error
        }
    }

    /// The trace that a measurement made now belongs to, when it is recorded: its exemplar.
    static var exemplar: TraceParent? {
        guard Tracer.shared.isOn, let trace = Self.current?.trace, trace.isSampled else { return nil }
        return trace
    }
}
