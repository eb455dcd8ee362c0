import ArgumentParser
import Foundation
import PackagePlanning

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Who may do what, and what waits for a person, as data.", subcommands: [PolicyTestCommand.self])
}

struct PolicyTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Hold a policy against cases; see docs/security.md for what a case says.",
        discussion: "Exit status: 0 when every case comes out as it says, 3 when one does not, 2 when a file is wrong.")

    @Option(help: "The policy; else the one the file of cases names; else what ships.") var policy: String?
    @Argument(help: "YAML file of cases.") var file: String

    func run() async throws {
        let cases: PolicyCases
        let results: [PolicyCases.Result]
        do {
            let shipped = try Catalogue.bundled().approval
            cases = try PolicyCases(file: self.file)
            let beside = URL(fileURLWithPath: self.file).deletingLastPathComponent()
            let path = self.policy ?? cases.policy.map { URL(fileURLWithPath: $0, relativeTo: beside).path }
            results = try cases.results(under: try ApprovalPolicy.read(path, over: shipped))
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        let terminal = Terminal.standardOutput
        for result in results {
            terminal.print(terminal.styled(result.isAsExpected ? "ok  " : "FAIL", .bold) + " \(result.name): \(result.outcome)")
        }
        let failed = results.count { !$0.isAsExpected }
        terminal.print("\(results.count) cases, \(failed) failed")
        guard failed == 0 else { throw CommandFailure(.refused) }
    }
}
