import IntentModel
import Logging
import RedisClient

/// The ledger's queues as Redis itself shows them, under the names of their keys.
struct LedgerQueues: Sendable {
    private static let stages = ["interpret", "plan", "publish", "policy", "verify", "notify", "archive"]
    private static let lanes = ["high", "low"]
    private static let partitions = (0..<16).map { $0 < 10 ? "{p0\($0)}" : "{p\($0)}" }

    private let redis: RedisClient

    init(_ url: String) throws {
        // It says nothing of outages, which tests cause on purpose.
        self.redis = RedisClient(try RedisConfiguration(url: url), label: "test", logger: Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() })
    }

    func stop() { self.redis.stop() }

    func exists(_ key: String) async throws -> Bool { try await self.redis.send(RedisCommand("EXISTS", key)).int == 1 }

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

    func untilEmpty(within limit: Duration = .seconds(60)) async throws {
        let left = try await self.leftovers(within: limit)
        if !left.isEmpty { throw NotEmpty(description: "\(left)") }
    }

    /// As ``leftovers()``, once there are none or the time is up: work of a step that was taken already may be delivered once more and
    /// goes when somebody looks at it.
    func leftovers(within limit: Duration) async throws -> [String: Int] {
        let deadline = ContinuousClock.now + limit
        while true {
            let leftovers = try await self.leftovers()
            if leftovers.isEmpty || ContinuousClock.now > deadline { return leftovers }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Work of a stage that has been delivered and not finished: who holds it, by a key that no other work has.
    func leases(of stage: String) async throws -> [String: String] {
        let queues = Self.partitions.flatMap { partition in Self.lanes.map { "\(partition):q:\(stage):\($0)" } }
        let replies = try await self.redis.pipeline(queues.map { RedisCommand("XPENDING", $0, stage, "-", "+", 10_000) })
        var leases: [String: String] = [:]
        for (queue, reply) in zip(queues, replies) {
            for entry in reply.array ?? [] {
                if let message = entry[0].string, let consumer = entry[1].string { leases["\(queue) \(message)"] = consumer }
            }
        }
        return leases
    }

    /// How many intents there are: each is in the index of one phase.
    func accepted() async throws -> Int {
        let indexes = Self.partitions.flatMap { partition in Phase.allCases.map { "\(partition):phase:\($0.rawValue)" } }
        return try await self.redis.pipeline(indexes.map { RedisCommand("ZCARD", $0) }).reduce(0) { $0 + ($1.int ?? 0) }
    }

    /// Bytes that Redis has allocated.
    func memory() async throws -> Int? {
        let text = try await self.redis.send(RedisCommand("INFO", "memory"), timeout: .seconds(2)).string ?? ""
        return text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("used_memory:") }.flatMap { Int($0.dropFirst("used_memory:".count)) }
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
