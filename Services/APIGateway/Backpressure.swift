import IntentModel
import Ledger
import Logging
import Metrics
import Resilience
import Synchronization
import Telemetry

/// Watches the queues and says who must wait: the lowest priority first, long before memory is in danger or work gets stale.
///
/// The queues are read at most twice a second, and only while somebody asks.
final class Backpressure: Sendable {
    private struct State {
        var shedder: LoadShedder
        var states: [QueueState] = []
        var readAt: ContinuousClock.Instant?
        var isReading = false
    }

    /// A stage with less work than this is not behind, however old its oldest item: one long piece of work is no backlog.
    static let leastBacklog = 100
    static let interval = Duration.milliseconds(500)

    private let ledger: Ledger
    private let state: Mutex<State>
    private let logger = Logger(label: "backpressure")

    init(ledger: Ledger, maxBacklog: Int, maxAge: Duration) {
        self.ledger = ledger
        self.state = Mutex(State(shedder: LoadShedder(Self.limits(maxBacklog: maxBacklog, maxAge: maxAge))))
    }

    /// For each priority from the lowest on: items of work above which it is refused, and the age of the oldest.
    static func limits(maxBacklog: Int, maxAge: Duration) -> LoadShedder.Limits {
        LoadShedder.Limits(
            depth: [maxBacklog / 2, maxBacklog, maxBacklog + maxBacklog / 2, maxBacklog * 2], age: [maxAge, maxAge * 1.5, maxAge * 3, maxAge * 6])
    }

    /// Urgent work that waits counts for so many times its age against the rest: it has promises to keep long before the rest is too old.
    static let urgency = 40
    /// … once there is as much of it as this.
    static let leastUrgent = 20

    /// What of the queues' age counts for each priority: `high` and `critical` overtake the rest, so that they wait only for their like; the
    /// rest is refused as well when those wait, for whatever is accepted takes the processors from what is done.
    static func ages(of states: [QueueState]) -> [Duration] {
        let all = states.lazy.filter { $0.depth >= Self.leastBacklog }.map(\.ageMilliseconds).max() ?? 0
        let high = states.lazy.filter { $0.highDepth >= Self.leastBacklog }.map(\.highAgeMilliseconds).max() ?? 0
        let urgent = states.lazy.filter { $0.highDepth >= Self.leastUrgent }.map(\.highAgeMilliseconds).max() ?? 0
        let rest = max(all, urgent * Int64(Self.urgency))
        return Priority.allCases.sorted { $0.rank < $1.rank }.map { .milliseconds(Lane($0) == .high ? high : rest) }
    }

    /// Why new work of this priority is refused now; nil when it is taken.
    func refusal(of priority: Priority) -> LoadShedder.Reason? {
        let (reason, mustRead) = self.state.withLock { state in
            let isOld = state.readAt.map { $0.duration(to: .now) > Self.interval } ?? true
            let mustRead = isOld && !state.isReading
            if mustRead { state.isReading = true }
            return (state.shedder.refuse(priority.rank), mustRead)
        }
        if mustRead { Task { await self.refresh() } }
        return reason
    }

    /// Priorities refused, counted from the lowest.
    var level: Int { self.state.withLock { $0.shedder.level } }

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
            Gauge(label: MetricName.queueDepth, dimensions: name).record(state.depth)
            Gauge(label: MetricName.queueAge, dimensions: name).record(Double(state.ageMilliseconds) / 1000)
            Gauge(label: MetricName.deadLetters, dimensions: name).record(state.deadLetters)
        }
        let now = ContinuousClock.now
        let level = self.state.withLock { state in
            state.states = states
            // Callbacks to a receiver that is down must not keep intents out, and work that was postponed waits on purpose: it counts,
            // but is not old.
            let pipeline = states.filter { !$0.stage.isOutbox }
            state.shedder.observe(depth: pipeline.reduce(delayed) { $0 + $1.depth }, ages: Self.ages(of: pipeline), at: now)
            state.readAt = now
            state.isReading = false
            return state.shedder.level
        }
        Gauge(label: MetricName.shedLevel).record(level)
        return states
    }
}

extension Priority {
    /// 0 for the lowest.
    var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }
}
