import Logging
package import RedisClient

/// What a change of roles came to.
package enum RoleChange: Sendable, Equatable {
    /// It is so now, or was already.
    case made
    /// Partitions that another colour rules, or previews; they were left as they are.
    case refused(partition: Int, by: String)
}

extension Ledger {
    /// Counts changes of roles, so that asking whether there was one is one short command.
    static let rolesVersion = "nephoran:roles"
    /// How often it is asked.
    static var roleInterval: Duration { .milliseconds(200) }

    // MARK: Knowing

    /// With how many partitions the ledger in this Redis was created; nil when there is none.
    package static func partitions(of redis: RedisClient) async throws(LedgerError) -> Int? {
        do throws(RedisError) {
            return try await redis.send(RedisCommand("HGET", "nephoran:ledger", "partitions")).string.flatMap { Int($0) }
        } catch {
            throw LedgerError(error)
        }
    }

    /// Whether there is a partition that no colour rules; false before the ledger was asked.
    var isUnruled: Bool { self.roles.all.contains { $0.active == nil } }

    /// Of this process's colour in one partition; nil before the ledger was asked.
    package func role(in partition: Partition) -> Role? { self.roles[partition]?.role(of: self.configuration.colour) }

    /// In the whole ledger: active or preview where it is so in every partition, draining otherwise, since a promotion goes partition by
    /// partition. Nil before the ledger was asked.
    package var role: Role? {
        let roles = self.roles.all
        guard let first = roles.first?.role(of: self.configuration.colour) else { return nil }
        return roles.allSatisfy { $0.role(of: self.configuration.colour) == first } ? first : .draining
    }

    /// Whether it is this process's colour that does what is done once for the whole installation: the first partition's active one, so that it is
    /// one colour's also while others rule other partitions. False before the ledger was asked.
    package var leads: Bool { self.roles.all.first.map { $0.role(of: self.configuration.colour) == .active } ?? false }

    /// How many partitions this process's colour has each role in.
    package var roleCounts: [Role: Int] {
        self.roles.all.reduce(into: [:]) { $0[$1.role(of: self.configuration.colour), default: 0] += 1 }
    }

    /// The epoch that this process acts in.
    func epoch(in partition: Partition) -> Int { self.roles[partition]?.epoch(of: self.configuration.colour) ?? 0 }

    /// The queues that this process may take work from.
    func lanes(in partition: Partition) -> [Lane] { self.roles[partition]?.lanes(of: self.configuration.colour) ?? [] }

    /// Whether a lease is still this process's to work on.
    func isEntitled(to lease: Lease) -> Bool {
        self.lanes(in: lease.partition).contains(lease.work.lane) && self.epoch(in: lease.partition) == lease.epoch
    }

    /// Reads the roles when they have changed, or were read long ago. At most once in ``roleInterval``, unless it is `urgent`.
    package func refreshRoles(urgent: Bool = false) async throws(LedgerError) {
        let now = ContinuousClock.now
        guard self.roles.mustRead(at: now, after: Self.roleInterval / 2, urgent: urgent) else { return }
        do throws(RedisError) {
            let version = try await self.redis.send(RedisCommand("GET", Self.rolesVersion)).string.flatMap { Int64($0) } ?? 0
            if !urgent, self.roles.version == version { return self.roles.isUnchanged(at: now) }
            // The version first: a change that comes in between is met again by its own.
            let roles = try await self.readRoles()
            self.roles.learn(roles, version: version, at: now)
        } catch {
            self.roles.failed()
            throw LedgerError(error)
        }
    }

    /// The roles of every partition as they are now.
    package func currentRoles() async throws(LedgerError) -> [PartitionRoles] {
        do throws(RedisError) { return try await self.readRoles() } catch { throw LedgerError(error) }
    }

    private func readRoles() async throws(RedisError) -> [PartitionRoles] {
        let replies = try await self.pipeline(
            self.partitions.flatMap {
                [RedisCommand("HMGET", $0.roles, "active", "activeEpoch", "preview", "previewEpoch"), RedisCommand("GET", $0.epoch)]
            })
        return stride(from: 0, to: replies.count, by: 2).map { position in
            let (reply, fence) = (replies[position], replies[position + 1])
            func number(_ index: Int) -> Int? { reply[index].string.flatMap { Int($0) } }
            return PartitionRoles(
                active: reply[0].string, activeEpoch: number(1) ?? (reply[0].string == nil ? 0 : fence.string.flatMap { Int($0) } ?? 0),
                preview: reply[2].string, previewEpoch: number(3) ?? 0)
        }
    }

    // MARK: Changing

    /// Makes `colour` the preview beside `active`, which is given the partitions nobody rules. A preview that is one already stays it.
    package func beginPreview(_ colour: String, beside active: String) async throws(LedgerError) -> RoleChange {
        try await self.change("preview", colour, from: active)
    }

    /// Makes `colour` the active one in place of `former`, in one partition after the other: each takes a new epoch, which fences everybody off
    /// who acted before. Partitions that are promoted are left alone, so it can be asked for again after it was cut short.
    ///
    /// - Parameter share: 0 to 1, of the partitions, rounded up: the last ones, so that it is all of them before the first's colour changes. Intents
    ///   are spread evenly over partitions, so it is the share of the work, too.
    package func promote(_ colour: String, over former: String, share: Double = 1) async throws(LedgerError) -> RoleChange {
        try await self.change("promote", colour, from: former, in: self.partitions.suffix(Self.count(of: share, in: self.partitions.count)))
    }

    /// How many of `partitions` a share is; one at least.
    package static func count(of share: Double, in partitions: Int) -> Int {
        min(partitions, max(1, Int((share * Double(partitions)).rounded(.up))))
    }

    /// Takes the partitions that nobody rules for this process's colour, and leaves all others as they are.
    package func claim() async throws(LedgerError) {
        _ = try await self.change("claim", self.configuration.colour, from: "")
    }

    /// Takes a colour back, whatever it has become: ends its preview, and gives partitions that it was promoted in to who had them before. Refused
    /// where nobody had them, and where there is a preview again.
    package func takeBack(_ colour: String) async throws(LedgerError) -> RoleChange { try await self.change("back", colour, from: "") }

    /// Ends the preview of `colour`; what is left of its work is the active colour's.
    package func endPreview(_ colour: String) async throws(LedgerError) -> RoleChange {
        try await self.change("abort", colour, from: "")
    }

    private func change(
        _ what: String, _ colour: String, from former: String, in partitions: ArraySlice<Partition>? = nil
    ) async throws(LedgerError) -> RoleChange {
        var refusal: RoleChange?
        do throws(RedisError) {
            for partition in partitions ?? self.partitions[...] {
                let reply = try await self.redis.evaluate(
                    self.scripts.rule, keys: [partition.roles], arguments: [partition.tag, what, colour, former])
                guard let outcome = reply[0].string else { throw RedisError(.protocolViolation, "rule answered \(reply)") }
                if outcome == "refused" {
                    refusal = refusal ?? .refused(partition: partition.number, by: reply[1].string ?? "")
                    continue
                }
                // Said after each, so that whoever listens follows a promotion that takes its time.
                if outcome == "made" { _ = try await self.redis.send(RedisCommand("INCR", Self.rolesVersion)) }
            }
            // A change before that was cut short may not have been said.
            _ = try await self.redis.send(RedisCommand("INCR", Self.rolesVersion))
        } catch {
            throw LedgerError(error)
        }
        try await self.refreshRoles(urgent: true)
        return refusal ?? .made
    }
}
