import Foundation

/// An installation at one moment, as its gateway tells of it: what `top` shows.
struct InstallationView: Codable, Sendable {
    struct Service: Codable, Sendable {
        var name: String
        /// `ok`, `degraded`, `unavailable`, or `unreachable`.
        var status: String
        var version: String?
        var colour: String?
        /// Of the gateway towards it.
        var breaker: String?
        /// Its own breakers that are not closed.
        var openBreakers: [String]
        /// Answers a second, since the view before.
        var requestsPerSecond: Double?
        /// Seconds.
        var p95: Double?
        /// Bytes.
        var memory: Double?
        /// Cores, since the view before.
        var processor: Double?
        var detail: String?
    }

    struct Queue: Codable, Sendable {
        var stage: String
        var depth: Int
        var ageSeconds: Double
        var delayed: Int
        var dead: Int
    }

    var at: String
    var gateway: String
    var status: String
    var services: [Service]
    var queues: [Queue]
    var active: Int
    var awaitingPeople: Int
    /// Accepted or refused, since the view before.
    var submissionsPerSecond: Double?
    /// Ended, since the view before.
    var intentsPerMinute: Double?
    /// Seconds, of what ended since the view before; else of all.
    var intentP95: Double?
    /// 0 to 1, of the gateway's answers since the view before.
    var failures: Double?
    var rollout: String?
}

/// Looks at an installation again and again, and counts what happened between.
actor InstallationWatch {
    private struct Reports: Decodable {
        struct Item: Decodable {
            struct Report: Decodable {
                struct Dependency: Decodable {
                    var name: String
                    var state: String
                    var detail: String?
                }
                var status: String
                var version: String
                var colour: String
                var dependencies: [Dependency]
            }
            var name: String
            var breaker: String
            var report: Report?
            var detail: String?
        }
        var services: [Item]
    }

    private struct Queues: Decodable { var queues: [InstallationView.Queue] }

    private let client: GatewayClient
    private var before: (at: ContinuousClock.Instant, scrapes: [String: MetricSamples])?

    init(client: GatewayClient) { self.client = client }

    func look() async throws(CommandFailure) -> InstallationView {
        let client = self.client
        let system = try await client.get(StatusCommand.Metrics.self, "/v1/metrics", query: [("timerange", "5m")]).system
        let queues = try await client.get(Queues.self, "/v1/queues").queues
        let reports = try await client.get(Reports.self, "/v1/services").services
        let own = try await client.get(Reports.Item.Report.self, "/health")
        let scrapes = try await ServiceScrape(client: client).all()
        let rollout = try? await client.get(RolloutStatusCommand.Answer.self, "/v1/rollout")
        let now = ContinuousClock.now
        let seconds = self.before.map { $0.at.duration(to: now) / .seconds(1) }
        func rate(_ count: Double?) -> Double? { count.flatMap { count in seconds.flatMap { $0 > 0 ? count / $0 : nil } } }
        func delta(_ name: String) -> MetricSamples? { self.before?.scrapes[name].flatMap { old in scrapes[name].map { $0.since(old) } } }

        func service(_ name: String, _ report: Reports.Item.Report?, _ breaker: String?, _ detail: String?) -> InstallationView.Service {
            let samples = scrapes[name]
            let since = delta(name)
            let open = samples?.values.filter { $0.key.name == "nephoran_circuit_breaker_state" && $0.value > 0 }.compactMap { $0.key.labels["upstream"] } ?? []
            let down = report?.dependencies.first { $0.state != "up" }.map { "\($0.name) \($0.detail ?? $0.state)" }
            return InstallationView.Service(
                name: name, status: report?.status ?? "unreachable", version: report?.version, colour: report?.colour, breaker: breaker,
                openBreakers: open.sorted(), requestsPerSecond: rate(since?.requests), p95: since?.requestP95 ?? samples?.requestP95,
                memory: samples?.largest("process_resident_memory_bytes"), processor: rate(since?.sum("process_cpu_seconds_total")), detail: detail ?? down)
        }
        let gateway = delta("api-gateway")
        let all = scrapes.values.reduce(MetricSamples()) { $0 + $1 }
        // Each by itself: one that started anew, or was not there before, must not look as if it had counted all it has just now.
        let changed = self.before.map { old in
            scrapes.reduce(MetricSamples()) { sum, one in old.scrapes[one.key].map { sum + one.value.since($0) } ?? sum }
        }
        let services = [service("api-gateway", own, nil, nil)] + reports.map { service($0.name, $0.report, $0.breaker, $0.detail) }
        self.before = (now, scrapes)
        let histogram = "nephoran_intent_duration_seconds"
        return InstallationView(
            at: Date().formatted(.iso8601), gateway: client.base,
            status: services.allSatisfy { $0.status == "ok" } ? "healthy" : "degraded", services: services, queues: queues, active: system.activeWorkflows,
            awaitingPeople: system.awaitingPeople ?? 0,
            submissionsPerSecond: rate(gateway?.sum("http_requests_total") { $0["route"] == "/v1/intents" && $0["method"] == "POST" }),
            intentsPerMinute: rate(changed?.sum("nephoran_intents_processed_total")).map { $0 * 60 },
            intentP95: changed?.quantile(0.95, of: histogram) ?? all.quantile(0.95, of: histogram),
            failures: gateway.flatMap { $0.requests > 0 ? $0.failures / $0.requests : nil },
            rollout: rollout?.run.flatMap { $0.state == "done" ? nil : "\($0.from) to \($0.to): \($0.state)" })
    }
}
