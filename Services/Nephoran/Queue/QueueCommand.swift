import ArgumentParser
import Foundation

struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Look at the queues, and at the work that was given up.",
        subcommands: [QueueListCommand.self, QueuePeekCommand.self, QueueRedriveCommand.self, QueuePurgeCommand.self]
    )

    /// Names of the queues, for completion; the server knows which there are.
    static let stages = ["interpret", "plan", "publish", "policy", "verify", "notify", "archive"]
}

struct QueueListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show each queue: what waits, how long, and what was given up.")

    @OptionGroup var connection: ConnectionOptions

    struct Answer: Decodable {
        struct Queue: Decodable {
            var stage: String
            var depth: Int
            var ageSeconds: Double
            var delayed: Int
            var dead: Int
        }

        var queues: [Queue]
    }

    func run() async throws {
        let body = try await self.connection.client().call("GET", "/v1/queues").body
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else { return terminal.print(JSONText.pretty(body)) }
        var table = Table("STAGE", "DEPTH", "AGE", "DELAYED", "DEAD")
        for queue in try GatewayClient.decode(Answer.self, body).queues {
            table.add(queue.stage, "\(queue.depth)", queue.depth == 0 ? "-" : "\(Int(queue.ageSeconds))s", "\(queue.delayed)", "\(queue.dead)")
        }
        for line in table.lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
    }
}

struct QueuePeekCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "peek", abstract: "Show the dead letters of a queue, newest first.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "How many at most, 1…500.") var limit: Int = 50
    @Option(help: "Goes on after the page before.") var cursor: String?
    @Argument(help: "Name of the queue.", completion: .list(QueueCommand.stages)) var stage: String

    struct Answer: Decodable {
        struct Letter: Decodable {
            var id: String
            var at: String
            var error: String
            var intentId: String?
            var attempts: Int?
        }

        var items: [Letter]
        var nextCursor: String?
    }

    func validate() throws {
        guard (1...500).contains(self.limit) else { throw ValidationError("--limit takes 1…500.") }
    }

    func run() async throws {
        var query = [("limit", "\(self.limit)")]
        if let cursor { query.append(("cursor", cursor)) }
        let body = try await self.connection.client().call("GET", "/v1/queues/\(GatewayClient.encoded(self.stage))/dead", query: query).body
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else { return terminal.print(JSONText.pretty(body)) }
        let answer = try GatewayClient.decode(Answer.self, body)
        guard !answer.items.isEmpty else { return terminal.print("no dead letters") }
        var table = Table("LETTER", "INTENT", "AGE", "TRIES", "ERROR")
        for letter in answer.items {
            table.add(letter.id, letter.intentId ?? "-", Age.text(since: letter.at), letter.attempts.map(String.init) ?? "-", letter.error)
        }
        for line in table.lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
        if let cursor = answer.nextCursor { terminal.print(terminal.styled("more: --cursor \(cursor)", .dim)) }
    }
}

/// Which letters: some, or all.
struct LetterOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "All dead letters of the queue.") var all = false
    @Argument(help: "Name of the queue.", completion: .list(QueueCommand.stages)) var stage: String
    @Argument(help: "Ids of letters, as peek shows them.") var letters: [String] = []

    func validate() throws {
        guard self.all != !self.letters.isEmpty else { throw ValidationError("Name letters, or say --all.") }
    }

    private struct Body: Encodable { var ids: [String] }

    func call(_ method: String, _ suffix: String) async throws -> [UInt8] {
        let path = "/v1/queues/\(GatewayClient.encoded(self.stage))/dead\(suffix)"
        let client = try self.connection.client()
        if self.all { return try await client.call(method, path, query: [("all", "true")], timeout: .seconds(300)).body }
        return try await client.call(method, path, body: Array(try JSONEncoder().encode(Body(ids: self.letters))), timeout: .seconds(300)).body
    }
}

struct QueueRedriveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive", abstract: "Try again what was given up.",
        discussion: "Failed intents go on as with `intent retry`. A letter whose intent has moved on meanwhile is removed.")

    @OptionGroup var options: LetterOptions

    struct Answer: Decodable {
        struct Note: Decodable {
            var id: String
            var outcome: String
            var note: String?
        }

        var redriven: Int
        var removed: Int
        var kept: Int
        var notes: [Note]
    }

    func run() async throws {
        let body = try await self.options.call("POST", "/redrive")
        let terminal = Terminal.standardOutput
        guard self.options.connection.output == .text else { return terminal.print(JSONText.pretty(body)) }
        let answer = try GatewayClient.decode(Answer.self, body)
        terminal.print("redriven \(answer.redriven), removed \(answer.removed), kept \(answer.kept)")
        for note in answer.notes { terminal.print("  \(note.id) \(note.outcome): \(note.note ?? "")") }
    }
}

struct QueuePurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "purge", abstract: "Remove dead letters for good.")

    @OptionGroup var options: LetterOptions

    struct Answer: Decodable { var purged: Int }

    func run() async throws {
        let body = try await self.options.call("DELETE", "")
        let terminal = Terminal.standardOutput
        guard self.options.connection.output == .text else { return terminal.print(JSONText.pretty(body)) }
        terminal.print("purged \(try GatewayClient.decode(Answer.self, body).purged)")
    }
}
