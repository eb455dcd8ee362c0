import ArgumentParser
import IntentModel

struct PackageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Look at published packages, and return to what they were.",
        subcommands: [PackageListCommand.self, PackageShowCommand.self, PackageDiffCommand.self, PackageHistoryCommand.self, PackageRollbackCommand.self])
}

/// `cluster/namespace/instance`, as the inventory names packages.
struct PackageArgument: ExpressibleByArgument, Equatable {
    let path: String

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.path = parts.map { GatewayClient.encoded(String($0)) }.joined(separator: "/")
    }
}

/// A package and its files, as the gateway answers.
struct PublishedFiles: Decodable {
    var item: InventoryItem
    var files: [PackageFile]

    static func get(_ client: GatewayClient, _ package: PackageArgument, revision: String?) async throws(CommandFailure) -> PublishedFiles {
        try await client.get(PublishedFiles.self, "/v1/packages/\(package.path)", query: revision.map { [("revision", $0)] } ?? [])
    }

    /// Nil where the revision has no files: it removed the package, which was made again since.
    static func find(_ client: GatewayClient, _ package: PackageArgument, revision: String) async throws(CommandFailure) -> PublishedFiles? {
        do {
            return try await self.get(client, package, revision: revision)
        } catch {
            guard error.status == .refused else { throw error }
            return nil
        }
    }
}

struct PackageListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the published packages.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Only this function, such as AMF.") var function: String?
    @Option(help: "Only this namespace.") var namespace: String?
    @Option(help: "Only this cluster.") var cluster: String?

    private struct Packages: Decodable { var items: [InventoryItem] }

    func run() async throws {
        let query = [("function", self.function), ("namespace", self.namespace), ("cluster", self.cluster)].compactMap { name, value in value.map { (name, $0) }
        }
        let body = try await self.connection.client().call("GET", "/v1/packages", query: query).body
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else { return terminal.print(JSONText.pretty(body)) }
        let items = try GatewayClient.decode(Packages.self, body).items
        guard !items.isEmpty else { return terminal.print("no packages") }
        for line in PackageText.table(items).lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
    }
}

struct PackageShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Print a package as one YAML stream.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Such as v3; else as it stands.") var revision: String?
    @Argument(help: "cluster/namespace/instance") var package: PackageArgument

    func run() async throws {
        let client = try self.connection.client()
        let terminal = Terminal.standardOutput
        if self.connection.output == .json {
            let query = self.revision.map { [("revision", $0)] } ?? []
            return terminal.print(JSONText.pretty(try await client.call("GET", "/v1/packages/\(self.package.path)", query: query).body))
        }
        let published = try await PublishedFiles.get(client, self.package, revision: self.revision)
        for part in PackageText.manifests(published.item.path, published.files) { terminal.write(part) }
    }
}

struct PackageDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what changed between two revisions, or since a revision.",
        discussion: "Without options: what changed since the last revision that an intent published, or in it when nothing did. Exits with 0 either way.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Such as v2.") var from: String?
    @Option(help: "Such as v3; else as it stands.") var to: String?
    @Argument(help: "cluster/namespace/instance") var package: PackageArgument

    func run() async throws {
        let client = try self.connection.client()
        let new = try await PublishedFiles.get(client, self.package, revision: self.to)
        let terminal = Terminal.standardOutput
        let old: PublishedFiles?
        if let from {
            old = try await PublishedFiles.get(client, self.package, revision: from)
        } else if new.item.intentId == nil, self.to == nil, new.item.revision != "v0" {
            // A person's commit is on top.
            old = try await PublishedFiles.get(client, self.package, revision: new.item.revision)
        } else if let number = Int(new.item.revision.dropFirst()), number > 1 {
            old = try await PublishedFiles.find(client, self.package, revision: "v\(number - 1)")
        } else {
            old = nil
        }
        for line in FileDiff.lines(from: old?.files ?? [], to: new.files) { terminal.print(self.styled(line, terminal)) }
    }

    private func styled(_ line: String, _ terminal: Terminal) -> String {
        if line.hasPrefix("---") || line.hasPrefix("+++") { return terminal.styled(line, .bold) }
        if line.hasPrefix("+") { return terminal.styled(line, .green) }
        return line.hasPrefix("-") ? terminal.styled(line, .red) : line
    }
}

struct PackageHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "history", abstract: "Show the commits of a package, newest first.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "How many at most, 1 to 200.") var limit = 50
    @Argument(help: "cluster/namespace/instance") var package: PackageArgument

    private struct History: Decodable {
        struct Entry: Decodable {
            var revision: String?
            var commit: String
            var at: String
            var by: String
            var intentId: String?
            var subject: String
        }
        var items: [Entry]
    }

    func run() async throws {
        let body = try await self.connection.client().call("GET", "/v1/packages/\(self.package.path)/history", query: [("limit", String(self.limit))]).body
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else { return terminal.print(JSONText.pretty(body)) }
        var table = Table("REVISION", "COMMIT", "AT", "BY", "INTENT", "CHANGE")
        for entry in try GatewayClient.decode(History.self, body).items {
            table.add(entry.revision ?? "–", String(entry.commit.prefix(12)), entry.at, entry.by, entry.intentId ?? "by hand", entry.subject)
        }
        for line in table.lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
    }
}
