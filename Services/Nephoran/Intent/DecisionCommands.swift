import ArgumentParser
import Foundation
import IntentModel

/// What the decisions have in common: an intent and a reason.
struct DecisionOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Why; kept in the history.") var reason: String?
    @Argument(help: "Id of the intent.") var id: IntentID

    private struct Body: Encodable { var reason: String? }

    func decide(_ decision: String) async throws {
        let body = Array(try JSONEncoder().encode(Body(reason: self.reason)))
        let answer = try await self.connection.client().call("POST", "/v1/intents/\(self.id)/\(decision)", body: body).body
        try GetCommand.show(answer, self.connection.output)
    }
}

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "approve", abstract: "Let a plan be carried out.")
    @OptionGroup var options: DecisionOptions
    func run() async throws { try await self.options.decide("approve") }
}

struct RejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reject", abstract: "Refuse a plan.")
    @OptionGroup var options: DecisionOptions
    func run() async throws { try await self.options.decide("reject") }
}

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "cancel", abstract: "Stop an intent that is under way, and undo what it did.")
    @OptionGroup var options: DecisionOptions
    func run() async throws { try await self.options.decide("cancel") }
}

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rollback", abstract: "Undo what an intent did.")
    @OptionGroup var options: DecisionOptions
    func run() async throws { try await self.options.decide("rollback") }
}

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "retry", abstract: "Try a failed intent again.")
    @OptionGroup var options: DecisionOptions
    func run() async throws { try await self.options.decide("retry") }
}
