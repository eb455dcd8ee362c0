package import IntentModel
import RedisClient

/// Depth and age of one stage's queues, summed over partitions and lanes; without previews, which nobody waits for.
package struct QueueState: Sendable, Equatable {
    package var stage: Stage
    /// Items waiting or leased.
    package var depth = 0
    /// Age of the oldest item in milliseconds; 0 when empty.
    package var ageMilliseconds: Int64 = 0
    /// Of the high lane alone, which overtakes the other.
    package var highDepth = 0
    package var highAgeMilliseconds: Int64 = 0
    package var deadLetters = 0
}

extension Ledger {
    /// One round trip over every queue.
    package func queueStates() async throws(LedgerError) -> [QueueState] {
        var commands: [RedisCommand] = []
        for stage in Stage.allCases {
            for partition in self.partitions {
                for lane in Lane.ordinary {
                    commands.append(RedisCommand("XLEN", partition.queue(stage, lane)))
                    commands.append(RedisCommand("XRANGE", partition.queue(stage, lane), "-", "+", "COUNT", 1))
                }
                commands.append(RedisCommand("XLEN", partition.dead(stage)))
            }
        }
        // Entries carry the server's time.
        commands.append(RedisCommand("TIME"))
        let replies: [RedisValue]
        do throws(RedisError) {
            replies = try await self.redis.pipeline(commands)
        } catch {
            throw LedgerError(error)
        }
        let now = replies.last?[0].string.flatMap { Int64($0) }.map { $0 * 1000 } ?? Timestamp.now()
        var states: [QueueState] = []
        var position = 0
        for stage in Stage.allCases {
            var state = QueueState(stage: stage)
            for _ in self.partitions {
                for lane in Lane.ordinary {
                    let depth = Int(replies[position].int ?? 0)
                    state.depth += depth
                    if lane == .high { state.highDepth += depth }
                    if let oldest = replies[position + 1].array?.first?.array?.first?.string?.split(separator: "-").first.flatMap({ Int64($0) }) {
                        state.ageMilliseconds = max(state.ageMilliseconds, now - oldest)
                        if lane == .high { state.highAgeMilliseconds = max(state.highAgeMilliseconds, now - oldest) }
                    }
                    position += 2
                }
                state.deadLetters += Int(replies[position].int ?? 0)
                position += 1
            }
            states.append(state)
        }
        return states
    }

    /// Work that was postponed and is on no queue until it is due; without that of the outbox, which no intent waits for.
    package func delayedCount() async throws(LedgerError) -> Int {
        do throws(RedisError) {
            let replies = try await self.redis.pipeline(self.partitions.map { RedisCommand("ZCARD", $0.delayed(.interpret)) })
            return replies.reduce(0) { $0 + Int($1.int ?? 0) }
        } catch {
            throw LedgerError(error)
        }
    }

    /// How many intents are in each phase.
    package func count(_ phase: Phase) async throws(LedgerError) -> Int {
        do throws(RedisError) {
            let replies = try await self.redis.pipeline(self.partitions.map { RedisCommand("ZCARD", $0.phase(phase)) })
            return replies.reduce(0) { $0 + Int($1.int ?? 0) }
        } catch {
            throw LedgerError(error)
        }
    }

    /// Work that waits for another attempt, by stage. Reads every member: for people, not for gauges.
    package func delayedCounts() async throws(LedgerError) -> [Stage: Int] {
        do throws(RedisError) {
            var counts: [Stage: Int] = [:]
            let shared = try await self.pipeline(self.partitions.map { RedisCommand("ZRANGE", $0.delayed(.interpret), 0, -1) })
            for member in shared.flatMap({ $0.array ?? [] }) {
                guard let stage = member.string?.split(separator: " ").first.flatMap({ Stage(rawValue: String($0)) }) else { continue }
                counts[stage, default: 0] += 1
            }
            for stage in Stage.allCases where stage.isOutbox {
                let own = try await self.pipeline(self.partitions.map { RedisCommand("ZCARD", $0.delayed(stage)) })
                counts[stage] = own.reduce(0) { $0 + Int($1.int ?? 0) }
            }
            return counts
        } catch {
            throw LedgerError(error)
        }
    }
}
