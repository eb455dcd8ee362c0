import RedisClient
import Synchronization

/// Says when intents arrive faster than they should be worked off at the same time.
///
/// Accepting an intent costs Redis a third of what a step costs it. While more than `rate` a second arrive, stage workers pause
/// between batches, so that acceptance has the first claim on Redis and the processors; see `docs/decisions/008-flood.md`.
package final class FloodGauge: Sendable {
    private struct Window {
        var began: ContinuousClock.Instant
        var count = 0
        var isSaid = false
    }

    static let key = "nephoran:flood"
    private static let windowLength = Duration.milliseconds(100)
    private let threshold: Int
    private let ledger: Ledger
    private let window = Mutex(Window(began: .now))

    /// - Parameter rate: intents per second.
    package init(ledger: Ledger, rate: Int = 1_500) {
        self.ledger = ledger
        self.threshold = rate / 10
    }

    /// An intent arrived. At most one short command for every tenth of a second goes to Redis.
    package func count(now: ContinuousClock.Instant = .now) {
        let says = self.window.withLock { window in
            if window.began.duration(to: now) > Self.windowLength { window = Window(began: now) }
            window.count += 1
            guard window.count >= self.threshold, !window.isSaid else { return false }
            window.isSaid = true
            return true
        }
        if says { Task { _ = try? await self.ledger.redis.send(RedisCommand("SET", Self.key, 1, "PX", 300)) } }
    }
}

/// When the ledger was last seen without a flood: small batches follow each other faster than floods begin, and need not ask each time.
final class FloodLook: Sendable {
    private static let interval = Duration.milliseconds(50)
    private let lastWithout = Mutex<ContinuousClock.Instant?>(nil)

    func isDue(at now: ContinuousClock.Instant) -> Bool { self.lastWithout.withLock { $0.map { $0.duration(to: now) >= Self.interval } ?? true } }

    func saw(isFlood: Bool, at now: ContinuousClock.Instant) { self.lastWithout.withLock { $0 = isFlood ? nil : now } }
}

extension Ledger {
    /// Work older than this is done whatever arrives.
    static var patience: Int64 { 15_000 }
    static var floodPause: Duration { .milliseconds(100) }

    /// Pauses while intents flood in, unless one of `leases` is urgent or the oldest has waited too long already. Returns whether it did.
    @discardableResult
    func giveWay(_ leases: [Lease]) async -> Bool {
        guard !leases.contains(where: { $0.work.lane == .high }), self.floodLook.isDue(at: .now) else { return false }
        let oldest = leases.compactMap { $0.message.split(separator: "-").first.flatMap { Int64($0) } }.min() ?? 0
        // Entries carry the server's time.
        let question = [RedisCommand("EXISTS", FloodGauge.key), RedisCommand("TIME")]
        guard let replies = try? await self.redis.pipeline(question, timeout: Self.floodPause) else { return false }
        self.floodLook.saw(isFlood: replies[0].int == 1, at: .now)
        guard replies[0].int == 1, let now = replies[1][0].string.flatMap({ Int64($0) }), now * 1000 - oldest < Self.patience
        else { return false }
        try? await Task.sleep(for: Self.floodPause)
        return true
    }
}
