import Ledger
package import RedisClient

/// Whether the ledger's Redis takes writes. On a full disk it answers `PING` and takes nothing: it refuses, or, synchronising each write, it ends
/// at the first one and is started again.
///
/// Most looks are at a write that it would refuse now and that changes nothing; one in ten seconds, and each after one that failed, is a real one.
package actor WriteProbe {
    package struct Refused: Error, CustomStringConvertible {
        package let description: String
    }

    /// Of what is written: a disk has room for a few bytes at the end of a block when it has none for an intent.
    private static let bytes = 512
    /// The server's answer must come before ``HealthCheck`` stops waiting for it, which would say less.
    private static let timeout = Duration.milliseconds(800)

    private let redis: RedisClient
    /// A partition of each server; of one server, the first.
    private let partitions: [Partition]
    private let interval: Duration
    private let clock = ContinuousClock()
    private let filling = String(repeating: "-", count: bytes)
    private var written: ContinuousClock.Instant?
    /// Of the last real write, if it failed: by an end of the connection after it was sent.
    private var broke = false

    /// - Parameters:
    ///   - partitions: of the ledger.
    ///   - interval: between real writes while they succeed.
    package init(_ redis: RedisClient, partitions: Int, interval: Duration = .seconds(10)) {
        self.redis = redis
        self.partitions = (0..<(redis.isCluster ? max(partitions, 1) : 1)).map { Partition($0) }
        self.interval = interval
    }

    /// - Throws: ``Refused`` with what is wrong, for people.
    package func check() async throws(Refused) {
        let isDue = self.written.map { $0.duration(to: self.clock.now) >= self.interval } ?? true
        let commands = self.partitions.map { partition in
            isDue
                ? RedisCommand("SET", partition.probe, self.filling, "PX", 60_000)
                // Only where there is one already, and there never is.
                : RedisCommand("SET", partition.noProbe, "-", "XX")
        }
        do throws(RedisError) {
            for reply in try await self.redis.pipeline(commands, timeout: Self.timeout) {
                if case .error(let message) = reply { throw RedisError(.refused, message) }
            }
            if isDue { self.written = self.clock.now }
            self.broke = false
        } catch {
            self.written = nil
            if isDue, error.code == .disconnected, error.mayHaveRun { self.broke = true }
            throw self.refused(error)
        }
    }

    private func refused(_ error: RedisError) -> Refused {
        if error.code == .refused {
            let reason = LedgerError.refusal(in: error.message).map { ": \($0)" } ?? ""
            return Refused(description: "it takes no writes\(reason) (\(error.message))")
        }
        guard self.broke else { return Refused(description: "\(error)") }
        return Refused(description: "it ends when it is to write; its disk may be full, its log says (\(error))")
    }
}
