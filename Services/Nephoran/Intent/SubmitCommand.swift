import ArgumentParser
import IntentModel

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Submit an intent.",
        usage: "nephoran intent submit [--wait | --watch | --dry-run] [options] \"Deploy a high-availability AMF in core5g\""
    )

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Return once the intent is done, refused, failed, or waits for a person.")
    var wait = false

    @Flag(help: "Like --wait, and print every step.")
    var watch = false

    @Flag(help: "Show what would be understood and done; store and apply nothing.")
    var dryRun = false

    @Option(help: "low, medium, high or critical.")
    var priority: Priority?

    @Option(help: "Kubernetes namespace, where the text names none.")
    var namespace: String?

    @Option(help: "Cluster, where the text names none.")
    var cluster: String?

    @Option(help: "auto, or required: a person must approve whatever it is.")
    var approval: IntentRequest.Approval?

    @Option(help: "Id of an intent that this one replaces, wherever that has come to.")
    var supersedes: IntentID?

    @Option(help: "Repeating a submission with the same key does not submit it again.")
    var idempotencyKey: String?

    @Option(name: .customLong("label"), help: "name=value; may be repeated.")
    var labels: [String] = []

    @Option(help: "Address that is told of every step, see docs/callbacks.md.")
    var callbackUrl: String?

    @Option(help: "Seconds to wait at most, with --wait and --watch.")
    var timeout: Int = 300

    @Argument(help: "The sentence; - reads it from standard input.")
    var text: [String]

    func validate() throws {
        if [self.wait, self.watch, self.dryRun].count(where: { $0 }) > 1 { throw ValidationError("--wait, --watch and --dry-run exclude each other.") }
        guard self.timeout > 0 else { throw ValidationError("--timeout takes seconds above 0.") }
        _ = try IntentBody.labels(self.labels)
    }

    func run() async throws {
        let client = try self.connection.client()
        let terminal = Terminal.standardOutput
        let body = try IntentBody(
            intent: try SentenceArgument.read(self.text), priority: self.priority, namespace: self.namespace, cluster: self.cluster, approval: self.approval,
            labels: try IntentBody.labels(self.labels), supersedes: self.supersedes, callbackUrl: self.callbackUrl
        ).encoded()
        if self.dryRun {
            let answer = try await client.call("POST", "/v1/intents", query: [("dryRun", "true")], body: body).body
            if self.connection.output == .json { terminal.print(JSONText.pretty(answer)) }
            let dryRun = try GatewayClient.decode(DryRunAnswer.self, answer)
            if self.connection.output == .text { RecordText(dryRun: dryRun, terminal).lines.forEach { terminal.print($0) } }
            if let outcome = dryRun.outcome { throw outcome }
            return
        }
        let accepted = try await client.call("POST", "/v1/intents", headers: self.idempotencyKey.map { [("idempotency-key", $0)] } ?? [], body: body).body
        let ticket = try GatewayClient.decode(Ticket.self, accepted)
        guard self.wait || self.watch else {
            terminal.print(self.connection.output == .json ? JSONText.pretty(accepted) : "\(ticket.id)  \(ticket.phase.rawValue)")
            return
        }
        try await IntentFollower(client: client, id: ticket.id).follow(
            printsSteps: self.watch, output: self.connection.output, timeout: .seconds(self.timeout)
        )
    }

    private struct Ticket: Decodable {
        var id: IntentID
        var phase: Phase
    }
}

extension Priority: ExpressibleByArgument {}
extension Phase: ExpressibleByArgument {}
extension IntentRequest.Approval: ExpressibleByArgument {}
