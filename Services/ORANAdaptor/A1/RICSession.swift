package import HTTPFetch
package import Resilience

/// What we know of one RIC: the types it offers and whether it answers. Each RIC has its own, so that a dead one delays nobody.
package actor RICSession {
    package enum State: String, Sendable, Codable { case available, unavailable }

    package struct Report: Sendable, Equatable, Codable {
        package let name: String
        package let url: String
        package let state: State
        /// Identifiers of the types it offers; the last known ones while it does not answer.
        package let policyTypes: [String]
        /// Why it is unavailable.
        package var detail: String?
    }

    package nonisolated let ric: RIC
    package nonisolated let client: A1Client
    /// The guards between it and us, `a1/<name>`.
    package nonisolated let upstream: Upstream
    /// Waits less: who lists RICs does not wait for a dead one.
    private let probe: A1Client
    private let typesAge: Duration
    private let reportAge: Duration

    private var types: [String: (type: PolicyType, at: ContinuousClock.Instant)] = [:]
    private var lastReport: (report: Report, at: ContinuousClock.Instant)?

    package init(ric: RIC, fetcher: HTTPFetcher, upstream: Upstream, typesAge: Duration = .seconds(60), reportAge: Duration = .seconds(5)) {
        self.ric = ric
        self.upstream = upstream
        let timeout = upstream.configuration.timeout
        self.client = A1Client(ric: ric, fetcher: fetcher, upstream: upstream, timeout: timeout)
        self.probe = A1Client(ric: ric, fetcher: fetcher, upstream: upstream, timeout: min(timeout, .seconds(2)))
        self.typesAge = typesAge
        self.reportAge = reportAge
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
    package func policyType(_ id: String) async throws(A1Error) -> PolicyType {
        if let known = self.types[id], known.at.duration(to: .now) < self.typesAge { return known.type }
        do {
            let type = try await self.client.policyType(id)
            self.types[id] = (type, .now)
            return type
        } catch  where error.kind == .notFound {
            throw A1Error(.notFound, ric: self.ric.name, detail: "it does not offer the policy type \(id)", status: 404)
        }
    }

    /// Forgets a type, after the RIC refused what its schema allowed.
    package func forget(_ id: String) { self.types[id] = nil }
}
