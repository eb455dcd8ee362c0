import Foundation

/// Asks services for what they count.
struct ServiceScrape: Sendable {
    let client: GatewayClient

    /// The services behind a gateway, by name; one that does not answer is not among them.
    func all() async throws(CommandFailure) -> [String: MetricSamples] {
        let own = try await self.samples("/metrics")
        var found = await withTaskGroup(of: (String, MetricSamples?).self) { group in
            for name in UpPlan.services.dropFirst() { group.addTask { (name, try? await self.samples("/v1/services/\(name)/metrics")) } }
            return await group.reduce(into: [String: MetricSamples]()) { $0[$1.0] = $1.1 }
        }
        found[UpPlan.services[0]] = own
        return found
    }

    func samples(_ path: String) async throws(CommandFailure) -> MetricSamples {
        MetricSamples(text: String(decoding: try await self.client.call("GET", path, timeout: .seconds(5)).body, as: UTF8.self))
    }
}

extension MetricSamples {
    private static let operations = ["/healthz", "/readyz", "/health", "/metrics", "/version", "/shutdown"]

    /// Answers to callers: probes and scrapes are none.
    static func isTraffic(_ labels: [String: String]) -> Bool { !Self.operations.contains(labels["route"] ?? "") }

    var requests: Double { self.sum("http_requests_total", where: Self.isTraffic) }
    var failures: Double { self.sum("http_requests_total") { Self.isTraffic($0) && (($0["code"] ?? $0["status"] ?? "").hasPrefix("5")) } }
    /// Seconds.
    var requestP95: Double? { self.quantile(0.95, of: "http_request_duration_seconds", where: Self.isTraffic) }
}
