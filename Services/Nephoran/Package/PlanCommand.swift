import ArgumentParser
import IntentModel

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what an intent would change, what it would take and why; store and apply nothing.",
        usage: "nephoran plan [options] \"Deploy a high-availability AMF in core5g\"")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Kubernetes namespace, where the text names none.") var namespace: String?
    @Option(help: "Cluster, where the text names none.") var cluster: String?
    @Flag(help: "Print the manifests, too.") var manifests = false
    @Argument(help: "The sentence; - reads it from standard input.") var text: [String]

    func run() async throws {
        let body = try IntentBody(
            intent: try SentenceArgument.read(self.text), priority: nil, namespace: self.namespace, cluster: self.cluster, approval: nil, labels: nil,
            supersedes: nil, callbackUrl: nil
        ).encoded()
        let terminal = Terminal.standardOutput
        let bytes = try await self.connection.client().call("POST", "/v1/intents", query: [("dryRun", "true")], body: body).body
        let answer = try GatewayClient.decode(DryRunAnswer.self, bytes)
        if self.connection.output == .json {
            terminal.print(JSONText.pretty(bytes))
        } else {
            PlanText(answer, terminal).lines.forEach { terminal.print($0) }
            if self.manifests { for package in answer.packages { PackageText.manifests(package.path, package.files).forEach { terminal.write($0) } } }
        }
        if let outcome = answer.outcome { throw outcome }
    }
}
