import ArgumentParser
import IntentModel

struct ManifestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "manifests", abstract: "Print the manifests of an intent as one YAML stream.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Id of the intent.") var id: IntentID

    func run() async throws {
        let body = try await self.connection.client().call("GET", "/v1/intents/\(self.id)/manifests").body
        Terminal.standardOutput.write(String(decoding: body, as: UTF8.self))
    }
}
