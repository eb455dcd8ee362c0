import IntentModel
import RedisClient

/// How work that was delivered before is begun again, by how often it was begun already.
///
/// A handler that brings its process down takes its batch-mates with it. So what was begun twice is handed over alone, the least begun first:
/// only the poisonous one is begun again and again, and what it was delivered with ends before it.
struct Redeliveries {
    /// Work to be begun as one batch.
    private(set) var together: [Lease] = []
    /// … one by one, in this order.
    private(set) var alone: [Lease] = []
    /// Not begun any more.
    private(set) var poison: [Lease] = []

    /// - Parameters:
    ///   - counted: leases, each with how often its work was begun before.
    ///   - limit: how often work is begun at most.
    init(_ counted: some Sequence<(Lease, Int)>, limit: Int) {
        for (lease, count) in counted.sorted(by: { $0.1 < $1.1 }) {
            if count >= limit {
                self.poison.append(lease)
            } else if count < 2 {
                self.together.append(lease)
            } else {
                self.alone.append(lease)
            }
        }
    }
}

extension Ledger {
    /// How often the work of each lease was begun.
    func deliveries(_ leases: [Lease]) async throws(LedgerError) -> [Int] {
        do throws(RedisError) {
            let replies = try await self.pipeline(
                leases.map { RedisCommand("XPENDING", $0.partition.queue($0.work.stage, $0.work.lane), $0.work.stage.rawValue, $0.message, $0.message, 1) })
            // What is pending no more was taken by somebody else: its version says so.
            return replies.map { Int($0.array?.first?.array?.last?.int ?? 0) }
        } catch {
            throw LedgerError(error)
        }
    }

    /// Counts a delivery of each lease.
    ///
    /// - Returns: those that are still to be done.
    func begin(_ leases: [Lease], as consumer: String) async throws(LedgerError) -> [Lease] {
        guard !leases.isEmpty else { return [] }
        do throws(RedisError) {
            let replies = try await self.pipeline(
                leases.map { RedisCommand("XCLAIM", $0.partition.queue($0.work.stage, $0.work.lane), $0.work.stage.rawValue, consumer, 0, $0.message) })
            return zip(leases, replies).filter { $0.1.array?.isEmpty == false }.map(\.0)
        } catch {
            throw LedgerError(error)
        }
    }
}
