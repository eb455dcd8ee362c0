import IntentModel
import JSONSchema

/// The targets of an expectation as fields of policies, in the policies' units.
struct PolicyObjectives: Sendable {
    struct Field: Sendable {
        let row: RANMapping.Row
        let target: Target
    }

    /// Fields by policy type, in the order said.
    private(set) var fields: [String: [Field]] = [:]
    /// Targets no row knows.
    private(set) var unmapped: [Target] = []

    init(_ expectation: Expectation, _ mapping: RANMapping) {
        let rows = mapping.rows(for: expectation.object)
        for target in expectation.targets {
            if mapping.scopeAttributes.contains(target.attribute) || mapping.elsewhere.contains(target.attribute) { continue }
            // A relative change is made on the field an absolute value would set.
            let condition = target.condition.isRelative ? Condition.equals : target.condition
            let fitting = rows.filter { $0.attributes.contains(target.attribute) && $0.conditions.contains(condition) }
            if fitting.isEmpty { self.unmapped.append(target) }
            for row in fitting { self.fields[row.policyType, default: []].append(Field(row: row, target: target)) }
        }
    }

    var isEmpty: Bool { self.fields.isEmpty }

    /// The objectives of one type. `current` are those the RIC holds: what is not said again stays, and relative changes start from them.
    func value(for type: String, current: JSONValue?, _ expectation: Expectation) throws(PlanningStop) -> (objectives: JSONValue, figures: [Figure]) {
        var members = current?.object ?? [:]
        var figures: [Figure] = []
        var said: [String: Double] = [:]
        for field in self.fields[type] ?? [] {
            let row = field.row
            let value = try PolicyObjectives.value(of: field, current: current?[row.field]?.number, expectation)
            if let range = row.range, !range.contains(value) {
                let (low, high) = (JSONValue.number(range.lowerBound).text, JSONValue.number(range.upperBound).text)
                throw .ask(
                    expectation, "targets.\(field.target.attribute)",
                    "\(field.target.attribute) must lie within \(low) and \(high) \(row.fieldUnit). Which value?",
                    // In the attribute's unit, which answers are in.
                    options: AllowedValues([range]).nearest(to: value).map { TargetValue.number($0 / row.factor).description })
            }
            if let other = said[row.field], other != value {
                throw .ask(expectation, "targets.\(field.target.attribute)", "Two different values are said for \(row.field). Which one?")
            }
            said[row.field] = value
            members[row.field] = .number(value)
            figures.append(PolicyObjectives.figure(field, value))
        }
        for field in self.fields[type] ?? [] {
            guard let limit = field.row.below, let most = members[limit]?.number, let least = members[field.row.field]?.number, least > most else { continue }
            throw .ask(
                expectation, "targets.\(field.target.attribute)",
                "\(field.row.field) would be \(JSONValue.number(least).text), more than \(limit) with \(JSONValue.number(most).text). Which value?"
            )
        }
        for (name, value) in (current?.object ?? [:]).sorted(by: { $0.key < $1.key }) where said[name] == nil {
            figures.append(Figure(name: name, value: value.text, source: .current, reason: "as the policy has it; the text does not change it"))
        }
        return (.object(members), figures)
    }

    private static func value(of field: Field, current: Double?, _ expectation: Expectation) throws(PlanningStop) -> Double {
        let (row, target) = (field.row, field.target)
        func ask(_ question: String) -> PlanningStop { .ask(expectation, "targets.\(target.attribute)", question) }
        var value: Double
        switch (target.condition, target.value) {
        case (.between, .range(let low, let high)): value = (row.bound == .high ? high : low) * row.factor
        case (_, .number(let number)):
            if target.condition.isRelative {
                guard let current else { throw ask("No present value of \(target.attribute) is known to change. Which value should it have?") }
                switch target.condition {
                case .increaseBy: value = current + number * row.factor
                case .decreaseBy: value = current - number * row.factor
                default: value = current * number
                }
                guard value > 0 else { throw ask("\(target.attribute) would become \(JSONValue.number(value).text). Which value should it have?") }
            } else {
                value = number * row.factor
            }
        default: throw ask("Which value should \(target.attribute) have?")
        }
        if row.whole {
            // Strictly less than a count is one less.
            if value == value.rounded() {
                if target.condition == .lessThan { value -= 1 }
                if target.condition == .greaterThan { value += 1 }
            }
            value = target.condition == .greaterThan || target.condition == .atLeast ? value.rounded(.up) : value.rounded(.down)
        }
        // Products such as 0.1 × 1000 × 3 carry binary noise no RIC should see.
        return (value * 1e6).rounded() / 1e6
    }

    private static func figure(_ field: Field, _ value: Double) -> Figure {
        let (row, target) = (field.row, field.target)
        let unit = Attribute.unit(of: target.attribute).map { " \($0)" } ?? ""
        var reason = "\(target.attribute) \(target.condition.rawValue) \(target.value)\(unit)"
        if let evidence = target.evidence { reason += " ('\(evidence)')" }
        if row.factor != 1 { reason += " × \(JSONValue.number(row.factor).text)" }
        if target.attribute == "throughput" || target.attribute == "bandwidth", row.field.contains("Dl") { reason += "; no direction is said, so downlink" }
        let text = JSONValue.number(value).text
        return Figure(name: row.field, value: row.fieldUnit.isEmpty ? text : "\(text) \(row.fieldUnit)", source: .text, reason: reason, step: target.step)
    }
}
