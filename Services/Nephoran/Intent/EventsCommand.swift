import ArgumentParser
import IntentModel

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "events", abstract: "Follow an intent, from its first step to its end.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Seconds to follow at most.") var timeout: Int = 3_600
    @Argument(help: "Id of the intent.") var id: IntentID

    func run() async throws {
        let terminal = Terminal.standardOutput
        let isJSON = self.connection.output == .json
        let follower = IntentFollower(client: try self.connection.client(), id: self.id)
        var last: String?
        try await follower.steps(after: &last, until: ContinuousClock.now + .seconds(max(1, self.timeout))) { step, json in
            terminal.print(isJSON ? json : IntentFollower.line(step, terminal))
            return false
        }
    }
}
