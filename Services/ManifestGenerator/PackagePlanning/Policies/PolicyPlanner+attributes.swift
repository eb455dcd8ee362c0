import Foundation
import IntentModel
import JSONSchema

/// Attributes of objects that a managed element has: of its cells, their carriers and their energy saving (TS 28.541, TS 28.310). Objects are
/// found, never made; what is not said of them stays.
extension PolicyPlanner {
    func attributes(_ expectation: Expectation, _ managed: [Managed]) async throws -> PolicyPlanningResult {
        guard expectation.verb != .remove else {
            let names = managed.map(\.target.attribute).joined(separator: ", ")
            throw PlanningStop.ask(expectation, "targets", "A cell always has its \(names), so that it cannot be removed. What should it be instead?")
        }
        let element = try await self.element(of: expectation)
        let objects = ManagedObjects(of: element, directory: self.directory, classes: self.mapping.objectClasses)
        var (changes, notes): ([PolicyChange], [String]) = ([], [])
        var classes: [String] = []
        for (row, _) in managed where !classes.contains(row.managedClass) { classes.append(row.managedClass) }
        for name in classes {
            let object = try await objects.object(name, expectation)
            var (document, previous): ([String: JSONValue], [String: JSONValue]) = ([:], [:])
            var figures = [
                Figure(name: "element", value: element, source: .text, reason: "the element that the text names"),
                Figure(name: "object", value: object.id, source: .derived, reason: object.reason),
            ]
            for (row, target) in managed where row.managedClass == name {
                let current = object.attributes[row.field]
                let value = try Self.value(of: target, row, current: current, expectation)
                if let said = document[row.field], said != value {
                    throw PlanningStop.ask(expectation, "targets.\(target.attribute)", "The text says two values of \(target.attribute). Which one?")
                }
                document[row.field] = value
                previous[row.field] = current ?? .null
                let unit = row.fieldUnit.isEmpty ? "" : " \(row.fieldUnit)"
                let asked = "\(target.attribute) \(target.condition.rawValue) \(target.value)\(target.unit.map { " \($0)" } ?? "")"
                figures.append(
                    Figure(
                        name: row.field, value: (value.string ?? value.text) + unit, source: .text,
                        reason: asked + (target.evidence.map { " ('\($0)')" } ?? ""), step: target.step))
            }
            let isThere = document == previous
            if isThere { notes.append("\(element) has it so already: \(object.id).") }
            changes.append(
                PolicyChange(
                    policyId: object.id, policyType: name, ric: element, change: isThere ? .none : .put, document: JSONValue.object(document).text,
                    expectations: [expectation.id], figures: figures, previous: JSONValue.object(previous).text, interface: .o1))
        }
        return .policies(changes, notes: notes)
    }

    /// The field's value: of the table, or a whole number in its unit and range. What is relative starts from what is there.
    static func value(of target: Target, _ row: RANMapping.ManagedRow, current: JSONValue?, _ expectation: Expectation) throws(PlanningStop) -> JSONValue {
        func ask(_ question: String, _ options: [String] = []) -> PlanningStop {
            .ask(expectation, "targets.\(target.attribute)", question, options: options)
        }
        if !row.values.isEmpty {
            let said = target.value.text?.lowercased() ?? target.value.boolean.map { $0 ? "true" : "false" }
            switch said.flatMap({ row.values[$0] }) {
            case .text(let text): return .string(text)
            case .boolean(let flag): return .boolean(flag)
            case nil: throw ask("'\(target.value)' is no \(target.attribute). Which one should it be?", row.values.keys.sorted())
            }
        }
        guard var value = target.value.number else { throw ask("Which \(target.attribute) should it be?") }
        if target.condition.isRelative {
            guard row.scale != nil, target.condition != .multiplyBy else { throw ask("Which \(target.attribute) should it be in the end?") }
            guard let current = current?.number, current > 0 else { throw ask("No present \(target.attribute) is known to change. Which one should it be?") }
            let steps = 10 * log10(current)
            value = target.condition == .increaseBy ? steps + value : steps - value
        }
        if row.scale == .decibelMilliwatt { value = pow(10, value / 10).rounded() }
        guard value == value.rounded(), (row.range ?? -Double(Int32.max)...Double(Int32.max)).contains(value) else {
            let unit = row.fieldUnit.isEmpty ? "" : " \(row.fieldUnit)"
            let range = row.range.map { " of \(JSONValue.number($0.lowerBound).text)…\(JSONValue.number($0.upperBound).text)\(unit)" } ?? ""
            throw ask("\(row.field) is a whole number\(range). Which \(target.attribute) should it be?")
        }
        return .number(value)
    }
}
