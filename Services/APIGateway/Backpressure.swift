import IntentModel
import Ledger
import Logging
import Metrics
import Synchronization

/// Watches the queues and says who must wait: the lowest priority first, long before memory is in danger.
///
/// The queues are read at most twice a second, and only while somebody asks.
final class Backpressure: Sendable {
    private struct State {
        var depth = 0
        var states: [QueueState] = []
        var readAt: ContinuousClock.Instant?
        var isReading = false
    }

    private let ledger: Ledger
    private let maxBacklog: Int
    private let state = Mutex(State())
    private let logger = Logger(label: "backpressure")

    /// - Parameter maxBacklog: items of work above which `low` and `medium` are refused; `high` at 1.5 times, `critical` at twice that.
    init(ledger: Ledger, maxBacklog: Int) {
        self.ledger = ledger
        self.maxBacklog = maxBacklog
    }

    static func limit(for priority: Priority, maxBacklog: Int) -> Int {
        switch priority {
        case .low: maxBacklog / 2
        case .medium: maxBacklog
        case .high: maxBacklog + maxBacklog / 2
        case .critical: maxBacklog * 2
        }
    }

    /// Whether new work of this priority must be refused now.
    func refuses(_ priority: Priority) -> Bool {
        let (depth, mustRead) = self.state.withLock { state in
            let isOld = state.readAt.map { $0.duration(to: .now) > .milliseconds(500) } ?? true
            let mustRead = isOld && !state.isReading
            if mustRead { state.isReading = true }
            return (state.depth, mustRead)
        }
        if mustRead { Task { await self.refresh() } }
        return depth > Self.limit(for: priority, maxBacklog: self.maxBacklog)
    }

    /// Reads the queues now and exports their gauges.
    @discardableResult
    func refresh() async -> [QueueState] {
        let states: [QueueState]
        let delayed: Int
        do throws(LedgerError) {
            states = try await self.ledger.queueStates()
            // Where a helper is down, the backlog is here.
            delayed = try await self.ledger.delayedCount()
        } catch {
            self.logger.debug("queues not read", metadata: ["error": "\(error)"])
            self.state.withLock { $0.isReading = false }
            return self.state.withLock { $0.states }
        }
        for state in states {
            let name = [("queue_name", state.stage.rawValue)]
            Gauge(label: "nephoran_queue_depth", dimensions: name).record(state.depth)
            Gauge(label: "nephoran_queue_age_seconds", dimensions: name).record(Double(state.ageMilliseconds) / 1000)
            Gauge(label: "nephoran_dead_letters", dimensions: name).record(state.deadLetters)
        }
        self.state.withLock { state in
            state.states = states
            // Callbacks to a receiver that is down must not keep intents out.
            state.depth = states.filter { !$0.stage.isOutbox }.reduce(delayed) { $0 + $1.depth }
            state.readAt = .now
            state.isReading = false
        }
        return states
    }
}
