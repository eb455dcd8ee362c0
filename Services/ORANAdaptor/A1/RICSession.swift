package import JSONSchema
package import Resilience

/// What we know of one RIC: the types it offers and whether it answers. Each RIC has its own, so that a dead one delays nobody.
package actor RICSession {
    package enum State: String, Sendable, Codable { case available, unavailable }

    package struct Report: Sendable, Equatable, Codable {
        package let name: String
        package let url: String
        package let state: State
        /// Identifiers of the types it offers, or can be given through a template; the last known ones while it does not answer.
        package let policyTypes: [String]
        /// Why it is unavailable.
        package var detail: String?
    }

    package nonisolated let ric: RIC
    package nonisolated let client: any PolicyProducer
    /// The guards between it and us, `a1/<name>` or `a1pms`.
    package nonisolated let upstream: Upstream
    /// Where the RIC tells changes of a status; nil when it is not told where.
    package nonisolated let notifications: NotificationAddress?
    /// Waits less: who lists RICs does not wait for a dead one.
    private let probe: any PolicyProducer
    private nonisolated let types: PolicyTypeCache
    private let reportAge: Duration
    private let listingAge: Duration

    private var lastReport: (report: Report, at: ContinuousClock.Instant)?
    private var foreign: [String: ForeignScopes] = [:]

    /// The scopes of others' policies of one type, by identifier, those that were looked at since `at`.
    private struct ForeignScopes {
        let ids: [String]
        let at: ContinuousClock.Instant
        var scopes: [String: JSONValue] = [:]
    }

    /// Policies of others whose scope is looked at, for each type.
    private static let foreignLimit = 64

    /// - Parameter producer: of calls that may take this long at most.
    package init(
        upstream: Upstream, notifications: NotificationAddress? = nil, typesAge: Duration = .seconds(60), reportAge: Duration = .seconds(5),
        listingAge: Duration = .seconds(5), producer: (Duration) -> any PolicyProducer
    ) {
        let timeout = upstream.configuration.timeout
        self.upstream = upstream
        self.notifications = notifications
        self.client = producer(timeout)
        self.probe = producer(min(timeout, .seconds(2)))
        self.ric = self.client.ric
        self.types = PolicyTypeCache(age: typesAge)
        self.reportAge = reportAge
        self.listingAge = listingAge
    }

    /// At most `reportAge` old.
    package func report() async -> Report {
        if let last = self.lastReport, last.at.duration(to: .now) < self.reportAge { return last.report }
        let report: Report
        do {
            report = Report(name: self.ric.name, url: self.ric.url, state: .available, policyTypes: try await self.probe.policyTypes().sorted())
        } catch {
            report = Report(
                name: self.ric.name, url: self.ric.url, state: .unavailable, policyTypes: self.lastReport?.report.policyTypes ?? [], detail: error.detail
            )
        }
        self.lastReport = (report, .now)
        return report
    }

    /// The type as the RIC describes it, at most `typesAge` old.
    package nonisolated func policyType(_ id: String) async throws(A1Error) -> PolicyType {
        do {
            return try await self.types.type(id, from: self.client)
        } catch  where error.kind == .notFound {
            throw A1Error(.notFound, ric: self.ric.name, detail: "it does not offer the policy type \(id)", status: 404)
        }
    }

    /// Forgets a type, after the RIC refused what its schema allowed.
    package nonisolated func forget(_ id: String) { self.types.forget(id) }

    /// A policy of somebody else with this very scope, which a new one of ours would contend with. Ours cannot: their identifier is made
    /// of type and scope. What others hold, and its scope, is at most `listingAge` old; of more than ``foreignLimit`` only so many are looked at.
    package func foreignPolicy(sharing scope: JSONValue, of type: String) async throws(A1Error) -> String? {
        var known: ForeignScopes
        if let seen = self.foreign[type], seen.at.duration(to: .now) < self.listingAge {
            known = seen
        } else {
            let ids = try await self.client.policies(of: type).filter { !$0.hasPrefix("nephoran.") }.sorted().prefix(Self.foreignLimit)
            if self.foreign.count >= Self.foreignLimit { self.foreign = [:] }
            known = ForeignScopes(ids: Array(ids), at: .now)
            self.foreign[type] = known
        }
        for id in known.ids {
            if known.scopes[id] == nil {
                let scope = try await self.client.policy(id, of: type)?["scope"] ?? .null
                known.scopes[id] = scope
                // Another listing may have come meanwhile.
                if self.foreign[type]?.at == known.at { self.foreign[type]?.scopes[id] = scope }
            }
            if known.scopes[id] == scope { return id }
        }
        return nil
    }
}
