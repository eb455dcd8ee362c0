package import Logging
import Metrics

/// What is done with events: faults raise and clear alarms of the managed element that they are of, by the name of the source or the reporter;
/// heartbeats say that it lives. Events of others are taken and counted.
package struct EventListener: Sendable {
    let elements: Set<String>
    let alarms: AlarmBoard
    let intents: ElementIntents
    /// Alarms of this severity and worse degrade the intents at the element; nil: none does.
    let degrades: AlarmSeverity?
    let logger: Logger

    package init(elements: Set<String>, alarms: AlarmBoard, intents: ElementIntents, degrades: AlarmSeverity?, logger: Logger) {
        self.elements = elements
        self.alarms = alarms
        self.intents = intents
        self.degrades = degrades
        self.logger = logger
    }

    package func take(_ event: CommonEvent) async throws {
        let element = [event.source, event.reporter].map { $0.lowercased() }.first { self.elements.contains($0) }
        Counter(label: "oran_events_total", dimensions: [("domain", event.domain), ("known", element == nil ? "false" : "true")]).increment()
        guard let element else { return }
        try await self.alarms.heard(element)
        guard let fault = event.fault else { return }
        let change = try await self.alarms.record(fault, of: event, at: element)
        if change == .full {
            Counter(label: "oran_alarms_refused_total", dimensions: [("element", element)]).increment()
            self.logger.warning(
                "an alarm is not kept: the element has as many as are kept", metadata: ["element": "\(element)", "condition": "\(fault.condition)"])
        }
        guard case .severity(let from, let to) = change else { return }
        self.logger.notice(
            "an alarm changed", metadata: ["element": "\(element)", "condition": "\(fault.condition)", "from": "\(from.rawValue)", "to": "\(to.rawValue)"])
        guard let degrades, (from >= degrades) != (to >= degrades) else { return }
        func isInTrouble(_ element: String) async throws -> Bool { try await self.alarms.alarms(of: element).contains { $0.severity >= degrades } }
        if to >= degrades {
            try await self.intents.degrade(at: element, "\(element) reports \(fault.condition) (\(to.rawValue)): \(fault.problem.prefix(200))")
        } else if try await !isInTrouble(element) {
            try await self.intents.recover(at: element, "\(fault.condition) of \(element) is over", isInTrouble: isInTrouble)
        }
    }
}
