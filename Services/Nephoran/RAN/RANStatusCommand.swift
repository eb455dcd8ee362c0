import ArgumentParser

struct RANStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show which RICs there are, whether they answer, and the policy types they offer.",
        discussion: "Ends with status 3 when one does not answer, or the A1 policy management service does not."
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
    struct RICs: Decodable {
        struct ManagementService: Decodable {
            var url: String
            var state: String
            var detail: String?
        }

        var rics: [RIC]
        /// Why there may be others.
        var incomplete: String?
        /// Nil where none is configured.
        var managementService: ManagementService?

        var isWell: Bool { self.rics.allSatisfy { $0.state == "available" } && self.managementService?.state ?? "available" == "available" }
    }

    func run() async throws {
        let body = try await self.adaptor.client(self.connection).call("GET", "/v1/a1/policy-types").body
        let rics = try GatewayClient.decode(RICs.self, body)
        let terminal = Terminal.standardOutput
        if self.connection.output == .json {
            terminal.print(JSONText.pretty(body))
        } else {
            for line in Self.lines(rics, terminal) { terminal.print(line) }
        }
        if !rics.isWell { throw CommandFailure(.refused) }
    }

    static func lines(_ rics: RICs, _ terminal: Terminal) -> [String] {
        var lines = rics.rics.isEmpty ? [] : self.table(rics.rics).lines(width: terminal.width, style: { terminal.styled($0, .bold) })
        if let service = rics.managementService {
            lines.append("A1 policy management service \(service.url): \(service.state)\(service.detail.map { ", \($0)" } ?? "")")
            if rics.incomplete != nil { lines.append("its RICs are not known: what is planned now is for the others") }
        } else if rics.rics.isEmpty {
            lines.append("no RIC is configured; A1_URL and A1_PMS_URL of oran-adaptor name them")
        }
        return lines
    }

    static func table(_ rics: [RIC]) -> Table {
        var table = Table("RIC", "STATE", "URL", "POLICY TYPES")
        for ric in rics { table.add(ric.name, ric.state, ric.url, ric.detail ?? ric.policyTypes.joined(separator: ", ")) }
        return table
    }
}
