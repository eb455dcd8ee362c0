import Foundation
import IntentModel
import HTTPFetch
import Ledger

/// Sends intents to a set of services and judges what came of them, as the callers and the services' own metrics tell it.
struct RolloutAnalysis: Sendable {
    /// Addresses, the gateway's first.
    let services: [(name: String, address: String)]
    let token: String?
    let fetcher: HTTPFetcher
    let run: String
    let options: RolloutOptions

    func measure(_ what: String, number: Int) async -> RolloutRun.Measurement {
        let before = await self.scrape()
        let result = await SyntheticTraffic(base: self.services.first?.address ?? "", token: self.token, fetcher: self.fetcher)
            .send(self.options.intents, of: "\(self.run)-\(what.prefix(1))\(number)")
        let after = await self.scrape()
        var counts: [String: MetricSamples] = [:]
        for (name, samples) in after { counts[name] = before[name].map(samples.since) }
        let missing = self.services.map(\.name).filter { counts[$0] == nil }
        return Self.judge(what, result, counts, missing: missing, by: self.options, at: Timestamp.text(Timestamp.now()))
    }

    /// Only as callers of one address tell it: of many processes behind it, what each counts is not to be had.
    func measureCallers(_ what: String, number: Int, of address: String) async -> RolloutRun.Measurement {
        let result = await SyntheticTraffic(base: address, token: self.token, fetcher: self.fetcher)
            .send(self.options.intents, of: "\(self.run)-\(what.prefix(1))\(number)")
        return Self.judge(what, result, [:], missing: [], by: self.options, at: Timestamp.text(Timestamp.now()))
    }

    /// Pure: the worst of what is known counts.
    static func judge(
        _ what: String, _ result: SyntheticTraffic.Result, _ counts: [String: MetricSamples], missing: [String], by options: RolloutOptions, at: String
    ) -> RolloutRun.Measurement {
        var rates: [(of: String, rate: Double)] = []
        if result.intents > 0 { rates.append(("synthetic intents", Double(result.good) / Double(result.intents))) }
        if result.requests > 0 { rates.append(("requests", 1 - Double(result.failures) / Double(result.requests))) }
        var p95s: [(of: String, seconds: Double)] = result.p95.map { [("requests", $0)] } ?? []
        for (name, samples) in counts {
            // What a service does is mostly no request.
            let steps = samples.sum("nephoran_processing_total")
            if steps >= Double(RolloutOptions.leastRequests) {
                // What was under way in partitions as they changed hands is done by the other colour.
                let errors = samples.sum("nephoran_processing_errors_total") { $0["reason"] != "fenced" }
                rates.append(("the steps of \(name)", max(0, 1 - errors / steps)))
            }
            let requests = samples.requests
            guard requests >= Double(RolloutOptions.leastRequests) else { continue }
            // What was refused because there is too much to do is no fault of a colour.
            let failures = max(0, samples.failures - samples.sum("nephoran_shed_total"))
            rates.append((name, 1 - failures / requests))
            if let p95 = samples.requestP95 { p95s.append((name, p95)) }
        }
        let rate = rates.min { $0.rate < $1.rate }
        let p95 = p95s.max { $0.seconds < $1.seconds }
        var fault: String?
        if !missing.isEmpty {
            fault = "\(missing.sorted().joined(separator: ", ")) did not say what it counts"
        } else if result.requests < RolloutOptions.leastRequests {
            fault = "only \(result.requests) requests, at least \(RolloutOptions.leastRequests) are needed"
        } else if let rate, rate.rate < options.leastSuccessRate {
            fault =
                "\(percent(rate.rate)) % of \(rate.of) succeeded, \(percent(options.leastSuccessRate)) % are wanted"
                + (result.fault.map { " (\($0))" } ?? "")
        } else if let p95, p95.seconds >= options.longestP95 {
            fault = "p95 of \(p95.of) is \(Int(p95.seconds * 1_000)) ms, less than \(Int(options.longestP95 * 1_000)) ms is wanted"
        }
        return RolloutRun.Measurement(
            at: at, of: what, requests: result.requests, successRate: rate?.rate ?? 0, p95Seconds: p95?.seconds ?? 0, fault: fault)
    }

    private static func percent(_ rate: Double) -> String { "\((rate * 1_000).rounded(.down) / 10)" }

    private func scrape() async -> [String: MetricSamples] {
        await withTaskGroup(of: (String, MetricSamples?).self) { group in
            for (name, address) in self.services {
                group.addTask {
                    let client = GatewayClient(base: address, token: self.token, fetcher: self.fetcher)
                    return (name, try? await ServiceScrape(client: client).samples("/metrics"))
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
