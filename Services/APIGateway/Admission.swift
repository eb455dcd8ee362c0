import IntentModel
import Metrics
import Resilience
import ServiceRuntime
import Telemetry

/// Who may submit now: nobody beyond what the ledger takes without a queue, and the higher priorities first.
struct Admission: Sendable {
    private enum Reason: String, CaseIterable { case depth, age, concurrency }

    let backpressure: Backpressure
    let limiter: ConcurrencyLimiter
    private let shed: [Priority: [Reason: Counter]]

    init(backpressure: Backpressure, limiter: ConcurrencyLimiter) {
        self.backpressure = backpressure
        self.limiter = limiter
        self.shed = Dictionary(
            uniqueKeysWithValues: Priority.allCases.map { priority in
                let counters = Reason.allCases.map { reason in
                    (reason, Counter(label: MetricName.shedTotal, dimensions: [("priority", priority.rawValue), ("reason", reason.rawValue)]))
                }
                return (priority, Dictionary(uniqueKeysWithValues: counters))
            })
    }

    /// Part of the limit up to which submissions of this priority may fill it, together with all others.
    static func share(of priority: Priority) -> Double {
        switch priority {
        case .low: 0.6
        case .medium: 0.8
        case .high: 1
        case .critical: 1.25
        }
    }

    /// Throws when not even the highest priority would get in: then the body is not worth reading.
    func checkOpen() throws {
        if self.limiter.isFull(share: Self.share(of: .critical)) { throw self.refusal(.critical, .concurrency) }
    }

    /// When the submission began; ``leave(since:dropped:)`` ends it.
    func enter(_ priority: Priority) throws -> ContinuousClock.Instant {
        switch self.backpressure.refusal(of: priority) {
        case .depth: throw self.refusal(priority, .depth)
        case .age: throw self.refusal(priority, .age)
        case nil: break
        }
        guard let start = self.limiter.enter(share: Self.share(of: priority)) else { throw self.refusal(priority, .concurrency) }
        return start
    }

    /// - Parameter dropped: the ledger did not take it.
    func leave(since start: ContinuousClock.Instant, dropped: Bool) { self.limiter.leave(since: start, dropped: dropped) }

    private func refusal(_ priority: Priority, _ reason: Reason) -> ProblemError {
        self.shed[priority]?[reason]?.increment()
        let (detail, seconds) =
            switch reason {
            case .depth: ("Too much work is waiting; \(priority.rawValue) priority must wait.", 5)
            case .age: ("Work has been waiting for too long; \(priority.rawValue) priority must wait.", 5)
            case .concurrency: ("More is being submitted than the ledger can take at once; \(priority.rawValue) priority must wait.", 1)
            }
        return ProblemError(.serviceUnavailable, code: "overloaded", detail: detail, headers: [.retryAfter: "\(seconds)"])
    }
}

extension ConcurrencyLimiter {
    /// Read when the metrics are scraped.
    func export(to registry: PrometheusRegistry) {
        let status = self.status
        registry.gauge(MetricName.concurrencyLimit).set(Int64(status.limit))
        registry.gauge(MetricName.concurrencyInFlight).set(Int64(status.inFlight))
        registry.gauge(MetricName.concurrencyShortest).set((status.shortest ?? .zero) / .seconds(1))
    }
}
