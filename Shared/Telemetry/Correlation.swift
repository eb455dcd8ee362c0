package import Logging

/// What ties the log lines and outgoing requests of one piece of work together. Travels with the task.
package struct Correlation: Sendable {
    @TaskLocal package static var current: Correlation?

    package var trace: TraceParent?
    /// `tracestate` that came with it; empty for none.
    package var traceState = ""
    package var intentID: String?
    /// Unix time in milliseconds after which nobody waits for the answer.
    package var deadline: Int64?

    package init(trace: TraceParent? = nil, traceState: String = "", intentID: String? = nil, deadline: Int64? = nil) {
        self.trace = trace
        self.traceState = traceState
        self.intentID = intentID
        self.deadline = deadline
    }

    /// Header of the deadline between services: Unix time in milliseconds.
    package static let deadlineHeader = "nephoran-deadline"

    /// Headers that hand this on to another service: `traceparent` and, when there is one, the deadline.
    package var headers: [(String, String)] {
        var headers: [(String, String)] = []
        headers += Self.traceHeaders(self.trace?.child(), self.traceState)
        if let deadline { headers.append((Self.deadlineHeader, "\(deadline)")) }
        return headers
    }

    /// `traceparent` and, where something came with it, `tracestate`.
    package static func traceHeaders(_ trace: TraceParent?, _ state: String) -> [(String, String)] {
        guard let trace else { return [] }
        return [("traceparent", trace.description)] + (state.isEmpty ? [] : [("tracestate", state)])
    }

    /// Runs `body` as work on an intent: what it logs carries `intentId`, in a trace of its own unless there is one.
    package static func with<Result, Failure: Error>(
        intent id: String, trace: TraceParent? = nil, isolation: isolated (any Actor)? = #isolation, _ body: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        var correlation = Correlation.current ?? Correlation()
        correlation.intentID = id
        correlation.trace = trace ?? correlation.trace ?? .generate()
        // `withValue` does not speak typed throws.
        let outcome: Swift.Result<Result, Failure> = await Self.$current.withValue(correlation) {
            do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    /// `traceId` and `intentId` on every line that is logged inside.
    package static let metadataProvider = Logger.MetadataProvider {
        guard let current = Correlation.current else { return [:] }
        var metadata = Logger.Metadata()
        if let trace = current.trace { metadata["traceId"] = .string(trace.traceID) }
        if let intent = current.intentID { metadata["intentId"] = .string(intent) }
        return metadata
    }
}
