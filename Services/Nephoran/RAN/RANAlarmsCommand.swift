import ArgumentParser

struct RANAlarmsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms", abstract: "Show what troubles the managed elements, the worst of each first.",
        discussion: "With --output json, elements with their alarms.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var adaptor: AdaptorOptions
    @Option(help: "Only this element.") var element: String?

    func run() async throws {
        let body = try await self.adaptor.client(self.connection).call("GET", "/v1/o1/elements").body
        let elements = try GatewayClient.decode(ManagedElements.self, body).items.filter { self.element == nil || $0.name == self.element }
        if let element, elements.isEmpty { throw ValidationError("no element is called '\(element)'") }
        let terminal = Terminal.standardOutput
        if self.connection.output == .json { return terminal.print(JSONText.pretty(body)) }
        let table = Self.table(elements)
        if elements.allSatisfy({ $0.alarms.isEmpty }) { return terminal.print("no alarms") }
        for line in table.lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
    }

    static func table(_ elements: [ManagedElements.Element]) -> Table {
        var table = Table("ELEMENT", "SEVERITY", "ALARM", "PROBLEM", "SINCE")
        for element in elements {
            for alarm in element.alarms { table.add(element.name, alarm.severity, alarm.condition, alarm.specificProblem, alarm.raisedAt) }
        }
        return table
    }
}
