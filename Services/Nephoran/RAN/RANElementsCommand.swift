import ArgumentParser

struct RANElementsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "elements",
        abstract: "Show the managed elements that are reached over O1: connection, revision, cells, alarms, what is not as intents configured it, last error.",
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
        var table = Table("ELEMENT", "STATE", "ADDRESS", "REVISION", "CELLS", "ALARMS", "DEVIATIONS", "HEARD", "LAST ERROR")
        for element in elements {
            let worst = element.alarms.first.map { "\(element.alarms.count), \($0.severity)" } ?? "none"
            let cells = element.cells.map { $0.disabled.isEmpty ? "\($0.count)" : "\($0.count), \($0.disabled.count) disabled" }
            table.add(
                element.name, element.state, "\(element.address):\(element.port)", element.revision ?? "–", cells ?? "–", worst,
                Self.deviations(element.deviations ?? []), element.lastHeard ?? "–", element.lastError ?? "–")
        }
        return table
    }

    private static func deviations(_ deviations: [ManagedElements.Deviation]) -> String {
        guard let first = deviations.first else { return "none" }
        return "\(deviations.count), \(first.object) of \(first.intent)"
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

    struct Cells: Decodable {
        var count: Int
        var disabled: [String]
    }

    struct Deviation: Decodable {
        var object: String
        var intent: String
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
        /// Nil from a service that does not compare.
        var deviations: [Deviation]?
        var cells: Cells?
    }

    var items: [Element]
}
