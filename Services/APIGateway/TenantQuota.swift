import AccessControl
import IntentModel
import Ledger
import ServiceRuntime
import Synchronization

/// How many intents a tenant may have: live ones, and a day. Live ones are counted in the ledger at most once a second, and what this gateway
/// accepts meanwhile is added, so that of several gateways each may let some more through.
final class TenantQuota: Sendable {
    /// What was counted for an intent that is on its way into the ledger.
    struct Charge: Sendable {
        fileprivate var tenant: String
        fileprivate var day: Int64?
        fileprivate var isLive = false
    }

    private struct Count {
        var live: Int
        var readAt: ContinuousClock.Instant
    }

    private static let live = Phase.allCases.filter { !$0.isTerminal }
    private static let freshness = Duration.seconds(1)

    private let ledger: Ledger
    private let authenticator: TokenAuthenticator
    private let counts = Mutex<[String: Count]>([:])

    init(ledger: Ledger, authenticator: TokenAuthenticator) {
        self.ledger = ledger
        self.authenticator = authenticator
    }

    /// Throws 429 `quota_exceeded` when the tenant has as much as the policy allows.
    func take(_ tenant: String) async throws -> Charge {
        var charge = Charge(tenant: tenant)
        guard let limits = self.authenticator.policy.tenants[tenant]?.limits else { return charge }
        if let limit = limits.liveIntents {
            guard try await self.takeLive(tenant, limit) else {
                throw Self.refusal("The tenant \(tenant) has \(limit) intents that have not ended, as many as it may.", retryAfter: 5)
            }
            charge.isLive = true
        }
        if let limit = limits.intentsPerDay {
            let day = Timestamp.now() / 86_400_000
            do {
                let count = try await self.ledger.countAccepted(of: tenant, day: day)
                // Only what was counted can be given back.
                charge.day = day
                guard count <= limit else {
                    throw Self.refusal("The tenant \(tenant) has submitted \(limit) intents today, as many as it may.", retryAfter: Self.toMidnight())
                }
            } catch {
                await self.giveBack(charge)
                throw error
            }
        }
        return charge
    }

    /// The intent was not accepted after all, or had been before.
    func giveBack(_ charge: Charge) async {
        if charge.isLive { self.counts.withLock { $0[charge.tenant]?.live -= 1 } }
        if let day = charge.day { await self.ledger.uncountAccepted(of: charge.tenant, day: day) }
    }

    private func takeLive(_ tenant: String, _ limit: Int) async throws -> Bool {
        let now = ContinuousClock.now
        let isFresh = self.counts.withLock { $0[tenant].map { $0.readAt.duration(to: now) < Self.freshness } ?? false }
        if !isFresh {
            let live = try await self.ledger.count(Self.live, of: tenant)
            self.counts.withLock { counts in
                // Others asked at the same time: what was let through since the first answer is counted in it.
                if let known = counts[tenant], known.readAt > now { return }
                counts[tenant] = Count(live: live, readAt: .now)
            }
        }
        return self.counts.withLock { counts in
            guard let known = counts[tenant]?.live, known < limit else { return false }
            counts[tenant]?.live = known + 1
            return true
        }
    }

    private static func toMidnight() -> Int64 { 86_400 - Timestamp.now() / 1_000 % 86_400 }

    private static func refusal(_ detail: String, retryAfter: Int64) -> ProblemError {
        ProblemError(.tooManyRequests, code: "quota_exceeded", detail: detail, headers: [.retryAfter: "\(retryAfter)"])
    }
}
