import ArgumentParser
import Foundation
import HTTPFetch
import Synchronization

extension RolloutGate.Phase: ExpressibleByArgument {}

/// Where the colour is put once it is known, also for whoever takes it back.
private final class ColourPlace: Sendable {
    let colour = Mutex<String?>(nil)
}

struct RolloutGateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate", abstract: "Wait for what is decided about a colour, for a scheduler that starts, switches and stops it.",
        discussion: """
            Before the switch (`preview`) the gate with --traffic makes the colour the preview and judges it there by synthetic intents; the others wait for \
            that. Then all wait until `nephoran rollout promote --colour` makes it active. After it (`promoted`) it has to stay active for --watch seconds. Ends with status 0 when \
            traffic may be the colour's, and with 3 when not. Told to end (SIGTERM), which a scheduler does that gives the colour up, it takes the colour back.
            """)

    @Option(help: "Colour of the new processes.") var colour: String?
    @Option(help: "Address of one of them, which is asked for it.") var colourOf: String?
    @Option(help: "preview: before traffic is switched; promoted: after it.") var phase: RolloutGate.Phase
    @Option(help: "Address of the colour's own gateway, which synthetic intents are sent to.") var traffic: String?
    @Option(help: "Address of the service as it is before the switch; it must be of another colour.") var stable: String?
    @Option(help: "Addresses of all its services, with commas: it is not judged before they are there.") var siblings: String = ""
    @Option(help: "Percent of the work that is enough: less than 100 of a canary.") var weight: Int = 100
    @Flag(help: "Promote the colour to --weight when it was judged well, without waiting for anybody.") var selfPromote = false
    @Option(help: "Synthetic intents of one measurement.") var intents: Int = 20
    @Option(help: "Measurements that must be good.") var measurements: Int = 5
    @Option(help: "Seconds between two measurements.") var interval: Double = 30
    @Option(help: "Seconds for which a promoted colour, or a canary, is watched.") var watch: Double = 180
    @Option(help: "Seconds until somebody must have decided.") var limit: Double = 86_400
    @OptionGroup var connection: ConnectionOptions

    /// How often the ledger is looked at, and for how long nothing may be heard of it.
    private static let lookInterval = Duration.seconds(2)
    private static let patience = Duration.seconds(120)
    /// For taking back; a scheduler has to leave it that long.
    private static let backLimit = Duration.seconds(100)
    /// For all services of the colour to be there.
    static let siblingLimit = Duration.seconds(600)
    /// For the gate that judges to begin the preview: its own pods may come as late as any, and then it waits for its siblings. Who gave up before would
    /// take back a colour that nothing is wrong with.
    static let previewLimit = siblingLimit * 2

    func validate() throws {
        guard (self.colour == nil) != (self.colourOf == nil) else { throw ValidationError("Either --colour or --colour-of.") }
        if let fault = self.options.fault { throw ValidationError(fault) }
        guard (1...100).contains(self.weight) else { throw ValidationError("--weight takes 1…100.") }
        guard (0...86_400).contains(self.watch), (1...604_800).contains(self.limit) else {
            throw ValidationError("--watch takes 0…86400 seconds, --limit 1…604800.")
        }
    }

    private var options: RolloutOptions {
        var options = RolloutOptions(binaries: "")
        (options.intents, options.measurements, options.interval) = (self.intents, self.measurements, self.interval)
        return options
    }

    func run() async throws {
        let roles = ColourRoles(client: try self.connection.client())
        let signals = StopSignals()
        let place = ColourPlace()
        let work = Task { () async -> CommandFailure? in
            do {
                let colour = try await self.ownColour(roles.client)
                place.colour.withLock { $0 = colour }
                try await self.pass(colour, roles)
            } catch { return error as? CommandFailure ?? CommandFailure(.refused, "\(error)") }
            return nil
        }
        let guardian = Task {
            await signals.first()
            work.cancel()
        }
        let failure = await work.value
        let wasAsked = work.isCancelled
        signals.release()
        _ = await guardian.value
        guard let failure else { return }
        // What is active already is not a preview that could be taken back.
        if failure.status == .usage { throw failure }
        // Whoever is no longer judged is not to be promoted. A colour that nobody could name was told to nobody either.
        guard let colour = place.colour.withLock({ $0 }) else { throw failure }
        try await self.takeBack(colour, roles)
        throw CommandFailure(.refused, wasAsked ? "\(colour) was taken back: asked for" : "\(colour) was taken back: \(failure.message)")
    }

    /// Again and again while the ledger does not take it: without it the scheduler would take the pods of a colour that still has the work.
    private func takeBack(_ colour: String, _ roles: ColourRoles) async throws {
        let end = ContinuousClock.now + Self.backLimit
        while true {
            do throws(CommandFailure) { return try await roles.takeBack(colour) } catch { guard ContinuousClock.now < end else { throw error } }
            try await Task.sleep(for: Self.lookInterval)
        }
    }

    private struct Version: Decodable { var colour: String }

    private func colour(at address: String, _ client: GatewayClient) async throws(CommandFailure) -> String {
        try await client.at(address).get(Version.self, "/version").colour
    }

    /// Waits for whoever is asked.
    private func ownColour(_ client: GatewayClient) async throws -> String {
        if let colour { return colour }
        guard let colourOf else { throw CommandFailure(.usage, "either --colour or --colour-of") }
        return try await self.answered(colourOf, client)
    }

    private func answered(_ address: String, _ client: GatewayClient) async throws -> String {
        let end = ContinuousClock.now + Self.patience
        while true {
            do throws(CommandFailure) { return try await self.colour(at: address, client) } catch { guard ContinuousClock.now < end else { throw error } }
            try await Task.sleep(for: Self.lookInterval)
        }
    }

    private func pass(_ colour: String, _ roles: ColourRoles) async throws {
        if self.phase == .preview { try await self.preview(colour, roles) }
        let start = ContinuousClock.now
        var heard = start
        let gate = RolloutGate(colour: colour, phase: self.phase, weight: self.weight)
        var isFirst = true
        while true {
            let now = ContinuousClock.now
            var answer: RolloutStatusCommand.Answer?
            // Whatever the gateway says instead, it is no decision: a ledger that is away for a moment, or a limit of requests, takes nothing back.
            do throws(CommandFailure) { answer = try await roles.now() } catch { guard heard.duration(to: now) < Self.patience else { throw error } }
            if let answer {
                heard = now
                switch gate.verdict(answer, watched: start.duration(to: now) >= .seconds(self.watch)) {
                case .open(let why): return Terminal.standardOutput.print(why)
                case .shut(let why): throw CommandFailure(.refused, why)
                case .wait: if isFirst { Terminal.standardOutput.print("\(colour) waits: nephoran rollout promote --colour \(colour)") }
                }
                isFirst = false
            }
            guard start.duration(to: now) < .seconds(self.limit) else { throw CommandFailure(.timedOut, "nobody has decided within \(Int(self.limit)) s") }
            try await Task.sleep(for: Self.lookInterval)
        }
    }

    /// Makes it the preview, and looks at what it does.
    private func preview(_ colour: String, _ roles: ColourRoles) async throws {
        // The same colour does the work of production from its start: there is nothing left to decide.
        if let stable {
            let former: String
            // Not known, it may be the same: then nothing of it is to be taken back.
            do { former = try await self.answered(stable, roles.client) } catch let error as CommandFailure { throw CommandFailure(.usage, error.message) }
            guard former != colour else { throw CommandFailure(.usage, "\(stable) is \(colour) already; give the new pods a colour of their own") }
        }
        try await self.awaitSiblings(colour, roles.client)
        if let traffic {
            let answer = try await roles.begin(colour)
            Terminal.standardOutput.print("\(colour) is \(answer.active == colour ? "active" : "the preview")")
            try await self.judge(colour, traffic)
        } else {
            try await self.awaitPreview(colour, roles)
        }
        if self.selfPromote { try await roles.promote(colour, percent: self.weight) }
    }

    /// One gate begins the preview, the one that judges it: otherwise the gate of a slow service would begin again what was taken back.
    private func awaitPreview(_ colour: String, _ roles: ColourRoles) async throws {
        let end = ContinuousClock.now + Self.previewLimit
        while try await roles.isKnown(colour) != true {
            guard ContinuousClock.now < end else { throw CommandFailure(.timedOut, "\(colour) is no preview within \(Self.previewLimit)") }
            try await Task.sleep(for: Self.lookInterval)
        }
    }

    private func awaitSiblings(_ colour: String, _ client: GatewayClient) async throws {
        let end = ContinuousClock.now + Self.siblingLimit
        for address in self.siblings.split(separator: ",").map(String.init) {
            while (try? await self.colour(at: address, client)) != colour {
                guard ContinuousClock.now < end else { throw CommandFailure(.timedOut, "\(address) is not \(colour) within \(Self.siblingLimit)") }
                try await Task.sleep(for: Self.lookInterval)
            }
        }
    }

    private func judge(_ colour: String, _ traffic: String) async throws {
        let environment = ProcessInfo.processInfo.environment
        let analysis = RolloutAnalysis(
            services: [], token: try self.connection.token(environment), fetcher: self.connection.fetcher(environment), run: String(colour.prefix(24)),
            options: self.options)
        for number in 1...self.measurements {
            if number > 1 { try await Task.sleep(for: .seconds(self.interval)) }
            let measurement = await analysis.measureCallers("preview", number: number, of: traffic)
            try Task.checkCancellation()
            Terminal.standardOutput.print(
                "\(number)/\(self.measurements): \(measurement.requests) requests, \((measurement.successRate * 1_000).rounded(.down) / 10) % succeeded, p95 \(Int(measurement.p95Seconds * 1_000)) ms"
            )
            if let fault = measurement.fault { throw CommandFailure(.refused, fault) }
        }
    }
}
