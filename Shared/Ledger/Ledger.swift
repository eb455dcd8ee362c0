package import IntentModel
package import RedisClient
import Logging

/// The durable record and work queue of intents, in Redis: one record, one queue, one atomic step.
package final class Ledger: Sendable {
    package let configuration: LedgerConfiguration
    package let redis: RedisClient
    package let partitions: [Partition]
    let scripts: LedgerScripts
    let roles = RoleBook()
    let floodLook = FloodLook()
    /// Nil when acceptance does not wait for replicas.
    private let replicas: ReplicaGate?
    let logger = Logger(label: "ledger")
    /// The installation's own tenant, which needs no index of its own.
    static let ownTenant = "default"

    package convenience init(_ configuration: LedgerConfiguration, redis: RedisClient) {
        self.init(configuration, redis: redis, scripts: .standard)
    }

    init(_ configuration: LedgerConfiguration, redis: RedisClient, scripts: LedgerScripts) {
        self.configuration = configuration
        self.scripts = scripts
        self.redis = redis
        self.partitions = (0..<configuration.partitions).map(Partition.init)
        self.replicas =
            configuration.waitReplicas > 0 ? ReplicaGate(redis: redis, replicas: configuration.waitReplicas, timeout: configuration.waitTimeout) : nil
    }

    package func partition(of id: IntentID) -> Partition? {
        id.partition < self.partitions.count ? self.partitions[id.partition] : nil
    }

    /// The partition of a new intent: by idempotency key, so that a repeat meets its first, else any.
    func partition(tenant: String, key: String?) -> Partition {
        guard let key else { return self.partitions[Int.random(in: 0..<self.partitions.count)] }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
        for byte in tenant.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ 0xff) &* 0x100_0000_01b3
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return self.partitions[Int(hash % UInt64(self.partitions.count))]
    }

    /// Makes sure that this Redis may hold a ledger, and which one: persistent, never evicting, with our number of partitions.
    package func open() async throws(LedgerError) {
        do throws(RedisError) {
            if !self.configuration.allowsVolatile { try await self.checkDurability() }
            let key = "nephoran:ledger"
            _ = try await self.redis.send(RedisCommand("HSETNX", key, "partitions", self.configuration.partitions))
            _ = try await self.redis.send(RedisCommand("HSETNX", key, "schema", 1))
            let reply = try await self.redis.send(RedisCommand("HGET", key, "partitions"))
            if let found = reply.string, found != String(self.configuration.partitions) {
                throw RedisError(.refused, "this ledger was created with \(found) partitions; set LEDGER_PARTITIONS=\(found)")
            }
            var commands: [RedisCommand] = []
            for partition in self.partitions {
                for stage in Stage.allCases {
                    for lane in Lane.allCases {
                        commands.append(RedisCommand("XGROUP", "CREATE", partition.queue(stage, lane), stage.rawValue, "0", "MKSTREAM"))
                    }
                }
            }
            for reply in try await self.redis.pipeline(commands) {
                if case .error(let message) = reply, !message.hasPrefix("BUSYGROUP") { throw RedisError(.refused, message) }
            }
        } catch {
            throw error.code == .refused ? LedgerError(.misconfigured, error.message) : LedgerError(error)
        }
    }

    /// Every primary has its own configuration, and loses what it holds.
    private func checkDurability() async throws(RedisError) {
        let wanted = [("appendonly", "yes"), ("appendfsync", "always"), ("no-appendfsync-on-rewrite", "no"), ("maxmemory-policy", "noeviction")]
        for node in try await self.redis.primaries() {
            for (name, value) in wanted {
                let reply: RedisValue
                do throws(RedisError) {
                    reply = try await node.send(RedisCommand("CONFIG", "GET", name))
                } catch {
                    guard error.code == .refused else { throw error }
                    self.logger.warning(
                        "ledger durability cannot be checked", metadata: ["redis": "\(node.name)", "setting": "\(name)", "error": "\(error.message)"])
                    continue
                }
                if let found = reply.array?.last?.string, found != value {
                    throw RedisError(
                        .refused,
                        "the ledger's Redis \(node.name) has \(name) \(found), it needs \(value) (LEDGER_ALLOW_VOLATILE=true accepts losing intents)")
                }
            }
            try await self.checkReplicas(of: node)
        }
    }

    /// Only a warning: replicas come and go.
    private func checkReplicas(of node: RedisNode) async throws(RedisError) {
        let wanted = self.configuration.waitReplicas
        guard wanted > 0, let role = try? await node.send(RedisCommand("ROLE")), let count = role[2].array?.count, count < wanted else { return }
        self.logger.warning(
            "fewer replicas than acceptance waits for", metadata: ["redis": "\(node.name)", "replicas": "\(count)", "LEDGER_WAIT_REPLICAS": "\(wanted)"])
    }

    // MARK: Accepting

    package enum Acceptance: Sendable {
        case accepted(IntentID, created: Int64)
        /// The idempotency key stands for this intent already.
        case repeated(IntentID, created: Int64)
        /// … and was used with another body.
        case conflict(IntentID)
    }

    /// Records an intent durably and queues it for interpretation. Returning means it is in Redis's append-only file and, where
    /// `waitReplicas` is set, that so many replicas have it, too.
    ///
    /// - Parameters:
    ///   - request: the request as JSON (``IntentRequest``).
    ///   - digest: of what the caller asks for; a repeat of the key with another digest is a conflict.
    ///   - earlierDigest: the same as earlier versions made it, of the body's bytes: what they stored is still found.
    ///   - notifies: every transition is passed on to the request's callback address.
    ///   - isPreview: for the preview colour, and without effect on the network.
    package func accept(
        request: [UInt8], priority: Priority, tenant: String, by: String, idempotencyKey: String?, digest: String, earlierDigest: String? = nil,
        notifies: Bool = false, isPreview: Bool = false
    ) async throws(LedgerError) -> Acceptance {
        self.fail(at: .asked)
        defer { self.fail(at: .recorded) }
        let partition = self.partition(tenant: tenant, key: idempotencyKey)
        let now = Timestamp.now()
        let id = IntentID(partition: partition.number, milliseconds: now)
        let entry = Ledger.historyEntry(.received, at: now, by: by, detail: nil)
        // The same key through the other path is another intent.
        let key = idempotencyKey.map { "\(tenant.utf8.count):\(tenant):\(isPreview ? "preview:" : "")\($0)" } ?? ""
        let lane = isPreview ? Lane.preview : Lane(priority)
        let span = Ledger.sending(.interpret, of: id)
        let trace = RecordTrace.text(span)
        guard idempotencyKey != nil else {
            try await self.append(
                id, partition, request: request, priority: priority, lane: lane, tenant: tenant, at: now, entry: entry, notifies: notifies, trace: trace)
            span?.end()
            if let replicas = self.replicas { try await replicas.confirm(partition.record(id), in: partition) }
            return .accepted(id, created: now)
        }
        let reply: RedisValue
        let traced: [any RedisArgument] = trace.map { [RecordTrace.field, $0] } ?? []
        do throws(RedisError) {
            let arguments: [any RedisArgument] = [
                partition.tag, id.description, now, key, digest, self.configuration.colour, self.epoch(in: partition), lane.rawValue, entry,
                notifies ? "1" : "", "priority", priority.rawValue, "tenant", tenant, "request", request,
            ]
            reply = try await self.redis.evaluate(self.scripts.accept, keys: [partition.record(id)], arguments: arguments + traced)
        } catch {
            throw LedgerError(error)
        }
        guard let parts = reply.array, let outcome = parts.first?.string else { throw LedgerError(.corrupt, "accept answered \(reply)") }
        if outcome == "accepted" {
            span?.end()
            if let replicas = self.replicas { try await replicas.confirm(partition.record(id), in: partition) }
            return .accepted(id, created: now)
        }
        guard parts.count >= 4, let known = parts[1].string.flatMap({ IntentID($0) }), let created = parts[3].string.flatMap({ Int64($0) }) else {
            throw LedgerError(.corrupt, "accept answered \(reply)")
        }
        guard let stands = parts[2].string, stands == digest || stands == earlierDigest else { return .conflict(known) }
        // Whoever came first may have been told that the outcome is unknown.
        if let replicas = self.replicas { try await replicas.confirm(partition.record(known), in: partition) }
        return .repeated(known, created: created)
    }

    /// What `accept.lua` does, as a transaction: without a key to look up nothing has to be decided on the server, and this costs it less.
    private func append(
        _ id: IntentID, _ partition: Partition, request: [UInt8], priority: Priority, lane: Lane, tenant: String, at now: Int64, entry: [UInt8],
        notifies: Bool, trace: String?
    ) async throws(LedgerError) {
        let name = id.description
        let (colour, epoch) = (self.configuration.colour, self.epoch(in: partition))
        var commands = [
            RedisCommand("MULTI"),
            RedisCommand(
                "HSET", partition.record(id), "schema", RecordSnapshot.schema(of: lane), "phase", "received", "created", now, "updated", now, "v", 1, "n", 1,
                "colour",
                colour,
                "epoch", epoch, "lane", lane.rawValue, "history", entry, "priority", priority.rawValue, "tenant", tenant, "request", request
            ),
            RedisCommand("ZADD", partition.phase(.received), now, name),
            RedisCommand("XADD", partition.queue(.interpret, lane), "*", "i", name, "t", "main", "v", 1, "a", 0, "c", colour, "e", epoch),
            RedisCommand("XADD", partition.events, "MAXLEN", "~", 20_000, "*", "i", name, "n", 1, "h", entry),
        ]
        if tenant != Ledger.ownTenant {
            commands.append(RedisCommand("ZADD", partition.phase(.received, of: tenant), now, name))
            commands.append(RedisCommand("SADD", partition.tenants, tenant))
        }
        if let trace { commands.append(RedisCommand("HSET", partition.record(id), RecordTrace.field, trace)) }
        if notifies {
            commands.append(RedisCommand("HSET", partition.record(id), "callback", 1))
            commands.append(RedisCommand("XADD", partition.queue(.notify, lane), "*", "i", name, "t", Work.event, "v", 1, "a", 0, "c", colour, "e", epoch))
        }
        commands.append(RedisCommand("EXEC"))
        let replies: [RedisValue]
        do throws(RedisError) {
            replies = try await self.redis.pipeline(commands)
        } catch {
            throw LedgerError(error)
        }
        // Out of memory, read only, being loaded: the transaction is refused as a whole, and the first command that was says why.
        guard case .array(let results)? = replies.last, !results.contains(where: { if case .error = $0 { true } else { false } }) else {
            let reason = replies.first { if case .error = $0 { true } else { false } } ?? replies.last
            throw LedgerError(.unavailable, "the intent was not taken: \(reason.map { "\($0)" } ?? "no reply")")
        }
    }

    // MARK: Reading

    /// The record; nil when there is none.
    package func read(_ id: IntentID) async throws(LedgerError) -> RecordSnapshot? {
        guard let partition = self.partition(of: id) else { return nil }
        do throws(RedisError) {
            let snapshot = Ledger.snapshot(id, try await self.redis.send(RedisCommand("HGETALL", partition.record(id))))
            if snapshot?.isReadable == false { throw RedisError(.refused, "the record of intent \(id) was written by a newer version") }
            return snapshot
        } catch {
            throw error.code == .refused ? LedgerError(.corrupt, error.message) : LedgerError(error)
        }
    }

    /// Records in the order of `ids`, in one round trip; some may not be readable by this version.
    package func read(_ ids: [IntentID]) async throws(LedgerError) -> [RecordSnapshot?] {
        guard !ids.isEmpty else { return [] }
        do throws(RedisError) {
            let replies = try await self.pipeline(ids.map { RedisCommand("HGETALL", self.partitions[$0.partition % self.partitions.count].record($0)) })
            return zip(ids, replies).map { Ledger.snapshot($0, $1) }
        } catch {
            throw LedgerError(error)
        }
    }

    /// The rendered files waiting to be published, as stored by the planning step.
    package func files(_ ids: [IntentID]) async throws(LedgerError) -> [[UInt8]?] {
        guard !ids.isEmpty else { return [] }
        do throws(RedisError) {
            let replies = try await self.pipeline(ids.map { RedisCommand("GET", self.partitions[$0.partition % self.partitions.count].files($0)) })
            return replies.map { if case .bytes(let bytes) = $0 { bytes } else { nil } }
        } catch {
            throw LedgerError(error)
        }
    }

    /// A reply that is an error says nothing about what is there: taken for "no record" it would cost an intent its work.
    func pipeline(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisValue] {
        let replies = try await self.redis.pipeline(commands)
        for case .error(let message) in replies { throw RedisError(.refused, message) }
        return replies
    }

    private static func snapshot(_ id: IntentID, _ reply: RedisValue) -> RecordSnapshot? {
        guard let values = reply.array, !values.isEmpty else { return nil }
        var fields: [(name: [UInt8], value: [UInt8])] = []
        fields.reserveCapacity(values.count / 2)
        var index = 0
        while index + 1 < values.count {
            if case .bytes(let name) = values[index], case .bytes(let value) = values[index + 1] { fields.append((name, value)) }
            index += 2
        }
        return RecordSnapshot(id: id, fields: fields)
    }

    /// Puts leased work back on its queue after `delay`.
    package func postpone(_ lease: Lease, by delay: Duration, isAttempt: Bool = true) async throws(LedgerError) {
        var work = lease.work
        if isAttempt { work.attempt += 1 }
        do throws(RedisError) {
            _ = try await self.redis.evaluate(
                self.scripts.postpone,
                keys: [lease.partition.delayed(work.stage)],
                arguments: [lease.partition.queue(work.stage, work.lane), work.stage.rawValue, lease.message, delay.milliseconds, work.member]
            )
        } catch {
            throw LedgerError(error)
        }
    }

    /// One history entry as JSON, written by hand because every step writes one.
    static func historyEntry(_ phase: Phase, at milliseconds: Int64, by: String, detail: String?) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(120 + (detail?.utf8.count ?? 0))
        out += #"{"phase":""#.utf8
        out += phase.rawValue.utf8
        out.append(UInt8(ascii: "\""))
        out += self.signature(at: milliseconds, by: by)
        if let detail {
            out += #","detail":"#.utf8
            out.appendJSON(detail)
        }
        out.append(UInt8(ascii: "}"))
        return out
    }

    /// The middle of a history entry: when, and who. The script writes entries of its own around it.
    static func signature(at milliseconds: Int64, by: String) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(64 + by.utf8.count)
        out += #","at":""#.utf8
        out += Timestamp.text(milliseconds).utf8
        out += #"","by":"#.utf8
        out.appendJSON(by)
        return out
    }
}

extension Duration {
    package var milliseconds: Int64 {
        let parts = self.components
        return parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
    }
}
