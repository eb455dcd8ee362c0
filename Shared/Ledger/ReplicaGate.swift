import RedisClient
import Synchronization

/// Tells when replicas have what was accepted.
///
/// `WAIT` counts only what its own connection wrote, and holds that connection up. So each primary has one connection for it: a small
/// write there comes after everything the primary has answered before, and replicas that have it have all of that. Callers that come
/// while one `WAIT` is under way share the next.
final class ReplicaGate: Sendable {
    private enum Verdict {
        case replicated
        case lacking(Int)
        /// The primary does not know the record: it has taken another's place, and that one's last writes are gone.
        case lost
        /// Nobody has answered, or the record's slot is on its way to another primary.
        case unclear(String)
    }

    private struct Caller {
        let record: String
        let fence: String
        let continuation: CheckedContinuation<Verdict, Never>
    }

    private struct Line {
        let node: RedisNode
        let consumer: NodeConsumer
        var callers: [Caller] = []
        var isServed = false
    }

    private let redis: RedisClient
    private let replicas: Int
    private let timeout: Duration
    private let lines = Mutex<[ObjectIdentifier: Line]>([:])

    init(redis: RedisClient, replicas: Int, timeout: Duration) {
        self.redis = redis
        self.replicas = replicas
        self.timeout = timeout
    }

    /// Returns when enough replicas have the record, which has just been written or found.
    ///
    /// - Throws: `.unknownOutcome` when they did not say so in time.
    func confirm(_ record: String, in partition: Partition) async throws(LedgerError) {
        let deadline = ContinuousClock.now + self.timeout
        var reason = "no time was left"
        repeat {
            let node: RedisNode
            do throws(RedisError) { node = try await self.redis.primary(of: record) } catch { throw LedgerError(.unknownOutcome, error.message) }
            switch await self.ask(node, record, partition) {
            case .replicated: return
            case .lacking(let count): throw LedgerError(.unknownOutcome, "\(count) of \(self.replicas) replicas have the intent")
            case .lost: throw LedgerError(.unknownOutcome, "the primary was replaced by one that does not have the intent")
            case .unclear(let why): reason = why
            }
            try? await Task.sleep(for: .milliseconds(20))
        } while ContinuousClock.now < deadline && !Task.isCancelled
        throw LedgerError(.unknownOutcome, reason)
    }

    private func ask(_ node: RedisNode, _ record: String, _ partition: Partition) async -> Verdict {
        await withCheckedContinuation { continuation in
            let mustServe = self.lines.withLock { lines in
                let key = ObjectIdentifier(node)
                var line = lines[key] ?? Line(node: node, consumer: node.consumer(label: "wait"))
                line.callers.append(Caller(record: record, fence: partition.fence, continuation: continuation))
                defer { lines[key] = line }
                guard !line.isServed else { return false }
                line.isServed = true
                return true
            }
            if mustServe { Task { await self.serve(ObjectIdentifier(node)) } }
        }
    }

    /// Serves those who wait at one primary until nobody does.
    private func serve(_ key: ObjectIdentifier) async {
        while true {
            let batch = self.lines.withLock { lines -> (NodeConsumer, [Caller])? in
                guard var line = lines[key] else { return nil }
                defer { lines[key] = line }
                if line.callers.isEmpty {
                    line.isServed = false
                    return nil
                }
                defer { line.callers = [] }
                return (line.consumer, line.callers)
            }
            guard let (consumer, callers) = batch else { return }
            do throws(RedisError) {
                for (caller, verdict) in zip(callers, try await self.verdicts(on: callers, over: consumer)) { caller.continuation.resume(returning: verdict) }
            } catch {
                // A node that was given up is not asked again.
                let left = error.code == .stopped ? self.lines.withLock { $0.removeValue(forKey: key)?.callers ?? [] } : []
                for caller in callers + left { caller.continuation.resume(returning: .unclear(error.message)) }
                if error.code == .stopped { return }
            }
        }
    }

    private func verdicts(on callers: [Caller], over consumer: NodeConsumer) async throws(RedisError) -> [Verdict] {
        // Looked for on the connection that waits: what this primary has, and its replicas have got, no fail-over in between has lost.
        var commands = callers.map { RedisCommand("EXISTS", $0.record) }
        commands.append(RedisCommand("SET", callers[0].fence, 1))
        commands.append(RedisCommand("WAIT", self.replicas, self.timeout.milliseconds))
        let replies = try await consumer.pipeline(commands, timeout: self.timeout + .seconds(1))
        guard replies.count == commands.count, let count = replies[callers.count + 1].int, replies[callers.count] == .status("OK") else {
            return callers.map { _ in .unclear(Self.reason(replies)) }
        }
        return replies.prefix(callers.count).map { reply in
            switch reply.int {
            case 1: count >= self.replicas ? .replicated : .lacking(count)
            case 0: .lost
            default: .unclear(Self.reason([reply]))
            }
        }
    }

    private static func reason(_ replies: [RedisValue]) -> String {
        for case .error(let message) in replies { return message }
        return "replies that make no sense"
    }
}
