import ArgumentParser
import Foundation
import HTTPFetch

/// Where the figures of service levels come from.
struct FigureOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Address of Prometheus, else PROMETHEUS_URL; without one, what the services have counted since they started.") var prometheus: String?

    /// Without a slash at its end.
    func address(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandFailure) -> String? {
        guard var base = self.prometheus ?? environment["PROMETHEUS_URL"], !base.isEmpty else { return nil }
        while base.hasSuffix("/") { base.removeLast() }
        guard base.hasPrefix("http://") || base.hasPrefix("https://") else { throw CommandFailure(.usage, "\(base) is no http:// or https:// address") }
        return base
    }

    static func check(window: String) throws {
        guard window.last.map({ "smhdw".contains($0) }) ?? false, Int(window.dropLast()).map({ $0 > 0 }) ?? false else {
            throw ValidationError("--window takes a duration of Prometheus such as 5m or 30d.")
        }
    }
}

struct SLACommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sla", abstract: "Compare availability, latency and throughput with what was promised.", subcommands: [SLACheckCommand.self])
}

struct SLACheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say what is kept and what is not, now.",
        discussion: "Ends with status 3 when something is not. Throughput counts only while work waits for it.")

    @OptionGroup var figures: FigureOptions
    @Option(help: "Percent of the gateway's answers that must be no 5xx.") var availability: Double = 99.95
    @Option(help: "Seconds within which 95 of 100 intents must come to their end.") var p95: Double = 2
    @Option(help: "Intents a minute, while there is demand for them.") var throughput: Double = 45
    @Option(help: "Time that is looked at, with Prometheus.") var window: String = "5m"
    @Option(help: "Seconds between two looks at the services, without Prometheus; 0 for all they have counted.") var span: Double = 10
    @Option(help: "Address that the report is posted to when something is not kept.") var webhook: String?

    struct Report: Codable, Sendable {
        struct Item: Codable, Sendable {
            var name: String
            var unit: String
            var target: Double
            /// Absent when there was nothing to measure.
            var value: Double?
            var isKept: Bool
            var note: String?
        }

        var at: String
        var source: String
        var isKept: Bool
        var items: [Item]
    }

    struct Figures: Sendable {
        var availability: Double?
        var p95: Double?
        var throughput: Double?
        var waiting: Double?
    }

    func validate() throws {
        try FigureOptions.check(window: self.window)
        guard (0...3_600).contains(self.span) else { throw ValidationError("--span takes 0…3600 seconds.") }
    }

    func run() async throws {
        let prometheus = try self.figures.address()
        let client = try self.figures.connection.client()
        let figures: Figures
        if let prometheus { figures = try await self.ask(prometheus, client) } else { figures = try await self.ask(client) }
        let report = self.report(figures, source: prometheus ?? client.base, at: Date().formatted(.iso8601))
        let json = Array(try JSONText.encode(report))
        let terminal = Terminal.standardOutput
        if self.figures.connection.output == .json {
            terminal.print(JSONText.pretty(json))
        } else {
            var table = Table("PROMISE", "TARGET", "VALUE", "STATE", "NOTE")
            for item in report.items {
                table.add(
                    item.name, "\(item.target) \(item.unit)", item.value.map { "\(($0 * 1_000).rounded() / 1_000) \(item.unit)" } ?? "-",
                    item.isKept ? terminal.styled("kept", .green) : terminal.styled("not kept", .red), item.note ?? "")
            }
            for line in table.lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
        }
        guard !report.isKept else { return }
        if let webhook {
            let answer = try? await HTTPFetcher().fetch(
                FetchRequest(method: "POST", url: webhook, headers: [("content-type", "application/json")], body: json, timeout: .seconds(10)))
            if answer.map({ !(200..<300).contains($0.status) }) ?? true {
                throw CommandFailure(.refused, "the webhook was not told: \(answer.map { "it answered \($0.status)" } ?? "no answer")")
            }
        }
        throw CommandFailure(.refused)
    }

    /// Pure.
    func report(_ figures: Figures, source: String, at: String) -> Report {
        let isIdle = (figures.waiting ?? 0) == 0
        let items = [
            Report.Item(
                name: "availability", unit: "%", target: self.availability, value: figures.availability,
                isKept: (figures.availability ?? 100) >= self.availability, note: figures.availability == nil ? "no requests" : nil),
            Report.Item(
                name: "latency p95", unit: "s", target: self.p95, value: figures.p95, isKept: (figures.p95 ?? 0) <= self.p95,
                note: figures.p95 == nil ? "no intents ended" : nil),
            Report.Item(
                name: "throughput", unit: "/min", target: self.throughput, value: figures.throughput,
                isKept: isIdle || (figures.throughput ?? 0) >= self.throughput, note: isIdle ? "no work waits" : nil),
        ]
        return Report(at: at, source: source, isKept: items.allSatisfy(\.isKept), items: items)
    }

    private func ask(_ prometheus: String, _ client: GatewayClient) async throws -> Figures {
        let source = ServiceLevelSource(prometheus: prometheus, client: client, window: self.window)
        let bucket = #"nephoran_intent_duration_seconds_bucket{outcome=~"published|fulfilled"}"#
        return Figures(
            availability: try await source.availability(ServiceLevel.all[0], prometheus),
            p95: try await source.ask(prometheus, "histogram_quantile(0.95, sum by (le) (rate(\(bucket)[\(self.window)])))"),
            throughput: try await source.ask(prometheus, "60 * sum(rate(nephoran_intents_processed_total[\(self.window)]))"),
            waiting: try await source.ask(prometheus, "sum(max by (queue_name) (nephoran_queue_depth))"))
    }

    private func ask(_ client: GatewayClient) async throws -> Figures {
        let scrape = ServiceScrape(client: client)
        var scrapes = try await scrape.all()
        var seconds: Double?
        if self.span > 0 {
            let (first, start) = (scrapes, ContinuousClock.now)
            try await Task.sleep(for: .seconds(self.span))
            scrapes = try await scrape.all()
            // What was not there at first has no count of this time.
            scrapes = scrapes.reduce(into: [:]) { counts, one in first[one.key].map { counts[one.key] = one.value.since($0) } }
            seconds = start.duration(to: .now) / .seconds(1)
        }
        let gateway = scrapes["api-gateway"] ?? MetricSamples()
        let all = scrapes.values.reduce(MetricSamples()) { $0 + $1 }
        struct Queues: Decodable { var queues: [InstallationView.Queue] }
        let waiting = try await client.get(Queues.self, "/v1/queues").queues.reduce(0) { $0 + $1.depth }
        return Figures(
            availability: gateway.requests > 0 ? 100 * (1 - gateway.failures / gateway.requests) : nil,
            p95: all.quantile(0.95, of: "nephoran_intent_duration_seconds") { ["published", "fulfilled"].contains($0["outcome"] ?? "") },
            throughput: seconds.map { 60 * all.sum("nephoran_intents_processed_total") / $0 }, waiting: seconds == nil ? 0 : Double(waiting))
    }
}

