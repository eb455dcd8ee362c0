import Resilience
import Synchronization

/// The receivers that callbacks go to: each has a bound on what is under way and a breaker of its own, so that a dead one holds up no other.
final class CallbackHosts: Sendable {
    /// Not now.
    struct Refusal: Error {
        let reason: String
        let after: Duration
    }

    private final class Host: Sendable {
        let breaker = CircuitBreaker(.init(slowCall: .seconds(60), openFor: .seconds(2), openAtMost: .seconds(60)))
        let bulkhead: Bulkhead

        /// A short wait, and for some only: who waits here calls nobody else meanwhile.
        init(limit: Int) { self.bulkhead = Bulkhead(limit: limit, waitingLimit: 4 * limit, waitAtMost: .milliseconds(250)) }
    }

    private struct Entry {
        let host: Host
        var users = 0
        var lastUse = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var uses = 0
    }

    private let limit: Int
    private let maxHosts: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: calls to one receiver at the same time.
    ///   - maxHosts: receivers that are remembered; callers name them, so that there may be any number.
    init(limit: Int, maxHosts: Int = 1_024) {
        self.limit = limit
        self.maxHosts = maxHosts
    }

    /// Calls a receiver, unless it has enough to do or fails. `body` says what its answer tells of the receiver.
    func call<Value: Sendable>(_ origin: String, _ body: () async -> (CircuitBreaker.Outcome, Value)) async throws -> Value {
        let host = try self.enter(origin)
        defer { self.leave(origin) }
        do {
            return try await host.bulkhead.run {
                let permit = try host.breaker.permit()
                let start = ContinuousClock.now
                let (outcome, value) = await body()
                host.breaker.record(permit, outcome, took: ContinuousClock.now - start)
                return value
            }
        } catch let error as CircuitOpen {
            throw Refusal(reason: "the receiver fails", after: max(error.retryAfter, .milliseconds(200)))
        } catch is Bulkhead.Refusal {
            throw Refusal(reason: "enough callbacks to this receiver are under way", after: .milliseconds(200))
        }
    }

    private func enter(_ origin: String) throws(Refusal) -> Host {
        try self.state.withLock { state throws(Refusal) in
            if state.entries[origin] == nil, state.entries.count >= self.maxHosts {
                guard let idle = state.entries.filter({ $0.value.users == 0 }).min(by: { $0.value.lastUse < $1.value.lastUse }) else {
                    throw Refusal(reason: "too many receivers at once", after: .milliseconds(500))
                }
                state.entries[idle.key] = nil
            }
            state.uses += 1
            var entry = state.entries[origin] ?? Entry(host: Host(limit: self.limit))
            entry.users += 1
            entry.lastUse = state.uses
            state.entries[origin] = entry
            return entry.host
        }
    }

    private func leave(_ origin: String) { self.state.withLock { $0.entries[origin]?.users -= 1 } }

    var count: Int { self.state.withLock { $0.entries.count } }
}
