import ArgumentParser
import IntentModel

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show an intent.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Id of the intent.") var id: IntentID

    func run() async throws {
        let body = try await self.connection.client().call("GET", "/v1/intents/\(self.id)").body
        try Self.show(body, self.connection.output)
    }

    static func show(_ body: [UInt8], _ output: OutputFormat) throws(CommandFailure) {
        let terminal = Terminal.standardOutput
        guard output == .text else { return terminal.print(JSONText.pretty(body)) }
        for line in RecordText(try GatewayClient.decode(IntentRecord.self, body), terminal).lines { terminal.print(line) }
    }
}

extension IntentID: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument.lowercased()) }
}
