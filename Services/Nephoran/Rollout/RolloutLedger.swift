import Foundation
import Ledger
import RedisClient

/// The ledger as a rollout needs it: roles and the run.
struct RolloutLedger: Sendable {
    private let ledger: Ledger

    /// - Parameter environment: of the services: `REDIS_URL`, and where its password is.
    static func open(_ url: String, _ environment: [String: String]) async throws(CommandFailure) -> RolloutLedger {
        do {
            var configuration = LedgerConfiguration(redis: try RedisConfiguration(url: url, password: Self.password(environment)))
            let redis = RedisClient(configuration.redis, label: "rollout")
            configuration.partitions = try await Ledger.partitions(of: redis) ?? configuration.partitions
            return RolloutLedger(ledger: Ledger(configuration, redis: redis))
        } catch {
            throw CommandFailure(.unreachable, "the ledger cannot be asked: \(error)")
        }
    }

    /// As the services have it: their file is read for each connection.
    static func password(_ environment: [String: String]) -> RedisPassword? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        // Said to be empty, it is none, whatever the file.
        if let password = environment["REDIS_PASSWORD"] { return password.isEmpty ? nil : RedisPassword(password) }
        guard let file = value("REDIS_PASSWORD_FILE") else { return nil }
        return RedisPassword((try? String(contentsOfFile: file, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private init(ledger: Ledger) { self.ledger = ledger }

    func close() { self.ledger.redis.stop() }

    func run() async throws(CommandFailure) -> RolloutRun? { try await Self.asking { () async throws(LedgerError) in try await self.ledger.rolloutRun() } }

    /// Of the first partition: nil where there are no colours.
    func active() async throws(CommandFailure) -> String? {
        try await Self.asking { () async throws(LedgerError) in try await self.ledger.currentRoles().first?.active }
    }

    /// What somebody asked over the API, once.
    func takeWish() async throws(CommandFailure) -> RolloutWish? {
        try await Self.asking { () async throws(LedgerError) in try await self.ledger.takeRolloutWish() }
    }

    func keep(_ run: RolloutRun) async throws(CommandFailure) { try await Self.asking { () async throws(LedgerError) in try await self.ledger.keep(run) } }

    func begin(_ colour: String, beside active: String) async throws(CommandFailure) {
        try Self.check(try await Self.asking { () async throws(LedgerError) in try await self.ledger.beginPreview(colour, beside: active) })
    }

    func promote(_ colour: String, over former: String) async throws(CommandFailure) {
        try Self.check(try await Self.asking { () async throws(LedgerError) in try await self.ledger.promote(colour, over: former) })
    }

    /// - Parameter percent: of the partitions.
    /// - Returns: how many it is active in now, of how many.
    func promote(_ colour: String, over former: String, percent: Int) async throws(CommandFailure) -> (Int, of: Int) {
        let share = Double(percent) / 100
        try Self.check(try await Self.asking { () async throws(LedgerError) in try await self.ledger.promote(colour, over: former, share: share) })
        let roles = try await Self.asking { () async throws(LedgerError) in try await self.ledger.currentRoles() }
        return (roles.count { $0.active == colour }, roles.count)
    }

    func end(_ colour: String) async throws(CommandFailure) {
        _ = try await Self.asking { () async throws(LedgerError) in try await self.ledger.endPreview(colour) }
    }

    private static func check(_ change: RoleChange) throws(CommandFailure) {
        guard case .refused(let partition, let other) = change else { return }
        throw CommandFailure(.refused, "partition \(partition) of the ledger is \(other)'s; see nephoran rollout status")
    }

    private static func asking<Value>(_ question: () async throws(LedgerError) -> Value) async throws(CommandFailure) -> Value {
        do throws(LedgerError) { return try await question() } catch { throw CommandFailure(.unreachable, "\(error)") }
    }
}
