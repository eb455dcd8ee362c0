import ArgumentParser
import IntentModel

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List intents, the newest first.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Only of this phase, such as awaiting_approval.") var phase: Phase?
    @Option(help: "Only of this priority.") var priority: Priority?
    @Option(help: "At most this many.") var limit: Int = 20
    @Option(help: "Where the last list ended.") var cursor: String?

    func validate() throws {
        guard (1...200).contains(self.limit) else { throw ValidationError("--limit takes 1…200.") }
    }

    struct Page: Decodable {
        struct Item: Decodable {
            var id: IntentID
            var phase: Phase
            var createdAt: String
            var request: IntentRequest
        }
        var items: [Item]
        var nextCursor: String?
    }

    func run() async throws {
        var query = [("limit", "\(self.limit)")]
        if let phase { query.append(("phase", phase.rawValue)) }
        if let priority { query.append(("priority", priority.rawValue)) }
        if let cursor { query.append(("cursor", cursor)) }
        let body = try await self.connection.client().call("GET", "/v1/intents", query: query).body
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else { return terminal.print(JSONText.pretty(body)) }
        Self.show(try GatewayClient.decode(Page.self, body), terminal)
    }

    static func show(_ page: Page, _ terminal: Terminal) {
        guard !page.items.isEmpty else { return terminal.print("no intents") }
        var table = Table("ID", "PHASE", "PRIORITY", "AGE", "TEXT")
        for item in page.items {
            table.add("\(item.id)", item.phase.rawValue, item.request.priority.rawValue, Age.text(since: item.createdAt), item.request.intent)
        }
        for line in table.lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
        if let cursor = page.nextCursor { terminal.print(terminal.styled("more: --cursor \(cursor)", .dim)) }
    }
}
