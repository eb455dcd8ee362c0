import ArgumentParser

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show whether everything works and what is under way.", discussion: "Ends with status 3 unless everything is healthy."
    )

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Time that the figures are of, such as 15m or 24h.") var timerange: String = "1h"

    struct Health: Codable {
        var status: String
        var components: [String: String]
        /// What those that are degraded do without, by component.
        var impaired: [String: [String]]?
    }

    struct Metrics: Codable {
        struct System: Codable {
            var activeWorkflows: Int
            var queueDepth: Int
            /// 0…1.
            var errorRate: Double
            /// Seconds.
            var averageResponseTime: Double
            var awaitingPeople: Int?
            var deadLetters: Int?
            var completed: Int?
            var failed: Int?

            enum CodingKeys: String, CodingKey {
                case activeWorkflows = "active_workflows"
                case queueDepth = "queue_depth"
                case errorRate = "error_rate"
                case averageResponseTime = "average_response_time"
                case awaitingPeople = "awaiting_people"
                case deadLetters = "dead_letters"
                case completed, failed
            }
        }

        var system: System

        enum CodingKeys: String, CodingKey { case system = "system_metrics" }
    }

    private struct Status: Encodable {
        var health: Health
        var metrics: Metrics.System
    }

    func run() async throws {
        let client = try self.connection.client()
        let health = try await client.get(Health.self, "/v1/health")
        let metrics = try await client.get(Metrics.self, "/v1/metrics", query: [("timerange", self.timerange)]).system
        let terminal = Terminal.standardOutput
        if self.connection.output == .json {
            terminal.print(JSONText.pretty(Array(try JSONText.encode(Status(health: health, metrics: metrics)))))
        } else {
            for line in Self.lines(health, metrics, client.base, self.timerange, terminal) { terminal.print(line) }
        }
        if health.status != "healthy" { throw CommandFailure(.refused) }
    }

    static func lines(_ health: Health, _ metrics: Metrics.System, _ base: String, _ timerange: String, _ terminal: Terminal) -> [String] {
        func colour(_ state: String) -> Terminal.Style { state == "healthy" ? .green : state == "degraded" ? .yellow : .red }
        var lines = ["\(base)  \(terminal.styled(health.status, colour(health.status)))"]
        var table = Table("COMPONENT", "STATE")
        for (name, state) in health.components.sorted(by: { $0.key < $1.key }) {
            let lacks = health.impaired?[name].map { ", without \($0.joined(separator: ", "))" } ?? ""
            table.add(name, terminal.styled(state, colour(state)) + lacks)
        }
        lines += table.lines(style: { terminal.styled($0, .bold) })
        let rate = (metrics.errorRate * 1_000).rounded() / 10
        lines.append(
            "under way \(metrics.activeWorkflows), waiting for people \(metrics.awaitingPeople ?? 0), queued \(metrics.queueDepth), dead letters \(metrics.deadLetters ?? 0)"
        )
        lines.append(
            "last \(timerange): \(metrics.completed ?? 0) completed, \(metrics.failed ?? 0) failed (\(rate) %), mean \((metrics.averageResponseTime * 1_000).rounded() / 1_000) s"
        )
        return lines
    }
}
