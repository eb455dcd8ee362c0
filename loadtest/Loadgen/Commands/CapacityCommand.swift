import ArgumentParser
import Foundation

struct CapacityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capacity", abstract: "Simulate an installation on paper.",
        discussion:
            "Stations, costs and arrivals come from a file such as loadtest/capacity/ten-thousand.yaml. Ends with 1 when what the file expects does not come out."
    )

    @Argument(help: "A capacity model (YAML).", completion: .file(extensions: ["yaml", "yml"])) var model: String
    @Option(name: .customLong("rate"), help: "Other arrivals than the file's, in intents a second.") var rate: Double?
    @Option(name: .customLong("seed"), help: "Of the random numbers.") var seed: UInt64 = 1

    func run() async throws {
        guard let data = FileManager.default.contents(atPath: self.model) else { throw LoadError.environment("\(self.model) cannot be read") }
        var model = try CapacityModel(yaml: String(decoding: data, as: UTF8.self), name: self.model)
        if let rate { model.arrivals = rate }
        var simulation = CapacitySimulation(model, seed: self.seed)
        let outcome = simulation.run()
        let accept = FlowFigures.Times(outcome.accept), terminal = FlowFigures.Times(outcome.terminal)
        print("\(model.name): \(NumberText.digits(model.arrivals)) intents/s for \(NumberText.digits(model.seconds)) simulated seconds\n")
        print("| station | servers | busy | longest line |\n|---|---|---|---|")
        for (station, found) in zip(model.stations, outcome.stations) {
            print("| \(station.name) | \(station.servers) | \(NumberText.digits(found.utilisation * 100)) % | \(found.longestLine) |")
        }
        print("\nended       \(NumberText.digits(outcome.perSecond))/s, \(outcome.unfinished) still on their way")
        print("202         p50 \(NumberText.digits(accept.p50)) ms, p95 \(NumberText.digits(accept.p95)) ms, p99 \(NumberText.digits(accept.p99)) ms")
        print("to the end  p50 \(NumberText.digits(terminal.p50)) ms, p95 \(NumberText.digits(terminal.p95)) ms, p99 \(NumberText.digits(terminal.p99)) ms")
        guard let bounds = model.expect else { return }
        var broken: [String] = []
        if let most = bounds.acceptP99, accept.p99 > most { broken.append("202 p99 ≤ \(most) ms") }
        if let most = bounds.terminalP95, terminal.p95 > most { broken.append("to the end p95 ≤ \(most) ms") }
        if let most = bounds.utilisation, let station = outcome.stations.first(where: { $0.utilisation > most }) {
            broken.append("\(station.name) busy ≤ \(most * 100) %")
        }
        if outcome.perSecond < 0.97 * model.arrivals { broken.append("as many end as arrive") }
        guard broken.isEmpty else {
            print("not kept: \(broken.joined(separator: "; "))")
            throw ExitCode(1)
        }
    }
}