struct SLOCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slo", abstract: "Report the service levels and what is left of the error budgets.", subcommands: [SLOReportCommand.self])
}

struct SLOReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Each service level, its availability and latency, and its error budget.",
        discussion: "With Prometheus over --window; without it, since the services started. Ends with status 3 when a budget is spent.")

    @OptionGroup var figures: FigureOptions
    @Option(help: "Time that is looked at, with Prometheus.") var window: String = "30d"

    private struct Report: Encodable {
        var at: String
        var window: String
        var levels: [ServiceLevelResult]
    }

    func validate() throws { try FigureOptions.check(window: self.window) }

    func run() async throws {
        let prometheus = try self.figures.address()
        let source = ServiceLevelSource(prometheus: prometheus, client: try self.figures.connection.client(), window: self.window)
        let levels = try await source.results()
        let terminal = Terminal.standardOutput
        if self.figures.connection.output == .json {
            let report = Report(at: Date().formatted(.iso8601), window: prometheus == nil ? "since the services started" : self.window, levels: levels)
            terminal.print(JSONText.pretty(Array(try JSONText.encode(report))))
        } else {
            for line in Self.lines(levels, terminal) { terminal.print(line) }
        }
        if levels.contains(where: { ($0.budgetRemaining ?? 1) <= 0 }) { throw CommandFailure(.refused) }
    }

    static func lines(_ levels: [ServiceLevelResult], _ terminal: Terminal) -> [String] {
        var table = Table("LEVEL", "TARGET", "AVAILABLE", "BUDGET LEFT", "P50", "P95", "P99", "REQUESTS")
        for level in levels {
            let budget = level.budgetRemaining.map { left in
                terminal.styled("\((left * 1_000).rounded() / 10) %", left < 0.1 ? .red : left < 0.25 ? .yellow : .green)
            }
            table.add(
                level.name, "\(level.target) %", level.availability.map { "\(($0 * 1_000).rounded(.down) / 1_000) %" } ?? "-", budget ?? "-",
                TopText.time(level.p50), TopText.time(level.p95), TopText.time(level.p99), "\(Int(level.requests))")
        }
        return table.lines(style: { terminal.styled($0, .bold) })
    }
}
