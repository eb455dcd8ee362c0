import IntentModel
import JSONSchema

/// The objects of one managed element, as it says now, and which of them a text means. Never chooses among several.
struct ManagedObjects {
    struct Object: Equatable {
        /// Distinguished name within the element, `ManagedElement=1,GNBDUFunction=1,NRCellDU=5` (TS 32.300).
        var id: String
        var attributes: JSONValue
        /// Why it is this one.
        var reason = ""

        /// The value of the last part of its name.
        var name: String { self.id.split(separator: "=").last.map(String.init) ?? self.id }
    }

    private let element: String
    private let directory: any RICDirectory
    private let classes: [String: RANMapping.ObjectClass]

    init(of element: String, directory: any RICDirectory, classes: [String: RANMapping.ObjectClass]) {
        self.element = element
        self.directory = directory
        self.classes = classes
    }

    func object(_ name: String, _ expectation: Expectation) async throws -> Object {
        guard let place = self.classes[name] else {
            throw PlanningStop.refuse(PolicyPlanner.noMapping("Where the object of \(name) is is not in the table."))
        }
        if expectation.context.cell == nil, place.place == .below { return try await self.ofElement(name, expectation) }
        let cell = try await self.cell(place.cell, expectation)
        switch place.place {
        case .itself: return cell
        case .below: return try await self.below(cell, name)
        case .reference: return try await self.referred(by: place.attribute ?? "", of: cell, name)
        }
    }

    private func all(_ name: String) async throws -> [Object] {
        try await self.directory.objects(of: self.element, class: name).sorted { $0.key < $1.key }.compactMap { id, text in
            (try? JSONValue(parsing: text)).map { Object(id: id, attributes: $0) }
        }
    }

    /// By its id, alone or after "cell-", or by its local identity; its whole name decides between several.
    private func cell(_ name: String, _ expectation: Expectation) async throws -> Object {
        let cells = try await self.all(name)
        guard !cells.isEmpty else { throw PlanningStop.refuse(self.absent("\(self.element) has no \(name).")) }
        func ask(_ question: String, _ options: [Object]) -> PlanningStop {
            .ask(expectation, "context.cell", question, options: options.prefix(8).map(\.id))
        }
        guard let said = expectation.context.cell else { throw ask("Which cell of \(self.element)?", cells) }
        if var cell = cells.first(where: { $0.id == said }) {
            cell.reason = "the cell that was chosen"
            return cell
        }
        let word = said.lowercased()
        let digits = word.hasPrefix("cell-") ? String(word.dropFirst(5)) : word
        let fitting = cells.filter { cell in
            [word, digits, "cell-\(digits)"].contains(cell.name.lowercased()) || cell.attributes["cellLocalId"]?.integer.map { "\($0)" == digits } == true
        }
        guard var cell = fitting.first else { throw ask("\(self.element) has no cell '\(said.prefix(64))'. Which one is meant?", cells) }
        guard fitting.count == 1 else { throw ask("'\(said.prefix(64))' fits several cells of \(self.element). Which one is meant?", fitting) }
        cell.reason = "cell \(said)\(cell.name.lowercased() == digits ? "" : ", by its \(cell.name.lowercased().hasSuffix(digits) ? "name" : "cellLocalId")")"
        return cell
    }

    private func below(_ cell: Object, _ name: String) async throws -> Object {
        let held = try await self.all(name).filter { $0.id.hasPrefix("\(cell.id),") }
        guard var object = held.first, held.count == 1 else {
            throw PlanningStop.refuse(
                self.absent(
                    "\(cell.id) of \(self.element) has \(held.isEmpty ? "no" : "more than one") \(name) of its own, so that it cannot be set for this cell."))
        }
        object.reason = "the one of \(cell.reason)"
        return object
    }

    private func ofElement(_ name: String, _ expectation: Expectation) async throws -> Object {
        let held = try await self.all(name).filter { $0.id.split(separator: ",").count == 2 }
        guard var object = held.first, held.count == 1 else {
            throw PlanningStop.ask(expectation, "context.cell", "\(self.element) has no one \(name) for all its cells. For which cell?")
        }
        object.reason = "the one of the whole element, since no cell is named"
        return object
    }

    private func referred(by attribute: String, of cell: Object, _ name: String) async throws -> Object {
        let names = (cell.attributes[attribute]?.array ?? []).compactMap(\.string)
        // A name may begin above the element.
        let held = try await self.all(name).filter { object in names.contains { $0 == object.id || $0.hasSuffix(",\(object.id)") } }
        guard var object = held.first, held.count == 1 else {
            throw PlanningStop.refuse(
                self.absent(
                    "\(cell.id) of \(self.element) names \(held.isEmpty ? "no" : "more than one") \(name) in its \(attribute), so that none is the one to change."
                ))
        }
        object.reason = "the one of \(cell.reason), by its \(attribute)"
        return object
    }

    private func absent(_ detail: String) -> Problem {
        Problem(status: 422, code: "o1_no_such_object", title: "The element does not have it", detail: detail)
    }
}
