import ArgumentParser
import IntentModel

struct PackageRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Publish an earlier content of a package as a new revision.",
        discussion: """
            It is an intent like any other: the policy, approvals and the audit log apply to it, and it is followed with "nephoran intent". What it would
            change is looked at first; anything but this package as it was is not submitted. Without --to: the revision before the one it is at. Repeating the
            command while the package is what it was finds the same intent, unless that was refused, rejected or failed.
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Such as v3; else the revision before the one it is at.") var to: String?
    @Flag(help: "Return once it is done, refused, failed, or waits for a person.") var wait = false
    @Flag(help: "Show what it would change; submit nothing.") var dryRun = false
    @Option(help: "auto, or required: a person must approve it whatever the policy says.") var approval: IntentRequest.Approval?
    @Option(help: "Seconds to wait at most, with --wait.") var timeout: Int = 300
    @Argument(help: "cluster/namespace/instance") var package: PackageArgument

    private struct Ticket: Decodable {
        var id: IntentID
        var phase: Phase
    }

    func validate() throws {
        guard !self.wait || !self.dryRun else { throw ValidationError("--wait and --dry-run exclude each other.") }
        guard self.timeout > 0 else { throw ValidationError("--timeout takes seconds above 0.") }
        if let to, PackageRollback.number(of: to) == nil { throw ValidationError("--to takes a revision such as v3, not \(to).") }
    }

    func run() async throws {
        let client = try self.connection.client()
        let terminal = Terminal.standardOutput
        let item = try await PublishedFiles.get(client, self.package, revision: nil).item
        let revision = try PackageRollback.target(self.to, of: item)
        guard let earlier = try await PublishedFiles.find(client, self.package, revision: revision) else {
            throw CommandFailure(.refused, "\(item.path) has no files at \(revision); name another revision with --to (nephoran package history \(item.path))")
        }
        guard earlier.item.tree != item.tree else { throw CommandFailure(.refused, "\(item.path) is already what it was at \(revision)") }
        let rollback = PackageRollback(item: item, revision: revision, tree: earlier.item.tree)
        let (body, bytes, answer, objection) = try await self.look(client, rollback)
        if self.dryRun || objection != nil {
            let lines = self.connection.output == .json ? [JSONText.pretty(bytes)] : PlanText(answer, terminal).lines
            lines.forEach { terminal.print($0) }
            if let objection { throw CommandFailure(.refused, objection) }
            if let outcome = answer.outcome { throw outcome }
            return
        }

        var (ticket, accepted) = try await self.submit(client, body, key: rollback.key(after: nil))
        // One that came to nothing does not stand for the next attempt.
        for _ in 0..<PackageRollback.maxAttempts where ticket.phase.outcome?.status == .refused {
            (ticket, accepted) = try await self.submit(client, body, key: rollback.key(after: ticket.id))
        }
        guard self.wait else {
            return terminal.print(self.connection.output == .json ? JSONText.pretty(accepted) : "\(ticket.id)  \(ticket.phase.rawValue)")
        }
        try await IntentFollower(client: client, id: ticket.id).follow(printsSteps: false, output: self.connection.output, timeout: .seconds(self.timeout))
    }

    /// The first way to say it that is understood as what is meant, else the first.
    private func look(_ client: GatewayClient, _ rollback: PackageRollback) async throws -> (body: [UInt8], bytes: [UInt8], DryRunAnswer, objection: String?) {
        var first: (body: [UInt8], bytes: [UInt8], DryRunAnswer, objection: String?)?
        for sentence in rollback.sentences {
            let body = try IntentBody(
                intent: sentence, priority: nil, namespace: nil, cluster: nil, approval: self.approval, labels: nil, supersedes: nil, callbackUrl: nil
            ).encoded()
            let bytes = try await client.call("POST", "/v1/intents", query: [("dryRun", "true")], body: body).body
            let answer = try GatewayClient.decode(DryRunAnswer.self, bytes)
            let objection = rollback.objection(to: answer)
            if objection == nil { return (body, bytes, answer, nil) }
            first = first ?? (body, bytes, answer, objection)
        }
        guard let first else { throw CommandFailure(.usage, "there is no way to say it") }
        return first
    }

    private func submit(_ client: GatewayClient, _ body: [UInt8], key: String) async throws(CommandFailure) -> (Ticket, [UInt8]) {
        let accepted = try await client.call("POST", "/v1/intents", headers: [("idempotency-key", key)], body: body).body
        return (try GatewayClient.decode(Ticket.self, accepted), accepted)
    }
}

/// A package that is to be again what it was at a revision.
struct PackageRollback {
    static let maxAttempts = 16

    /// As it stands.
    var item: InventoryItem
    var revision: String
    /// Tree id of that revision.
    var tree: String

    /// Of `v3` or `3`; nil for anything else, and below 1.
    static func number(of revision: String) -> Int? {
        let digits = revision.hasPrefix("v") ? revision.dropFirst() : revision[...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits), number > 0 else { return nil }
        return number
    }

    /// The revision to return to.
    /// - Throws: when none was named and it is not clear which one "before" is.
    static func target(_ said: String?, of item: InventoryItem) throws(CommandFailure) -> String {
        if let said, let number = self.number(of: said) { return "v\(number)" }
        let number = self.number(of: item.revision) ?? 0
        guard item.intentId != nil else {
            let choices = number > 0 ? ": \(item.revision) takes back what was changed by hand since" : ""
            throw CommandFailure(.usage, "\(item.path) was last changed by hand; name the revision with --to\(choices)")
        }
        guard number > 1 else { throw CommandFailure(.refused, "\(item.path) has no revision before \(item.revision)") }
        return "v\(number - 1)"
    }

    /// What is asked for, with nothing left to be guessed: the usual way, and without the function, which not every one is called by ("NetworkSlice").
    var sentences: [String] {
        let name = "\"\(self.item.instance)\" in namespace \"\(self.item.namespace)\" on cluster \"\(self.item.cluster)\" to version \(self.revision)"
        let plain = "Roll back \(name)"
        return self.item.function == "unknown" ? [plain] : ["Roll back the \(self.item.function) named \(name)", plain]
    }

    /// The same for the same rollback of the same state; another one after an attempt that came to nothing.
    func key(after failed: IntentID?) -> String {
        // Visible characters, at most 255: an intent that failed stands for the state and the revision it was for.
        failed.map { "rollback:after:\($0)" } ?? "rollback:\(self.item.path):\(self.item.commit):\(self.revision)"
    }

    /// Why what would be done is not this; nil when it is.
    func objection(to answer: DryRunAnswer) -> String? {
        if let problem = answer.problem { return problem.detail }
        if let refusal = answer.interpretation.refusal { return refusal.detail }
        if let question = answer.clarifications?.first {
            return "not submitted, since it asks: \(question.question) Submit it as a sentence to answer (nephoran intent submit)"
        }
        let changes = answer.plan?.packages.filter { $0.change != .none } ?? []
        guard changes.count == 1, let change = changes.first, change.path == self.item.path, change.change == .update, change.base == self.item.tree,
            change.result == self.tree, answer.plan?.policies.isEmpty ?? true
        else { return "not submitted: what would be done is not to make \(self.item.path) what it was at \(self.revision)" }
        return nil
    }
}
