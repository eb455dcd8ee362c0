import ArgumentParser

struct RANElementsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "elements", abstract: "Show the managed elements that are reached over O1: connection, revision, alarms, last error.",
        discussion: "Ends with status 3 when one does not answer."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var adaptor: AdaptorOptions

    func run() async throws {
        let body = try await self.adaptor.client(self.connection).call("GET", "/v1/o1/elements").body
        let elements = try GatewayClient.decode(ManagedElements.self, body).items
        let terminal = Terminal.standardOutput
        if self.connection.output == .json {
            terminal.print(JSONText.pretty(body))
        } else if elements.isEmpty {
            terminal.print("no managed element is configured; O1_ELEMENTS of oran-adaptor names them")
        } else {
            for line in Self.table(elements).lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
        }
        if elements.contains(where: { $0.state == "failed" }) { throw CommandFailure(.refused) }
    }

    static func table(_ elements: [ManagedElements.Element]) -> Table {
        var table = Table("ELEMENT", "STATE", "ADDRESS", "REVISION", "ALARMS", "HEARD", "LAST ERROR")
        for element in elements {
            let worst = element.alarms.first.map { "\(element.alarms.count), \($0.severity)" } ?? "none"
            table.add(
                element.name, element.state, "\(element.address):\(element.port)", element.revision ?? "–", worst, element.lastHeard ?? "–",
                element.lastError ?? "–")
        }
        return table
    }
}

/// The answer of `/v1/o1/elements`.
struct ManagedElements: Decodable {
    struct Alarm: Decodable {
        var condition: String
        var specificProblem: String
        var severity: String
        var raisedAt: String
    }

    struct Element: Decodable {
        var name: String
        var address: String
        var port: Int
        var state: String
        var revision: String?
        var lastError: String?
        var lastHeard: String?
        /// The worst first.
        var alarms: [Alarm]
    }

    var items: [Element]
}
