import IntentModel
import RedisClient
import TestSupport

/// The ledger's queues as Redis itself shows them, under the names of their keys.
struct LedgerQueues: Sendable {
    private static let stages = ["interpret", "plan", "publish", "policy", "verify", "notify", "archive"]
    private static let lanes = ["high", "low"]
    private static let partitions = (0..<16).map { $0 < 10 ? "{p0\($0)}" : "{p\($0)}" }

    private let redis: RedisClient

    init(_ server: RedisServer) throws { self.redis = try server.client() }

    func stop() { self.redis.stop() }

    /// Whatever is waiting, leased, delayed or given up, by key; empty when there is nothing left to do.
    func leftovers() async throws -> [String: Int] {
        var questions: [(key: String, command: RedisCommand)] = []
        for partition in Self.partitions {
            for delayed in ["delayed", "delayed:notify", "delayed:archive"] {
                questions.append(("\(partition):\(delayed)", RedisCommand("ZCARD", "\(partition):\(delayed)")))
            }
            for stage in Self.stages {
                questions.append(("\(partition):dead:\(stage)", RedisCommand("XLEN", "\(partition):dead:\(stage)")))
                for lane in Self.lanes {
                    let queue = "\(partition):q:\(stage):\(lane)"
                    questions.append((queue, RedisCommand("XLEN", queue)))
                    questions.append(("\(queue) leased", RedisCommand("XPENDING", queue, stage)))
                }
            }
        }
        let replies = try await self.redis.pipeline(questions.map(\.command))
        var found: [String: Int] = [:]
        for ((key, _), reply) in zip(questions, replies) {
            let count = reply.int ?? reply[0].int ?? 0
            if count > 0 { found[key] = count }
        }
        return found
    }

    struct NotEmpty: Error, CustomStringConvertible { let description: String }

    /// Work of a step that was taken already may still be delivered or become due; it goes when somebody looks at it.
    func untilEmpty(within limit: Duration = .seconds(10)) async throws {
        let deadline = ContinuousClock.now + limit
        while true {
            let left = try await self.leftovers()
            if left.isEmpty { return }
            guard ContinuousClock.now < deadline else { throw NotEmpty(description: "\(left)") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// How many intents there are: each is in the index of one phase.
    func accepted() async throws -> Int {
        let indexes = Self.partitions.flatMap { partition in Phase.allCases.map { "\(partition):phase:\($0.rawValue)" } }
        return try await self.redis.pipeline(indexes.map { RedisCommand("ZCARD", $0) }).reduce(0) { $0 + ($1.int ?? 0) }
    }

    /// Whether an intent is before its interpretation and yet no work for it is on any queue: what a crash now would lose.
    func hasUnprotectedIntent() async throws -> Bool {
        try await self.redis.evaluate(Self.unprotected, keys: Self.partitions, arguments: []).int ?? 0 > 0
    }

    private static let unprotected = RedisScript(
        """
        local count = 0
        for _, partition in ipairs(KEYS) do
          local queued = redis.call('XLEN', partition .. ':q:interpret:low') + redis.call('XLEN', partition .. ':q:interpret:high')
          if queued < redis.call('ZCARD', partition .. ':phase:received') then count = count + 1 end
        end
        return count
        """)
}
