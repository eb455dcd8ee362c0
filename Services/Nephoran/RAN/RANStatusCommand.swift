import ArgumentParser

struct RANStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show which RICs there are, whether they answer, and the policy types they offer.",
        discussion: "Ends with status 3 when one does not answer."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var adaptor: AdaptorOptions

    struct RIC: Decodable {
        var name: String
        var url: String
        var state: String
        var policyTypes: [String]
        var detail: String?
    }
    private struct RICs: Decodable { var rics: [RIC] }

    func run() async throws {
        let body = try await self.adaptor.client(self.connection).call("GET", "/v1/a1/policy-types").body
        let rics = try GatewayClient.decode(RICs.self, body).rics
        let terminal = Terminal.standardOutput
        if self.connection.output == .json {
            terminal.print(JSONText.pretty(body))
        } else if rics.isEmpty {
            terminal.print("no RIC is configured; A1_URL and A1_PMS_URL of oran-adaptor name them")
        } else {
            for line in Self.table(rics).lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
        }
        if rics.contains(where: { $0.state != "available" }) { throw CommandFailure(.refused) }
    }

    static func table(_ rics: [RIC]) -> Table {
        var table = Table("RIC", "STATE", "URL", "POLICY TYPES")
        for ric in rics { table.add(ric.name, ric.state, ric.url, ric.detail ?? ric.policyTypes.joined(separator: ", ")) }
        return table
    }
}
