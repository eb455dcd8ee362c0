import ArgumentParser

struct IntentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intent",
        abstract: "Submit intents, follow them and decide about them.",
        subcommands: [
            SubmitCommand.self, ExplainCommand.self, GetCommand.self, ListCommand.self, EventsCommand.self, ApproveCommand.self, RejectCommand.self,
            CancelCommand.self,
            RollbackCommand.self, RetryCommand.self, ClarifyCommand.self, ManifestsCommand.self,
        ]
    )
}
