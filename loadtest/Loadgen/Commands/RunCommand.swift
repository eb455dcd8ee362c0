import ArgumentParser
import Foundation

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a scenario file against an installation.",
        discussion: "See loadtest/scenarios. What the scenario expects is judged together with what --expect adds.")

    @Argument(help: "A scenario (YAML).", completion: .file(extensions: ["yaml", "yml"])) var scenario: String
    @Option(name: .customLong("url"), help: "Address of the gateway.") var url: String = "http://127.0.0.1:8080"
    @Option(name: .customLong("token-file"), help: "File with the bearer token of flows that name none.", completion: .file()) var tokenFile: String?
    @Option(name: .customLong("token"), parsing: .singleValue, help: "NAME=FILE: the token of flows that name it; may be repeated.") var tokens: [String] = []
    @Option(name: .customLong("time"), help: "Multiplies every span of time, such as 0.1 for a try.") var timeScale: Double = 1
    @Option(name: .customLong("load"), help: "Multiplies every rate.") var rateScale: Double = 1
    @Option(name: [.customLong("cpus", withSingleDash: true), .customLong("threads")], help: "Threads to send from.") var threads: Int = 1
    @Option(name: .customLong("seed"), help: "Of what is random in templates.") var seed: UInt64 = 1
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard self.timeScale > 0, self.rateScale > 0, self.threads > 0 else { throw ValidationError("--time, --load and -cpus take numbers above 0.") }
    }

    func run() async throws {
        guard let data = FileManager.default.contents(atPath: self.scenario) else { throw LoadError.environment("\(self.scenario) cannot be read") }
        let scenario = try Scenario(yaml: String(decoding: data, as: UTF8.self), name: self.scenario)
        let target = try Target(self.url)
        let plan = ScenarioPlan(
            scenario: scenario, target: target, address: try target.resolve(),
            files: LineFiles(directory: URL(fileURLWithPath: self.scenario).deletingLastPathComponent().path), tokens: try self.readTokens(),
            timeScale: self.timeScale, rateScale: self.rateScale)
        var test = LoadTest(
            name: scenario.name, about: scenario.about ?? "", target: target, threads: self.threads, seed: self.seed,
            expectations: try (scenario.expect ?? []).map(Expectation.init) + self.report.expectations(), token: plan.followingToken,
            followFor: scenario.followFor?.value ?? 60)
        test.showsProgress = self.report.showsProgress
        let control = RunControl(threads: self.threads, flows: scenario.flows.count)
        let signals = StopSignal(control)
        defer { signals.release() }
        let started = Date()
        let (measured, steps) = try await self.measure(scenario, plan, test, control)
        let report = test.report(measured, started: started, steps: steps)
        try self.report.write(report, measured.samples)
        guard measured.flows.contains(where: { $0.answers > 0 }) else { throw LoadError.environment("nothing was answered") }
        if !report.holds { throw ExitCode(1) }
    }

    /// One run; or, with steps, one for each rate until something does not hold. The figures are those of the last that held.
    private func measure(
        _ scenario: Scenario, _ plan: ScenarioPlan, _ test: LoadTest, _ control: RunControl
    ) async throws -> (LoadTest.Measured, [Report.Step]) {
        guard let steps = scenario.steps else { return (try await test.measure(try plan.flows(), control), []) }
        let bounds = try steps.until.map(Expectation.init)
        var taken: [Report.Step] = []
        var last: LoadTest.Measured?
        for rate in steps.rates where !control.isStopping {
            let measured = try await test.measure(try plan.flows(rate: rate), control)
            let reached = zip(measured.flows, scenario.flows).allSatisfy { flow, given in
                given.closed != nil || given.open != nil || flow.perSecond >= 0.95 * (flow.asked ?? 0)
            }
            // `until` says what ends it: a step holds as long as none of it has come true.
            let holds = reached && !bounds.contains { $0.judge(measured.flows).contains(where: \.holds) }
            taken.append(Report.Step(rate: rate * self.rateScale, holds: holds, flows: measured.flows))
            if holds || last == nil { last = measured }
            if !holds { break }
        }
        guard let last else { throw LoadError.usage("there is no step to take") }
        return (last, taken)
    }

    private func readTokens() throws -> [String: String] {
        var read: [String: String] = [:]
        if let tokenFile { read[""] = try TokenFile.read(tokenFile) }
        for text in self.tokens {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw LoadError.usage("--token takes NAME=FILE, not \(text)") }
            read[parts[0]] = try TokenFile.read(parts[1])
        }
        return read
    }
}
