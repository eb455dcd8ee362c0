import AccessControl
import IntentModel
import ArgumentParser
import Foundation

struct KeyListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the keys, and when the gateway last saw each.",
        discussion: "From the file; with --used also from the gateway, which knows since its start.")

    @OptionGroup var options: KeyFileOptions
    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Ask the gateway when each was last used.") var used = false

    struct Answer: Decodable {
        struct Item: Decodable {
            var name: String
            var lastUsedAt: String?
        }
        var items: [Item]
    }

    private struct Item: Encodable {
        var name: String
        var tenant: String
        var roles: [String]
        var scopes: [String]
        var expiresAt: String?
        var lastUsedAt: String?
    }

    func run() async throws {
        let keys = try self.options.keyStore().read().keys
        var seen: [String: String] = [:]
        if self.used { for item in try await self.connection.client().get(Answer.self, "/v1/keys").items { seen[item.name] = item.lastUsedAt } }
        let now = Timestamp.now()
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else {
            let items = keys.map { key in
                Item(
                    name: key.name, tenant: key.tenant, roles: key.roles, scopes: key.scopes.map(\.rawValue).sorted(),
                    expiresAt: key.expires.map(Timestamp.secondsText),
                    lastUsedAt: seen[key.name])
            }
            return terminal.print(JSONText.pretty(Array(try JSONEncoder().encode(["items": items]))))
        }
        guard !keys.isEmpty else { return terminal.print("no keys") }
        var table = Table("NAME", "TENANT", "MAY", "EXPIRES", "LAST USED")
        for key in keys {
            let end = key.expires.map { key.isLive(at: now) ? Timestamp.secondsText($0) : "expired" } ?? "never"
            table.add(
                key.name, key.tenant, (key.roles + key.scopes.map(\.rawValue).sorted()).joined(separator: ","), end,
                seen[key.name].map { Age.text(since: $0) } ?? "-")
        }
        for line in table.lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
    }
}
