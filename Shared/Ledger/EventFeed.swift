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
        var task: Task<Void, Never>?
        var isReady = false
        var waiting: [CheckedContinuation<Void, Never>] = []
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

    package init(ledger: Ledger) { self.ledger = ledger }

    /// Events of the partition of `id` from now on (at least: those after this call has returned). The caller filters.
    /// A listener that falls more than 1,024 events behind loses the oldest, sees the gap in `sequence`, and reads the record.
    package func listen(to id: IntentID) async -> AsyncStream<LedgerEvent> {
        await self.listen(partitions: [id.partition], filter: id)
    }

    package func listenToAll() async -> AsyncStream<LedgerEvent> {
        await self.listen(partitions: self.ledger.partitions.map(\.number), filter: nil)
    }

    private func listen(partitions: [Int], filter: IntentID?) async -> AsyncStream<LedgerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: LedgerEvent.self, bufferingPolicy: .bufferingNewest(filter == nil ? 8192 : 1024))
        let number = self.state.withLock { state in
            state.next += 1
            for partition in partitions where partition < self.ledger.partitions.count {
                var tail = state.tails[partition] ?? Tail()
                tail.listeners[state.next] = continuation
                if tail.task == nil { tail.task = Task { await self.follow(self.ledger.partitions[partition]) } }
                state.tails[partition] = tail
            }
            return state.next
        }
        continuation.onTermination = { _ in self.leave(number, partitions) }
        for partition in partitions where partition < self.ledger.partitions.count {
            await withCheckedContinuation { ready in
                let now = self.state.withLock { state in
                    guard let tail = state.tails[partition], !tail.isReady, !state.isStopped else { return true }
                    state.tails[partition]?.waiting.append(ready)
                    return false
                }
                if now { ready.resume() }
            }
        }
        guard let filter else { return stream }
        let (own, forward) = AsyncStream.makeStream(of: LedgerEvent.self, bufferingPolicy: .bufferingNewest(1024))
        let task = Task {
            for await event in stream where event.id == filter { forward.yield(event) }
            forward.finish()
        }
        forward.onTermination = { _ in task.cancel() }
        return own
    }

    private func leave(_ number: Int, _ partitions: [Int]) {
        let idle = self.state.withLock { state -> [Task<Void, Never>] in
            var idle: [Task<Void, Never>] = []
            for partition in partitions {
                state.tails[partition]?.listeners[number] = nil
                if let tail = state.tails[partition], tail.listeners.isEmpty {
                    if let task = tail.task { idle.append(task) }
                    state.tails[partition] = nil
                }
            }
            return idle
        }
        for task in idle { task.cancel() }
    }

    /// Ends every listener; new ones end at once.
    package func stop() {
        let tails = self.state.withLock { state in
            state.isStopped = true
            defer { state.tails = [:] }
            return Array(state.tails.values)
        }
        for tail in tails {
            tail.task?.cancel()
            for waiter in tail.waiting { waiter.resume() }
            for listener in tail.listeners.values { listener.finish() }
        }
    }

    private func follow(_ partition: Partition) async {
        var position: String?
        var failures = 0
        let connection = self.ledger.redis.consumer(label: "events-\(partition.number)")
        while !Task.isCancelled {
            do throws(RedisError) {
                if position == nil {
                    let last = try await connection.send(RedisCommand("XREVRANGE", partition.events, "+", "-", "COUNT", 1), timeout: .seconds(5))
                    position = last.array?.first?.array?.first?.string ?? "0-0"
                    let waiting = self.state.withLock { state in
                        state.tails[partition.number]?.isReady = true
                        defer { state.tails[partition.number]?.waiting = [] }
                        return state.tails[partition.number]?.waiting ?? []
                    }
                    for waiter in waiting { waiter.resume() }
                }
                let reply = try await connection.send(
                    RedisCommand("XREAD", "COUNT", 256, "BLOCK", 10_000, "STREAMS", partition.events, position ?? "$"), timeout: .seconds(15)
                )
                failures = 0
                for entry in reply.array?.first?.array?.last?.array ?? [] {
                    guard let event = Ledger.event(entry, partition: partition) else { continue }
                    position = event.position
                    let listeners = self.state.withLock { $0.tails[partition.number]?.listeners.values.map { $0 } ?? [] }
                    for listener in listeners { listener.yield(event) }
                }
            } catch {
                if Task.isCancelled { return }
                failures += 1
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
}
