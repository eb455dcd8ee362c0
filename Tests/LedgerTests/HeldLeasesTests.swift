import IntentModel
import Testing

@testable import Ledger

/// Workers with leases on one queue, by a clock that is set by hand: they work, stall, die, and what they leave is taken over.
@Suite struct HeldLeasesTests {
    private static let lease = Duration.seconds(3)
    private static let step = Duration.milliseconds(50)
    /// As in StageWorker: renewals every quarter of the lease and a second at most, take-overs every second.
    private static let renewal = Duration.milliseconds(750)
    private static let takeOver = Duration.seconds(1)

    /// What the server knows of a delivery: whose it is, and since when nobody has said so.
    private struct Pending {
        var owner: Int
        var since: ContinuousClock.Instant
    }

    private struct Worker {
        var held: HeldLeases
        var inbox: [Lease] = []
        var isAlive = true
        var stalledUntil: ContinuousClock.Instant
        var nextRenewal: ContinuousClock.Instant
        var nextTakeOver: ContinuousClock.Instant
    }

    private struct Outcome {
        /// Deliveries that a worker had in hand twice.
        var doubled = 0
        /// Work that was taken from a worker which was neither dead nor stalled.
        var robbed = 0
        /// The longest time from the death of its worker until work was somebody else's.
        var orphaned = Duration.zero
        var finished = 0
        var left = 0
    }

    /// - Parameters:
    ///   - renews: the guard against being robbed.
    ///   - remembers: the guard against work that comes twice to the same worker.
    private static func run(seed: UInt64, renews: Bool = true, remembers: Bool = true) -> Outcome {
        var random = LifePropertyTests.Seeded(state: seed)
        let start = ContinuousClock.now
        var now = start
        var pending: [String: Pending] = [:]
        var died: [Int: ContinuousClock.Instant] = [:]
        var outcome = Outcome()
        func worker() -> Worker {
            let offset = Duration.milliseconds(Int.random(in: 0..<750, using: &random))
            return Worker(held: HeldLeases(lease: Self.lease), stalledUntil: now, nextRenewal: now + offset, nextTakeOver: now + offset)
        }
        var workers = [worker(), worker(), worker()]
        var sent = 0
        let end = start + .seconds(120)
        while now < end || (!pending.isEmpty && now < end + .seconds(60)) {
            now = now + Self.step
            for index in workers.indices {
                guard workers[index].isAlive, workers[index].stalledUntil <= now else { continue }
                var arrived: [Lease] = []
                if now < end, Int.random(in: 0..<4, using: &random) == 0 {
                    sent += 1
                    pending["\(sent)-0"] = Pending(owner: index, since: now)
                    arrived.append(Self.delivery("\(sent)-0", at: now, isRedelivery: false))
                }
                if workers[index].nextRenewal <= now {
                    workers[index].nextRenewal = now + Self.renewal
                    if renews {
                        for lease in workers[index].held.due(at: now) where pending[lease.message] != nil {
                            pending[lease.message] = Pending(owner: index, since: now)
                        }
                    }
                }
                if workers[index].nextTakeOver <= now {
                    workers[index].nextTakeOver = now + Self.takeOver
                    for (message, entry) in pending.sorted(by: { $0.key < $1.key }) where entry.since + Self.lease <= now {
                        if let death = died[entry.owner] {
                            outcome.orphaned = max(outcome.orphaned, max(entry.since, death).duration(to: now))
                        } else if entry.owner != index, workers[entry.owner].stalledUntil + Self.lease < now,
                            workers[entry.owner].held.due(at: now).contains(where: { $0.message == message })
                        {
                            outcome.robbed += 1
                        }
                        pending[message] = Pending(owner: index, since: now)
                        arrived.append(Self.delivery(message, at: now, isRedelivery: true))
                    }
                }
                if remembers {
                    workers[index].inbox += workers[index].held.admit(arrived)
                } else {
                    _ = workers[index].held.admit(arrived)
                    workers[index].inbox += arrived
                }
                if Set(workers[index].inbox.map(\.message)).count < workers[index].inbox.count { outcome.doubled += 1 }
                // Some work takes longer than a lease.
                if let first = workers[index].inbox.first, first.takenAt + .milliseconds(Int.random(in: 0...8_000, using: &random)) <= now {
                    workers[index].inbox.removeFirst()
                    workers[index].held.end([first])
                    if pending.removeValue(forKey: first.message) != nil { outcome.finished += 1 }
                }
                switch Int.random(in: 0..<2_000, using: &random) {
                case 0 where workers.count { $0.isAlive } > 1:
                    workers[index].isAlive = false
                    died[index] = now
                    workers.append(worker())
                case 1...4:
                    // Its connections are gone, too: the first renewal afterwards may come later than its own look for expired leases.
                    workers[index].stalledUntil = now + .milliseconds(Int.random(in: 100...6_000, using: &random))
                    workers[index].nextRenewal = workers[index].stalledUntil + .milliseconds(Int.random(in: 0...750, using: &random))
                    workers[index].nextTakeOver = workers[index].stalledUntil + .milliseconds(Int.random(in: 0...1_000, using: &random))
                default: break
                }
            }
        }
        outcome.left = pending.count
        return outcome
    }

    private static func delivery(_ message: String, at now: ContinuousClock.Instant, isRedelivery: Bool) -> Lease {
        let work = Work(
            id: IntentID(partition: 0, milliseconds: 0), stage: .plan, lane: .low, track: "main", version: 1, attempt: 0, colour: "", epoch: 0)
        return Lease(work: work, partition: Partition(0), message: message, isRedelivery: isRedelivery, takenAt: now)
    }

    @Test(
        "nobody who works is robbed, what the dead leave is taken over within a lease and a tick, and everything is done in the end",
        arguments: 1...40 as ClosedRange<UInt64>)
    func laws(seed: UInt64) {
        let outcome = Self.run(seed: seed)
        #expect(outcome.robbed == 0)
        #expect(outcome.doubled == 0)
        #expect(outcome.orphaned <= Self.lease + Self.takeOver + Self.step)
        #expect(outcome.left == 0)
        #expect(outcome.finished > 100)
    }

    @Test("without renewal those who work for long are robbed")
    func withoutRenewal() {
        #expect((1...10 as ClosedRange<UInt64>).contains { Self.run(seed: $0, renews: false).robbed > 0 })
    }

    @Test("without a memory of what is held a worker has work in hand twice")
    func withoutMemory() {
        #expect((1...10 as ClosedRange<UInt64>).contains { Self.run(seed: $0, remembers: false).doubled > 0 })
    }
}
