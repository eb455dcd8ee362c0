import ArgumentParser
import Foundation

struct RolloutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout",
        abstract: "Replace all services of a running up by new ones, in the middle of the day.",
        discussion: """
            The new ones start beside the old and are given synthetic intents, which change nothing of the network. Those that answer well take over, \
            without a connection being dropped; those that do not are taken back, as are those that go wrong soon after.

            In a cluster a scheduler starts and stops them. There `promote` and `abort` take the --colour, and change its role in the ledger; `gate` is \
            what the scheduler waits for.
            """,
        subcommands: [
            RolloutStartCommand.self, RolloutStatusCommand.self, RolloutPromoteCommand.self, RolloutAbortCommand.self, RolloutGateCommand.self,
        ]
    )
}

struct RolloutStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "start", abstract: "Start new executables beside the old ones, and judge them.")

    @Option(help: "Directory of the new executables.", completion: .directory) var binaries: String
    @Option(help: "blue-green: all of the work at once; canary: a share of it first; rolling: one service after the other, nothing beside them.")
    var strategy: RolloutStrategy = .blueGreen
    @Option(help: "Percent of the work that a canary does, rising: 10,50.") var weights: String = "10"
    @Flag(help: "Promote them when they pass, without waiting for `promote`.") var autoPromote = false
    @Option(help: "Synthetic intents of one measurement.") var intents: Int = 20
    @Option(help: "Measurements that must be good.") var measurements: Int = 5
    @Option(help: "Seconds between two measurements.") var interval: Double = 30
    @Option(help: "Seconds for which the promoted ones are watched and the way back is open.") var scaleDownDelay: Double = 30
    @Option(help: "Percent that must succeed, of requests and of synthetic intents.") var success: Double = 95
    @Option(help: "Seconds that the p95 must stay below.") var p95: Double = 2
    @Option(help: "Directory that up was started with.", completion: .directory) var dataDir: String = ".nephoran"

    func validate() throws { if let fault = self.options.fault { throw ValidationError(fault) } }

    private var options: RolloutOptions {
        var options = RolloutOptions(binaries: URL(fileURLWithPath: self.binaries).standardizedFileURL.path)
        (options.promotes, options.intents, options.measurements) = (self.autoPromote, self.intents, self.measurements)
        (options.interval, options.scaleDownDelay) = (self.interval, self.scaleDownDelay)
        options.strategy = self.strategy
        options.weights = self.weights.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        (options.leastSuccessRate, options.longestP95) = (self.success / 100, self.p95)
        return options
    }

    func run() async throws {
        let text = GatewayClient.encoded(String(decoding: try JSONText.encode(self.options), as: UTF8.self))
        try await ControlSocket.command("rollout start \(text)", of: self.dataDir)
    }
}

struct RolloutPromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "promote", abstract: "Make what passed active, and watch it.")

    @OptionGroup var colour: ColourOptions

    func run() async throws {
        guard let colour = self.colour.colour else { return try await ControlSocket.command("rollout promote", of: self.colour.dataDir) }
        try await self.colour.roles().promote(colour, percent: self.colour.weight)
    }
}

struct RolloutAbortCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "abort", abstract: "Take the new ones back: a preview, or what was promoted just now.")

    @OptionGroup var colour: ColourOptions

    func run() async throws {
        guard let colour = self.colour.colour else { return try await ControlSocket.command("rollout abort", of: self.colour.dataDir) }
        try await self.colour.roles().takeBack(colour)
    }
}

struct RolloutStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Show who is active, and how the last rollout went. From anywhere.")

    @OptionGroup var connection: ConnectionOptions

    struct Answer: Codable {
        struct Run: Codable {
            struct Measurement: Codable {
                var at: String
                var of: String
                var requests: Int
                var successRate: Double
                var p95Seconds: Double
                var fault: String?
            }

            var id: String
            var state: String
            var from: String
            var to: String
            var startedAt: String
            var updatedAt: String
            var measurements: [Measurement]
            var detail: String?
        }

        struct Rule: Codable {
            var partitions: Int
            var active: String?
            var epoch: Int
            var preview: String?
        }

        var active: String?
        var preview: String?
        var rules: [Rule]
        var run: Run?
    }

    func run() async throws {
        let body = try await self.connection.client().call("GET", "/v1/rollout").body
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else { return terminal.print(JSONText.pretty(body)) }
        for line in Self.lines(try GatewayClient.decode(Answer.self, body), terminal) { terminal.print(line) }
    }

    static func lines(_ answer: Answer, _ terminal: Terminal) -> [String] {
        var lines: [String] = []
        for rule in answer.rules {
            lines.append(
                "\(rule.partitions) partitions: active \(rule.active ?? "everybody"), epoch \(rule.epoch)" + (rule.preview.map { ", preview \($0)" } ?? ""))
        }
        guard let run = answer.run else { return lines + ["no rollout yet"] }
        lines.append("rollout \(run.id) from \(run.from) to \(run.to): \(run.state)" + (run.detail.map { ", \($0)" } ?? ""))
        lines.append("begun \(run.startedAt), last change \(run.updatedAt)")
        guard !run.measurements.isEmpty else { return lines }
        var table = Table("AT", "OF", "REQUESTS", "SUCCESS", "P95", "FAULT")
        for one in run.measurements {
            table.add(
                one.at, one.of, "\(one.requests)", "\((one.successRate * 1_000).rounded(.down) / 10) %", "\(Int(one.p95Seconds * 1_000)) ms", one.fault ?? "-")
        }
        return lines + table.lines(width: terminal.width, style: { terminal.styled($0, .bold) })
    }
}
