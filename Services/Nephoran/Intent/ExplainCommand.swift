import ArgumentParser
import IntentModel

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show how a sentence is read: which words became what, what was taken by default, what is asked and why. Stores and applies nothing.",
        usage: "nephoran intent explain [options] \"Scale the AMF in core5g to 5 replicas\""
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "Kubernetes namespace, where the text names none.")
    var namespace: String?

    @Option(help: "Cluster, where the text names none.")
    var cluster: String?

    @Argument(help: "The sentence; - reads it from standard input.")
    var text: [String]

    func run() async throws {
        let client = try self.connection.client()
        let sentence = try SentenceArgument.read(self.text)
        let body = try IntentBody(intent: sentence, namespace: self.namespace, cluster: self.cluster).encoded()
        let answer = try await client.call("POST", "/v1/intents", query: [("dryRun", "true")], body: body).body
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else { return terminal.print(JSONText.pretty(answer)) }
        ExplanationText(sentence, try GatewayClient.decode(DryRunAnswer.self, answer), terminal).lines.forEach { terminal.print($0) }
    }
}
