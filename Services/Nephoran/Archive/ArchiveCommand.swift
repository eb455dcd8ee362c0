import ArgumentParser
import Foundation
import IntentModel

struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Find intents that have ended, and take them elsewhere.",
        subcommands: [ArchiveSearchCommand.self, ArchiveExportCommand.self]
    )
}

/// Which intents of the archive.
struct ArchiveOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Only intents that ended in this phase.") var phase: Phase?
    @Option(help: "Only intents submitted then or later: 2026-05-28, or 2026-05-28T20:26:40Z.") var from: String?
    @Option(help: "Only intents submitted before.") var to: String?

    var query: [(String, String)] {
        var query: [(String, String)] = []
        if let phase { query.append(("phase", phase.rawValue)) }
        if let from { query.append(("from", from)) }
        if let to { query.append(("to", to)) }
        return query
    }
}

struct ArchiveSearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find ended intents by the words of their text, labels and objects, newest first.",
        discussion: "All words must occur; amf* stands for every word that begins so.")

    @OptionGroup var options: ArchiveOptions
    @Option(help: "How many at most, 1…200.") var limit: Int = 50
    @Option(help: "Goes on after the page before.") var cursor: String?
    @Argument(help: "Words; none finds all.") var words: [String] = []

    func validate() throws {
        guard (1...200).contains(self.limit) else { throw ValidationError("--limit takes 1…200.") }
    }

    func run() async throws {
        var query = self.options.query + [("limit", "\(self.limit)")]
        if !self.words.isEmpty { query.append(("query", self.words.joined(separator: " "))) }
        if let cursor { query.append(("cursor", cursor)) }
        let body = try await self.options.connection.client().call("GET", "/v1/archive", query: query).body
        let terminal = Terminal.standardOutput
        guard self.options.connection.output == .text else { return terminal.print(JSONText.pretty(body)) }
        ListCommand.show(try GatewayClient.decode(ListCommand.Page.self, body), terminal)
    }
}

struct ArchiveExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write whole records, one JSON object a line, oldest first.",
        discussion: "A file is there in full or not at all: it gets its name when everything is in it.")

    @OptionGroup var options: ArchiveOptions
    @Option(help: "File to write; else standard output.", completion: .file(extensions: ["ndjson", "jsonl"])) var file: String?

    func run() async throws {
        let query = self.options.query.map { "\(GatewayClient.encoded($0.0))=\(GatewayClient.encoded($0.1))" }.joined(separator: "&")
        let client = try self.options.connection.client()
        let stream = try await client.stream(
            "/v1/archive/export" + (query.isEmpty ? "" : "?" + query), headers: [], timeout: .seconds(86_400), maxBytes: .max)
        try await ExportFile.save(stream, as: self.file)
    }
}
