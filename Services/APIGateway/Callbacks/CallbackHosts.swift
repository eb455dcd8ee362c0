import Resilience
import Synchronization

/// The receivers that callbacks go to: each has the guards of an ``Upstream`` of its own, so that a dead one holds up no other.
final class CallbackHosts: Sendable {
    /// Not now.
    struct Refusal: Error {
        let reason: String
        let after: Duration
    }

    private struct Entry {
        let upstream: Upstream
        var users = 0
        var lastUse = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var uses = 0
    }

    private let configuration: Upstream.Configuration
    private let maxHosts: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: calls to one receiver at the same time.
    ///   - timeout: of one call, the wait for a place included.
    ///   - maxHosts: receivers that are remembered; callers name them, so that there may be any number.
    init(limit: Int, timeout: Duration = .seconds(10), maxHosts: Int = 1_024) {
        var configuration = Upstream.Configuration()
        configuration.timeout = timeout
        configuration.concurrency = limit
        // A short wait, and for some only: who waits here calls nobody else meanwhile.
        configuration.waiting = 4 * limit
        configuration.waitAtMost = .milliseconds(250)
        configuration.breaker = .init(slowCall: .seconds(60), openFor: .seconds(2), openAtMost: .seconds(60))
        // The outbox tries again.
        configuration.attempts = 1
        configuration.hedge.isEnabled = false
        self.configuration = configuration
        self.maxHosts = maxHosts
    }

    /// Calls a receiver within the time that `body` is given, unless it has enough to do or fails. `body` says what its answer tells of the receiver.
    func call<Value: Sendable>(_ origin: String, _ body: @escaping @Sendable (Duration) async -> (judgement: Judgement, value: Value)) async throws(Refusal)
        -> Value
    {
        let upstream = try self.enter(origin)
        defer { self.leave(origin) }
        do throws(UpstreamRefusal) {
            return try await upstream.call(mayRepeat: false, judge: { $0.judgement }) { left, _ in await body(left) }.value
        } catch {
            switch error {
            case .open(let retryAfter): throw Refusal(reason: "the receiver fails", after: max(retryAfter, .milliseconds(200)))
            case .paused(let retryAfter): throw Refusal(reason: "the receiver asked for a pause", after: max(retryAfter, .milliseconds(200)))
            case .busy, .tooLate, .cancelled: throw Refusal(reason: "enough callbacks to this receiver are under way", after: .milliseconds(200))
            }
        }
    }

    private func enter(_ origin: String) throws(Refusal) -> Upstream {
        try self.state.withLock { state throws(Refusal) in
            if state.entries[origin] == nil, state.entries.count >= self.maxHosts {
                guard let idle = state.entries.filter({ $0.value.users == 0 }).min(by: { $0.value.lastUse < $1.value.lastUse }) else {
                    throw Refusal(reason: "too many receivers at once", after: .milliseconds(500))
                }
                state.entries[idle.key] = nil
            }
            state.uses += 1
            var entry = state.entries[origin] ?? Entry(upstream: Upstream("callback", self.configuration))
            entry.users += 1
            entry.lastUse = state.uses
            state.entries[origin] = entry
            return entry.upstream
        }
    }

    private func leave(_ origin: String) { self.state.withLock { $0.entries[origin]?.users -= 1 } }

    var count: Int { self.state.withLock { $0.entries.count } }
}
