import Logging
import RedisClient
import Synchronization

/// Follows the events of all partitions of one server while somebody listens: with one connection, so that what several partitions have comes in one
/// answer. Under load it waits a little before it asks again, since each answer wakes everybody up to those who listen.
final class WholeFeed: Sendable {
    typealias Listener = AsyncStream<LedgerEvent>.Continuation

    private struct State {
        /// Tells this following from an earlier one, whose task may not have ended yet.
        var number = 0
        var task: Task<Void, Never>?
        /// Of the last event of each partition that was handed to the listeners, in their order; nil until the ends of the streams were found.
        var positions: [String]?
        var waiting: [CheckedContinuation<[String]?, Never>] = []
        var listeners: [Int: Listener] = [:]
        var next = 0
        var isStopped = false
    }

    /// Nobody sees that an event is this much later.
    private static let pause = Duration.milliseconds(2)

    private let ledger: Ledger
    private let state = Mutex(State())
    private let logger = Logger(label: "events")

    init(ledger: Ledger) { self.ledger = ledger }

    /// Hands events to `listener` from now on.
    ///
    /// - Returns: the positions after which they begin, in the order of the partitions; nil, and the listener is ended, where the ledger does not answer.
    func join(_ listener: Listener) async -> [String]? {
        // Joining and reading the positions are one step: what comes after them is handed to this listener, and nothing before.
        let joined = self.state.withLock { state -> (name: Int, positions: [String]?)? in
            guard !state.isStopped else { return nil }
            state.next += 1
            state.listeners[state.next] = listener
            if state.task == nil {
                state.number = state.next
                state.positions = nil
                state.task = Task { [number = state.number] in await self.follow(as: number) }
            }
            return (state.next, state.positions)
        }
        guard let (name, positions) = joined else {
            listener.finish()
            return nil
        }
        listener.onTermination = { _ in self.leave(name) }
        if let positions { return positions }
        return await withCheckedContinuation { continuation in
            let known: [String]?? = self.state.withLock { state in
                guard state.listeners[name] != nil else { return .some(nil) }
                if let positions = state.positions { return positions }
                state.waiting.append(continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// Ends every listener; new ones end at once.
    func stop() {
        self.end { state in
            state.isStopped = true
            return true
        }
    }

    private func leave(_ name: Int) {
        let (task, waiting) = self.state.withLock { state -> (Task<Void, Never>?, [CheckedContinuation<[String]?, Never>]) in
            state.listeners[name] = nil
            guard state.listeners.isEmpty else { return (nil, []) }
            defer { (state.task, state.positions, state.waiting) = (nil, nil, []) }
            return (state.task, state.waiting)
        }
        task?.cancel()
        for waiter in waiting { waiter.resume(returning: nil) }
    }

    /// An event that comes before the ledger's next answer would be missed, and be it the last of an intent, waited for without end.
    private func giveUp(_ number: Int) { self.end { $0.number == number } }

    private func end(_ applies: (inout State) -> Bool) {
        let (listeners, waiting, task) = self.state.withLock { state -> ([Listener], [CheckedContinuation<[String]?, Never>], Task<Void, Never>?) in
            guard applies(&state) else { return ([], [], nil) }
            defer { (state.listeners, state.waiting, state.task, state.positions) = ([:], [], nil, nil) }
            return (Array(state.listeners.values), state.waiting, state.task)
        }
        task?.cancel()
        for waiter in waiting { waiter.resume(returning: nil) }
        for listener in listeners { listener.finish() }
    }

    // MARK: Following

    private func follow(as number: Int) async {
        let partitions = self.ledger.partitions
        let indexes = Dictionary(uniqueKeysWithValues: partitions.enumerated().map { ($0.element.events, $0.offset) })
        let connection = self.ledger.redis.consumer(label: "events")
        var positions: [String] = []
        var failures = 0
        while !Task.isCancelled {
            do throws(RedisError) {
                if positions.isEmpty {
                    for partition in partitions {
                        let last = try await connection.send(RedisCommand("XREVRANGE", partition.events, "+", "-", "COUNT", 1), timeout: .seconds(5))
                        positions.append(last.array?.first?.array?.first?.string ?? "0-0")
                    }
                    self.begin(at: positions, as: number)
                }
                var arguments: [any RedisArgument] = ["COUNT", 256, "BLOCK", 10_000, "STREAMS"]
                for partition in partitions { arguments.append(partition.events) }
                for position in positions { arguments.append(position) }
                let reply = try await connection.send(RedisCommand("XREAD", arguments: arguments), timeout: .seconds(15))
                failures = 0
                var events: [LedgerEvent] = []
                for stream in reply.array ?? [] {
                    guard let index = stream.array?.first?.string.flatMap({ indexes[$0] }) else { continue }
                    for entry in stream.array?.last?.array ?? [] {
                        // Beyond what cannot be read, too, or it would be read for ever.
                        positions[index] = entry.array?.first?.string ?? positions[index]
                        if let event = Ledger.event(entry, partition: partitions[index]) { events.append(event) }
                    }
                }
                guard !events.isEmpty else { continue }
                self.hand(events, positions, as: number)
                try? await Task.sleep(for: Self.pause)
            } catch {
                if Task.isCancelled { return }
                failures += 1
                // Found in part, they are found anew.
                if self.state.withLock({ $0.number == number && $0.positions == nil }) {
                    positions = []
                    if failures > 3 { return self.giveUp(number) }
                }
                if failures > 3 { self.logger.warning("events not readable", metadata: ["error": "\(error)"]) }
                try? await Task.sleep(for: .milliseconds(Int.random(in: 20...(50 << min(failures, 5)))))
            }
        }
    }

    private func begin(at positions: [String], as number: Int) {
        let waiting = self.state.withLock { state -> [CheckedContinuation<[String]?, Never>] in
            guard state.number == number, state.task != nil else { return [] }
            state.positions = positions
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume(returning: positions) }
    }

    private func hand(_ events: [LedgerEvent], _ positions: [String], as number: Int) {
        let listeners = self.state.withLock { state -> [Listener] in
            guard state.number == number, state.task != nil else { return [] }
            state.positions = positions
            return Array(state.listeners.values)
        }
        for listener in listeners {
            for event in events {
                if case .dropped = listener.yield(event) {
                    listener.finish()
                    break
                }
            }
        }
    }
}
