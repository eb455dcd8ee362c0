import ArgumentParser
import IntentModel

struct InventoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "inventory", abstract: "Show what runs where, at which revision, from which intent.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Only this function, such as AMF.") var function: String?
    @Option(help: "Only this namespace.") var namespace: String?
    @Option(help: "Only this cluster.") var cluster: String?

    private struct Inventory: Decodable { var items: [InventoryItem] }

    func run() async throws {
        let query = [("function", self.function), ("namespace", self.namespace), ("cluster", self.cluster)].compactMap { name, value in value.map { (name, $0) }
        }
        let body = try await self.connection.client().call("GET", "/v1/inventory", query: query).body
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else { return terminal.print(JSONText.pretty(body)) }
        let items = try GatewayClient.decode(Inventory.self, body).items
        guard !items.isEmpty else { return terminal.print("nothing runs") }
        for line in InventoryText.table(items).lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
    }
}
