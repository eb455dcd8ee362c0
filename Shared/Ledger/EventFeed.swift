package import IntentModel
import Logging
import RedisClient
import Synchronization

/// One transition of one intent, as it happened.
package struct LedgerEvent: Sendable {
    package let id: IntentID
    package let partition: Int
    /// Stream entry id within the partition, `ms-n`.
    package let position: String
    /// 1-based index of the entry in the intent's history.
    package let sequence: Int
    /// The history entry, as JSON.
    package let entry: [UInt8]
}

/// Follows the partitions' event streams while somebody listens; one blocking connection for each followed partition.
package final class EventFeed: Sendable {
    private struct Tail {
        /// Tells this following of the partition from an earlier one, whose task may not have ended yet.
        let number: Int
        var task: Task<Void, Never>?
        /// Of the last event that was handed to the listeners; nil until the stream's end was found.
        var position: String?
        /// The first `position`: that of listeners who were there before it was known.
        var start: String?
        var waiting: [CheckedContinuation<String, Never>] = []
        var listeners: [Int: AsyncStream<LedgerEvent>.Continuation] = [:]
    }

    private struct State {
        var tails: [Int: Tail] = [:]
        var next = 0
        var isStopped = false
    }

    private let ledger: Ledger
    private let state = Mutex(State())
    private let logger = Logger(label: "events")

    /// For those who follow all partitions, where these are on one server.
    private let whole: WholeFeed?

    package init(ledger: Ledger) {
        self.ledger = ledger
        self.whole = ledger.redis.isCluster ? nil : WholeFeed(ledger: ledger)
    }

    /// Events of the partition of `id` from now on (at least: those after this call has returned). The caller filters.
    /// The stream ends early for a listener that falls 8,192 events behind, and where the ledger does not answer: it has no gaps.
    package func listen(to id: IntentID) async -> AsyncStream<LedgerEvent> {
        await self.listen(partitions: [id.partition], filter: id).events
    }

    /// Events of every partition, and the position in each after which they begin, so that a reader may resume in all of them.
    package func listenToAll() async -> (events: AsyncStream<LedgerEvent>, positions: [Int: String]) {
        if let whole {
            let (stream, continuation) = AsyncStream.makeStream(of: LedgerEvent.self, bufferingPolicy: .bufferingOldest(8192))
            let positions = await whole.join(continuation) ?? []
            return (stream, Dictionary(uniqueKeysWithValues: zip(self.ledger.partitions.map(\.number), positions)))
        }
        return await self.listen(partitions: self.ledger.partitions.map(\.number), filter: nil)
    }

    private func listen(partitions: [Int], filter: IntentID?) async -> (events: AsyncStream<LedgerEvent>, positions: [Int: String]) {
        let (stream, continuation) = AsyncStream.makeStream(of: LedgerEvent.self, bufferingPolicy: .bufferingOldest(8192))
        let partitions = partitions.filter { $0 < self.ledger.partitions.count }
        // Joining and reading the position are one step: what comes after it is handed to this listener, and nothing before.
        let joined = self.state.withLock { state -> (Int, [Int: String])? in
            guard !state.isStopped else { return nil }
            var positions: [Int: String] = [:]
            state.next += 1
            let number = state.next
            for partition in partitions {
                var tail = state.tails[partition] ?? Tail(number: number)
                tail.listeners[number] = continuation
                if tail.task == nil { tail.task = Task { await self.follow(self.ledger.partitions[partition], as: number) } }
                positions[partition] = tail.position
                state.tails[partition] = tail
            }
            return (number, positions)
        }
        guard let (number, known) = joined else {
            continuation.finish()
            return (stream, [:])
        }
        continuation.onTermination = { _ in self.leave(number, partitions) }
        var positions = known
        for partition in partitions where positions[partition] == nil { positions[partition] = await self.start(of: partition) }
        guard let filter else { return (stream, positions) }
        let (own, forward) = AsyncStream.makeStream(of: LedgerEvent.self, bufferingPolicy: .bufferingNewest(1024))
        let task = Task {
            for await event in stream where event.id == filter { forward.yield(event) }
            forward.finish()
        }
        forward.onTermination = { _ in task.cancel() }
        return (own, positions)
    }

    /// Nobody waits for long where the ledger does not answer. Who listens is told the end: an event that comes before the ledger's
    /// next answer would be missed, and be it the last of an intent, waited for without end.
    private func release(_ partition: Partition, as number: Int) {
        let (waiting, listeners) = self.state.withLock { state -> ([CheckedContinuation<String, Never>], [AsyncStream<LedgerEvent>.Continuation]) in
            guard let tail = state.tails[partition.number], tail.number == number else { return ([], []) }
            state.tails[partition.number]?.waiting = []
            return (tail.waiting, Array(tail.listeners.values))
        }
        for waiter in waiting { waiter.resume(returning: "") }
        for listener in listeners { listener.finish() }
    }

    /// Where a tail that is just beginning begins; nil when the feed is stopped or the ledger does not answer.
    private func start(of partition: Int) async -> String? {
        let start = await withCheckedContinuation { continuation in
            let known: String? = self.state.withLock { state in
                guard let tail = state.tails[partition], !state.isStopped else { return "" }
                if tail.position == nil { state.tails[partition]?.waiting.append(continuation) }
                return tail.start
            }
            if let known { continuation.resume(returning: known) }
        }
        return start.isEmpty ? nil : start
    }

    private func leave(_ number: Int, _ partitions: [Int]) {
        let idle = self.state.withLock { state -> [Tail] in
            var idle: [Tail] = []
            for partition in partitions {
                state.tails[partition]?.listeners[number] = nil
                if let tail = state.tails[partition], tail.listeners.isEmpty {
                    idle.append(tail)
                    state.tails[partition] = nil
                }
            }
            return idle
        }
        for tail in idle {
            tail.task?.cancel()
            // One listener of many partitions, ended by another of them.
            for waiter in tail.waiting { waiter.resume(returning: "") }
        }
    }

    /// Ends every listener; new ones end at once.
    package func stop() {
        self.whole?.stop()
        let tails = self.state.withLock { state in
            state.isStopped = true
            defer { state.tails = [:] }
            return Array(state.tails.values)
        }
        for tail in tails {
            tail.task?.cancel()
            for waiter in tail.waiting { waiter.resume(returning: "") }
            for listener in tail.listeners.values { listener.finish() }
        }
    }

    private func follow(_ partition: Partition, as number: Int) async {
        var position: String?
        var failures = 0
        let connection = self.ledger.redis.consumer(label: "events-\(partition.number)")
        while !Task.isCancelled {
            do throws(RedisError) {
                if position == nil {
                    let last = try await connection.send(RedisCommand("XREVRANGE", partition.events, "+", "-", "COUNT", 1), timeout: .seconds(5))
                    let start = last.array?.first?.array?.first?.string ?? "0-0"
                    position = start
                    let waiting = self.state.withLock { state -> [CheckedContinuation<String, Never>] in
                        guard state.tails[partition.number]?.number == number else { return [] }
                        state.tails[partition.number]?.start = start
                        state.tails[partition.number]?.position = start
                        defer { state.tails[partition.number]?.waiting = [] }
                        return state.tails[partition.number]?.waiting ?? []
                    }
                    for waiter in waiting { waiter.resume(returning: start) }
                }
                let reply = try await connection.send(
                    RedisCommand("XREAD", "COUNT", 256, "BLOCK", 10_000, "STREAMS", partition.events, position ?? "$"), timeout: .seconds(15)
                )
                failures = 0
                for entry in reply.array?.first?.array?.last?.array ?? [] {
                    // Beyond what cannot be read, too, or it would be read for ever.
                    position = entry.array?.first?.string ?? position
                    guard let event = Ledger.event(entry, partition: partition) else { continue }
                    let listeners = self.state.withLock { state -> [AsyncStream<LedgerEvent>.Continuation] in
                        guard state.tails[partition.number]?.number == number else { return [] }
                        state.tails[partition.number]?.position = event.position
                        return state.tails[partition.number]?.listeners.values.map { $0 } ?? []
                    }
                    for listener in listeners {
                        if case .dropped = listener.yield(event) { listener.finish() }
                    }
                }
            } catch {
                if Task.isCancelled { return }
                failures += 1
                if position == nil, failures > 3 { self.release(partition, as: number) }
                if failures > 3 { self.logger.warning("events not readable", metadata: ["partition": "\(partition.number)", "error": "\(error)"]) }
                try? await Task.sleep(for: .milliseconds(Int.random(in: 20...(50 << min(failures, 5)))))
            }
        }
    }
}

