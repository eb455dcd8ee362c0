import ArgumentParser

struct RANPoliciesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policies", abstract: "Show the policies that the RICs hold, as they say themselves.",
        discussion: "Ends with status 3 when a RIC does not answer: its policies are missing from the list."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var adaptor: AdaptorOptions
    @Option(help: "Only this RIC.") var ric: String?
    @Option(help: "Only this policy type.") var type: String?

    struct Policies: Decodable {
        struct Item: Decodable {
            var ric: String
            var policyType: String
            var policyId: String
        }
        var items: [Item]
        var unavailable: [String]
    }

    func run() async throws {
        let query = [("ric", self.ric), ("policyType", self.type)].compactMap { name, value in value.map { (name, $0) } }
        let body = try await self.adaptor.client(self.connection).call("GET", "/v1/a1/policies", query: query).body
        let policies = try GatewayClient.decode(Policies.self, body)
        let terminal = Terminal.standardOutput
        if self.connection.output == .json {
            terminal.print(JSONText.pretty(body))
        } else {
            if policies.items.isEmpty { terminal.print("the RICs hold no policies") }
            for line in Self.table(policies).lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
            for ric in policies.unavailable { terminal.print("\(ric) does not answer") }
        }
        if !policies.unavailable.isEmpty { throw CommandFailure(.refused) }
    }

    static func table(_ policies: Policies) -> Table {
        var table = Table("RIC", "TYPE", "POLICY")
        for item in policies.items { table.add(item.ric, item.policyType, item.policyId) }
        return table
    }
}
