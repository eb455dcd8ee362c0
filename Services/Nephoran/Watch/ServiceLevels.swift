import Foundation
import HTTPFetch

/// One service level of the handbook: what part of the calls must go well in 30 days, and how long they may take.
struct ServiceLevel: Sendable {
    var name: String
    /// Percent.
    var availability: Double
    /// Seconds: p50, p95, p99.
    var latency: (p50: Double, p95: Double, p99: Double)
    var service: String?
    /// Which series are good and which all, as counters with a condition on labels.
    var counter: String
    var good: @Sendable ([String: String]) -> Bool
    var counts: @Sendable ([String: String]) -> Bool
    var histogram: String
    /// The same for Prometheus: selectors of the counter that count, and of those that are good.
    var selectors: (all: String, good: String)

    private static let traffic = #"route!~"/healthz|/readyz|/health|/metrics|/version|/shutdown""#
    private static func isNoServerError(_ labels: [String: String]) -> Bool { !(labels["code"] ?? "").hasPrefix("5") }

    static let all: [ServiceLevel] = [
        ServiceLevel(
            name: "overall", availability: 99.95, latency: (0.1, 0.3, 0.5), service: "api-gateway", counter: "http_requests_total",
            good: { isNoServerError($0) }, counts: { MetricSamples.isTraffic($0) }, histogram: "http_request_duration_seconds",
            selectors: (#"service="api-gateway",\#(traffic)"#, #"service="api-gateway",\#(traffic),code!~"5..""#)),
        ServiceLevel(
            name: "intent processing", availability: 99.9, latency: (1.5, 3, 5), counter: "nephoran_intents_processed_total",
            good: { $0["outcome"] != "failed" }, counts: { _ in true }, histogram: "nephoran_intent_duration_seconds",
            selectors: ("", #"outcome!="failed""#)),
        ServiceLevel(
            name: "LLM", availability: 99.8, latency: (0.8, 2, 5), service: "llm-processor", counter: "llm_requests_total",
            good: { $0["outcome"] == "ok" }, counts: { _ in true }, histogram: "llm_request_duration_seconds",
            selectors: ("", #"outcome="ok""#)),
        ServiceLevel(
            name: "RAG", availability: 99.9, latency: (0.2, 0.5, 1), service: "rag-api", counter: "http_requests_total",
            good: { isNoServerError($0) }, counts: { ($0["route"] ?? "").hasPrefix("/v1/search") }, histogram: "rag_query_latency_seconds",
            selectors: (#"service="rag-api",route=~"/v1/search.*""#, #"service="rag-api",route=~"/v1/search.*",code!~"5..""#)),
        ServiceLevel(
            name: "O-RAN interface", availability: 99.95, latency: (0.5, 2, 5), service: "oran-adaptor", counter: "oran_requests_total",
            good: { $0["outcome"] == "ok" }, counts: { _ in true }, histogram: "oran_request_duration_seconds",
            selectors: ("", #"outcome="ok""#)),
    ]

    /// 1 untouched, 0 spent.
    static func budget(availability: Double, target: Double) -> Double { 1 - (1 - availability / 100) / (1 - target / 100) }
}

/// What a service level came to.
struct ServiceLevelResult: Codable, Sendable {
    var name: String
    /// Percent; absent when nothing was asked of it.
    var target: Double
    var availability: Double?
    var requests: Double
    /// 1 untouched, 0 spent.
    var budgetRemaining: Double?
    /// Seconds.
    var p50: Double?
    var p95: Double?
    var p99: Double?
    var p95Target: Double
    var isMet: Bool
}

/// Where figures come from: Prometheus over a window, or the services' own counters since they started.
struct ServiceLevelSource: Sendable {
    let prometheus: String?
    let client: GatewayClient
    /// Of Prometheus: `30d`.
    let window: String

    func results() async throws(CommandFailure) -> [ServiceLevelResult] {
        guard let prometheus else {
            let scrapes = try await ServiceScrape(client: self.client).all()
            let all = scrapes.values.reduce(MetricSamples()) { $0 + $1 }
            return ServiceLevel.all.map { Self.result($0, $0.service.map { scrapes[$0] ?? MetricSamples() } ?? all) }
        }
        var results: [ServiceLevelResult] = []
        for level in ServiceLevel.all {
            let all = try await self.ask(prometheus, "sum(\(self.increase(level, level.selectors.all)))") ?? 0
            let availability = try await self.availability(level, prometheus)
            func quantile(_ q: String) async throws(CommandFailure) -> Double? {
                let bucket = "\(level.histogram)_bucket{\(level.histogram.hasPrefix("http") ? level.selectors.all : "")}"
                return try await self.ask(prometheus, "histogram_quantile(\(q), sum by (le) (rate(\(bucket)[\(self.window)])))")
            }
            results.append(
                Self.result(
                    level, all: all, availability: availability, p50: try await quantile("0.5"), p95: try await quantile("0.95"),
                    p99: try await quantile("0.99")))
        }
        return results
    }

    /// Pure.
    static func result(_ level: ServiceLevel, _ samples: MetricSamples) -> ServiceLevelResult {
        func quantile(_ q: Double) -> Double? {
            samples.quantile(q, of: level.histogram) { level.histogram.hasPrefix("http") ? level.counts($0) : true }
        }
        let all = samples.sum(level.counter, where: level.counts)
        let good = samples.sum(level.counter) { level.counts($0) && level.good($0) }
        return self.result(
            level, all: all, availability: all > 0 ? 100 * good / all : nil, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99))
    }

    private static func result(
        _ level: ServiceLevel, all: Double, availability: Double?, p50: Double?, p95: Double?, p99: Double?
    ) -> ServiceLevelResult {
        ServiceLevelResult(
            name: level.name, target: level.availability, availability: availability, requests: all,
            budgetRemaining: availability.map { ServiceLevel.budget(availability: $0, target: level.availability) }, p50: p50, p95: p95, p99: p99,
            p95Target: level.latency.p95, isMet: (availability ?? 100) >= level.availability && (p95 ?? 0) <= level.latency.p95)
    }

    private func increase(_ level: ServiceLevel, _ selectors: String) -> String { "increase(\(level.counter){\(selectors)}[\(self.window)])" }

    /// Percent; nil without requests. Asked in one: two questions have two moments, and a scrape in between makes more good ones than there are.
    func availability(_ level: ServiceLevel, _ prometheus: String) async throws(CommandFailure) -> Double? {
        let good = "(sum(\(self.increase(level, level.selectors.good))) or vector(0))"
        return try await self.ask(prometheus, "100 * \(good) / sum(\(self.increase(level, level.selectors.all)))")
    }

    /// The first value of an instant query; nil for none and for NaN.
    func ask(_ prometheus: String, _ query: String) async throws(CommandFailure) -> Double? {
        struct Answer: Decodable {
            struct Body: Decodable {
                struct Item: Decodable {
                    var value: Pair
                }
                var result: [Item]
            }
            struct Pair: Decodable {
                var text: String
                init(from decoder: any Decoder) throws {
                    var container = try decoder.unkeyedContainer()
                    _ = try container.decode(Double.self)
                    self.text = try container.decode(String.self)
                }
            }
            var data: Body
        }
        let client = GatewayClient(base: prometheus, token: nil)
        let answer = try await client.get(Answer.self, "/api/v1/query", query: [("query", query)])
        return answer.data.result.first.flatMap { Double($0.value.text) }.flatMap { $0.isNaN ? nil : $0 }
    }
}