extension Ledger {
    /// Parses `[position, [i, id, n, sequence, h, entry]]`.
    static func event(_ entry: RedisValue, partition: Partition) -> LedgerEvent? {
        guard let parts = entry.array, parts.count == 2, let position = parts[0].string, let fields = parts[1].array, fields.count >= 6,
            let id = fields[1].string.flatMap({ IntentID($0) }), let sequence = fields[3].string.flatMap({ Int($0) }), case .bytes(let json) = fields[5]
        else { return nil }
        return LedgerEvent(id: id, partition: partition.number, position: position, sequence: sequence, entry: json)
    }

    /// Past events of a partition after `position`, oldest first.
    package func events(partition number: Int, after position: String, limit: Int) async throws(LedgerError) -> [LedgerEvent] {
        guard number < self.partitions.count else { return [] }
        let partition = self.partitions[number]
        do throws(RedisError) {
            let reply = try await self.redis.send(RedisCommand("XRANGE", partition.events, "(" + position, "+", "COUNT", limit))
            return (reply.array ?? []).compactMap { Ledger.event($0, partition: partition) }
        } catch {
            throw LedgerError(error)
        }
    }

    /// Past events of a partition before `position` (nil: the newest), newest first.
    package func latestEvents(partition number: Int, before position: String?, limit: Int) async throws(LedgerError) -> [LedgerEvent] {
        // Redis refuses a range that ends before the first place there is.
        guard number < self.partitions.count, position != "0-0" else { return [] }
        let partition = self.partitions[number]
        do throws(RedisError) {
            let reply = try await self.redis.send(RedisCommand("XREVRANGE", partition.events, position.map { "(" + $0 } ?? "+", "-", "COUNT", limit))
            return (reply.array ?? []).compactMap { Ledger.event($0, partition: partition) }
        } catch {
            throw LedgerError(error)
        }
    }
}
