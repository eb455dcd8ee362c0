package import IntentModel
import JSONSchema

/// What is configured over O1 at a managed element: shares of radio resources, and attributes of objects that the element has.
extension PolicyPlanner {
    typealias Managed = (row: RANMapping.ManagedRow, target: Target)

    func managed(in expectation: Expectation) -> [Managed] {
        expectation.targets.compactMap { target in self.mapping.managedRow(for: expectation, target).map { ($0, target) } }
    }

    package func isManaged(_ target: Target, in expectation: Expectation) -> Bool { self.mapping.managedRow(for: expectation, target) != nil }

    /// The changes of the objects that the targets are about.
    func configuration(_ expectation: Expectation, _ managed: [Managed]) async throws -> PolicyPlanningResult {
        let shares = managed.filter { $0.row.managedClass == Self.shareClass }
        let attributes = managed.filter { $0.row.managedClass != Self.shareClass }
        if attributes.isEmpty { return try await self.shares(expectation, shares) }
        let result = try await self.attributes(expectation, attributes)
        return shares.isEmpty ? result : Self.joined(try await self.shares(expectation, shares), result)
    }

    static func joined(_ first: PolicyPlanningResult, _ second: PolicyPlanningResult) -> PolicyPlanningResult {
        switch (first, second) {
        case (.policies(let changes, let notes), .policies(let more, let moreNotes)): .policies(changes + more, notes: notes + moreNotes)
        case (.policies, .notMapped): first
        default: second
        }
    }

    /// Said as the object (`du-3`) or as the place of the cell; never chosen.
    func element(of expectation: Expectation) async throws -> String {
        let elements = try await self.directory.elements()
        guard !elements.isEmpty else {
            throw PlanningStop.refuse(Self.noElement("It is configured over O1, and no managed element is named: set O1_ELEMENTS on oran-adaptor."))
        }
        let named = expectation.object.kind == .networkFunction ? expectation.object.name : nil
        guard let name = named ?? expectation.context.gnb else {
            throw PlanningStop.ask(expectation, "context.gnb", "On which managed element?", options: Array(elements.prefix(8)))
        }
        guard let element = elements.first(where: { $0 == name.lowercased() }) else {
            throw PlanningStop.ask(
                expectation, "context.gnb", "No managed element is called '\(name)'. Which one is meant?", options: Array(elements.prefix(8)))
        }
        return element
    }

    static func noElement(_ detail: String) -> Problem {
        Problem(status: 422, code: "no_o1_element", title: "No managed element to configure", detail: detail)
    }
}
