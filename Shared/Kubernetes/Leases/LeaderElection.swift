import Foundation
import JSONSchema
import Logging
import Synchronization

/// One of many instances leads: whoever holds the `Lease`. Work that only a leader may do runs in ``run(_:)`` and is cancelled when the lease
/// could not be renewed in time; it has ended before anything else happens.
package final class LeaderElection: Sendable {
    package struct Configuration: Sendable {
        package var namespace: String
        package var name: String
        /// Unique among the instances.
        package var identity: String
        package var duration: Duration
        package var renewWithin: Duration
        package var retryEvery: Duration

        package init(
            namespace: String, name: String, identity: String, duration: Duration = .seconds(15), renewWithin: Duration = .seconds(10),
            retryEvery: Duration = .seconds(2)
        ) {
            self.namespace = namespace
            self.name = name
            self.identity = identity
            self.duration = duration
            self.renewWithin = min(renewWithin, duration * 2 / 3)
            self.retryEvery = min(retryEvery, renewWithin / 3)
        }
    }

    private let client: KubernetesClient
    private let configuration: Configuration
    private let claim: Mutex<LeaseClaim>
    private let logger = Logger(label: "leader-election")

    package init(_ client: KubernetesClient, _ configuration: Configuration) {
        self.client = client
        self.configuration = configuration
        self.claim = Mutex(
            LeaseClaim(
                identity: configuration.identity,
                timing: .init(duration: configuration.duration, renewWithin: configuration.renewWithin, retryEvery: configuration.retryEvery)))
    }

    /// Ask before each effect: the cancellation of the work may be on its way.
    package var isLeading: Bool { self.claim.withLock { $0.leads(at: .now) } }

    /// Leads whenever it can, until the task is cancelled; gives the lease up then.
    package func run(_ lead: @escaping @Sendable () async -> Void) async {
        while !Task.isCancelled {
            guard await self.acquire() else { break }
            self.logger.notice("leading", metadata: ["lease": "\(self.configuration.namespace)/\(self.configuration.name)"])
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    await lead()
                    return true
                }
                group.addTask {
                    await self.renew()
                    return false
                }
                // Either ends with the other; the group ends when both have.
                _ = await group.next()
                group.cancelAll()
            }
            self.logger.notice("leading no more", metadata: ["lease": "\(self.configuration.namespace)/\(self.configuration.name)"])
        }
        // By a task of its own: ours is cancelled, and with it every call it would make.
        await Task { await self.release() }.value
    }

    /// False when the task was cancelled.
    private func acquire() async -> Bool {
        while !Task.isCancelled {
            await self.attempt()
            if self.isLeading { return true }
            try? await Task.sleep(for: self.configuration.retryEvery * .random(in: 1...1.5))
        }
        return false
    }

    /// Returns when the lease is lost, or is about to be, or the task was cancelled.
    private func renew() async {
        while !Task.isCancelled {
            guard let end = self.claim.withLock({ $0.leadsUntil }), end > .now else { return }
            let next = min(end, .now + self.configuration.retryEvery * .random(in: 0.8...1))
            try? await Task.sleep(until: next)
            if Task.isCancelled { return }
            // A call that hangs must not carry us over the end.
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.attempt() }
                group.addTask { try? await Task.sleep(until: end) }
                _ = await group.next()
                group.cancelAll()
            }
        }
    }

    private var key: ObjectKey { ObjectKey(namespace: self.configuration.namespace, name: self.configuration.name) }

    /// Reads the lease and writes it where it may.
    private func attempt() async {
        let began = ContinuousClock.now
        do throws(KubernetesError) {
            let object = try await self.client.get(.lease, self.key)
            switch self.claim.withLock({ $0.move(object.map(Self.record), at: began) }) {
            case .wait: self.claim.withLock { $0.lost() }
            case .write(let holder, let transitions):
                let record = LeaseRecord(
                    holder: holder, duration: self.configuration.duration, renewTime: Self.time(), transitions: transitions)
                try await self.write(record, over: object)
                self.claim.withLock { $0.renewed(record, began: began) }
            }
        } catch {
            if error != .cancelled, !error.isConflict {
                self.logger.warning("lease not renewed", metadata: ["lease": "\(self.key)", "error": "\(error)"])
            }
        }
    }

    /// The version it was read with goes along: of two that write at once, one is refused.
    private func write(_ record: LeaseRecord, over object: KubernetesObject?) async throws(KubernetesError) {
        var spec = object?["spec"]?.object ?? [:]
        let isNew = spec["holderIdentity"]?.string != record.holder
        spec["holderIdentity"] = .string(record.holder)
        spec["leaseDurationSeconds"] = .number(Double(max(1, record.duration.components.seconds)))
        spec["renewTime"] = .string(record.renewTime)
        spec["leaseTransitions"] = .number(Double(record.transitions))
        if isNew { spec["acquireTime"] = .string(record.renewTime) }
        if var object {
            object["spec"] = .object(spec)
            _ = try await self.client.update(.lease, object)
        } else {
            _ = try await self.client.create(.lease, KubernetesObject(.lease, namespace: self.key.namespace, name: self.key.name, ["spec": .object(spec)]))
        }
    }

    /// So that the next one need not wait for it to expire.
    private func release() async {
        self.claim.withLock { $0.lost() }
        guard let object = try? await self.client.get(.lease, self.key) else { return }
        let record = Self.record(object)
        guard record.holder == self.configuration.identity else { return }
        let freed = LeaseRecord(holder: "", duration: .seconds(1), renewTime: Self.time(), transitions: record.transitions)
        try? await self.write(freed, over: object)
    }

    static func record(_ object: KubernetesObject) -> LeaseRecord {
        let spec = object.spec
        return LeaseRecord(
            holder: spec["holderIdentity"]?.string ?? "", duration: .seconds(spec["leaseDurationSeconds"]?.integer ?? 0),
            renewTime: spec["renewTime"]?.string ?? "", transitions: spec["leaseTransitions"]?.integer ?? 0)
    }

    /// `MicroTime`: six digits after the point.
    static func time(_ date: Date = Date()) -> String {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        let micros = Int((date.timeIntervalSince1970 - seconds) * 1_000_000)
        let text = Date(timeIntervalSince1970: seconds).formatted(.iso8601)
        return text.dropLast() + "." + String(repeating: "0", count: 6 - "\(micros)".count) + "\(micros)Z"
    }
}
