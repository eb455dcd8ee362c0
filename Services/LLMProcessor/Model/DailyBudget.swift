package import RedisClient
import IntentModel
import Synchronization
package import Telemetry

/// Dollars that all instances together may spend on models in a day (UTC). The most that a call may cost is set aside before it is made and
/// corrected after, in the shared cache's Redis, so that neither several instances nor a restart spend more. While Redis is away each process
/// counts alone and tells what it spent when Redis is back.
package final class DailyBudget: Sendable {
    package struct Reservation: Sendable, Equatable {
        let day: Int
        let amount: Int64
    }

    private struct State {
        var book = BudgetBook()
        /// Redis failed: it is left alone until then.
        var pausedUntil = ContinuousClock.Instant.now
        /// Used up: nobody is asked again before then.
        var exhaustedUntil = ContinuousClock.Instant.now
        var isShared: Bool
    }

    private let limit: Int64
    private let redis: RedisClient?
    private let prefix: String
    private let today: @Sendable () -> Int
    private let state: Mutex<State>
    private static let patience = Duration.milliseconds(50)

    /// - Parameters:
    ///   - redis: nil: this process counts alone, and from zero when it starts.
    ///   - today: days since 1970.
    package init(
        usd limit: Double, redis: RedisClient?, prefix: String = "nephoran:llm:spent:",
        today: @escaping @Sendable () -> Int = { Int(Timestamp.now() / 86_400_000) }
    ) {
        self.limit = Self.amount(limit)
        self.redis = redis
        self.prefix = prefix
        self.today = today
        self.state = Mutex(State(isShared: redis != nil))
    }

    /// Nil when it would exceed what the day has left.
    package func reserve(usd: Double) async -> Reservation? {
        let amount = max(1, Self.amount(usd))
        let day = self.today()
        let (mayAsk, isExhausted) = self.state.withLock { state -> (Bool, Bool) in
            if state.book.day != day { state.exhaustedUntil = .now }
            state.book.begin(day)
            return (state.pausedUntil <= .now, state.exhaustedUntil > .now)
        }
        if isExhausted { return nil }
        if mayAsk, let total = await self.tell(amount, day) {
            guard total > self.limit else { return Reservation(day: day, amount: amount) }
            _ = await self.tell(-amount, day)
            self.state.withLock { $0.exhaustedUntil = .now.advanced(by: .seconds(1)) }
            return nil
        }
        return self.state.withLock { state in
            guard state.book.allows(amount, limit: self.limit) else { return nil }
            state.book.addAlone(amount, on: day)
            return Reservation(day: day, amount: amount)
        }
    }

    /// What it cost in the end.
    package func settle(_ reservation: Reservation, usd: Double) async {
        let difference = Self.amount(usd) - reservation.amount
        guard difference != 0 else { return }
        if self.state.withLock({ $0.pausedUntil <= .now }), await self.tell(difference, reservation.day) != nil { return }
        self.state.withLock { $0.book.addAlone(difference, on: reservation.day) }
    }

    /// Adds to the day's total that all share; nil when it could not.
    private func tell(_ amount: Int64, _ day: Int) async -> Int64? {
        guard let redis else { return nil }
        let key = self.prefix + "\(day)"
        let before = self.state.withLock { $0.book.day == day ? $0.book.takeUnshared() : 0 }
        do throws(RedisError) {
            let replies = try await redis.pipeline(
                [RedisCommand("INCRBY", key, Int(amount + before)), RedisCommand("EXPIRE", key, 3 * 86_400)], timeout: Self.patience)
            guard let total = replies.first?.int else { throw RedisError(.refused, "no total") }
            self.state.withLock { state in
                state.book.learn(Int64(total), on: day)
                state.isShared = true
            }
            return Int64(total)
        } catch {
            self.state.withLock { state in
                state.book.putBack(before, on: day)
                state.pausedUntil = .now.advanced(by: .seconds(1))
                state.isShared = false
            }
            return nil
        }
    }

    /// USD spent and set aside today, as far as this process knows.
    package var spent: Double { self.state.withLock { $0.book.day == self.today() ? Double($0.book.spent) / 1e9 : 0 } }
    /// The total is that of all instances.
    package var isShared: Bool { self.state.withLock { $0.isShared } }

    /// `llm_budget_usd`, `llm_budget_spent_usd`, `llm_budget_shared`.
    package func export(to metrics: PrometheusRegistry) {
        metrics.beforeExposing { [weak self] registry in
            guard let self else { return }
            registry.gauge(MetricName.llmBudget, []).set(Double(self.limit) / 1e9)
            registry.gauge(MetricName.llmBudgetSpent, []).set(self.spent)
            registry.gauge(MetricName.llmBudgetShared, []).set(Int64(self.isShared ? 1 : 0))
        }
    }

    private static func amount(_ usd: Double) -> Int64 { Int64((min(max(usd, -1e9), 1e9) * 1e9).rounded(.up)) }
}
