import IntentModel

/// Settings of the network: what a function is told by its own configuration or not at all. One that its catalogue entry has no place for
/// is refused: published, it would roll the pods and change nothing.
extension PlanningStep {
    /// What a change says of one of the functions that it changes alike: without the settings that only others of them have, and without
    /// the identifiers that say where. Nil when that is nothing. Refuses a setting that none of them has.
    func part(of entry: FunctionEntry, among all: [FunctionEntry]) throws -> Expectation? {
        let verb = self.expectation.verb
        guard verb == .configure || verb == .scale || verb == .optimize, entry.workload != .none else { return self.expectation }
        var part = self.expectation
        var missing: [String] = []
        func isElsewhere(_ name: String) -> Bool { all.contains { $0.configurable.contains(name) } }
        for name in part.context.identifiers {
            if verb == .configure, entry.configurable.contains(name) { continue }
            // To any other verb an identifier says where; so does one beside what is to be configured, of those that things lie in.
            let isPlace = verb != .configure || ["slice", "cell", "gnb"].contains(name) && !part.targets.isEmpty
            if !isPlace, !isElsewhere(name) { missing.append(name) }
            part.context.forget(name)
        }
        for target in part.targets where self.catalogue.rules.configured.contains(target.attribute) && !entry.configurable.contains(target.attribute) {
            if !isElsewhere(target.attribute) { missing.append(target.attribute) }
            part.targets.removeAll { $0.attribute == target.attribute }
        }
        if !missing.isEmpty { throw self.noPlace(for: missing, in: all) }
        return all.count > 1 && part != self.expectation && part.saysNothing ? nil : part
    }

    /// Notes what a new function cannot be told: it is deployed all the same, since that is what was asked for.
    func noteSettings(of entry: FunctionEntry, form: ClusterEntry.Form, draft: inout PlanDraft) {
        guard entry.workload != .none, entry.isToldBy(form) else { return }
        // What lies in a slice, a cell or at a gNB need not know it.
        let missing =
            self.context.identifiers.filter { ["plmn", "tac", "dnn"].contains($0) && !entry.configurable.contains($0) }
            + self.expectation.targets.map(\.attribute).filter { self.catalogue.rules.configured.contains($0) && !entry.configurable.contains($0) }
        for name in missing {
            draft.note("The configuration of \(entry.code) has no place for \(name) in the catalogue: it is in \(Parameters.file) alone.")
        }
    }

    /// Whether settings reach a published instance by the configuration of its catalogue entry.
    func isTold(_ item: InventoryItem, entry: FunctionEntry, draft: PlanDraft) async throws -> Bool {
        guard entry.isToldBy(.kubernetes) else { return false }
        let identity = self.identity(of: item)
        guard entry.nephio != nil, let files = try await self.package(identity, draft: draft)?.files else { return true }
        var contents = PackageContents(files)
        return try contents.nephioParameters(of: identity) == nil
    }

    private func noPlace(for names: [String], in entries: [FunctionEntry]) -> PlanningStop {
        let functions = entries.map(\.code).uniqued.joined(separator: ", ")
        let words = names.uniqued.joined(separator: ", ")
        return .refuse(
            Problem(
                status: 422, code: "not_mapped", title: "Nothing there takes this setting",
                detail: "The configuration of \(functions) has no place for \(words) in the catalogue: published, it would change nothing."))
    }
}

extension FunctionEntry {
    /// The settings that its configuration has places for, under the names of the context and of attributes.
    var configurable: Set<String> {
        guard let configuration = self.configuration else { return [] }
        var names: Set<String> = []
        for template in [configuration.content] + configuration.besides.map(\.content) {
            for case .value(let name) in template.parts { names.insert(TemplateValues.fields[name] ?? name) }
        }
        return names
    }

    /// A function the catalogue does not know, and an operator's, read parameters by themselves.
    func isToldBy(_ form: ClusterEntry.Form) -> Bool { self.code != Self.customCode && !(form == .nephio && self.nephio != nil) }
}

extension Context {
    /// Which identifiers of the network it has.
    var identifiers: [String] {
        [
            ("plmn", self.plmn != nil), ("tac", self.tac != nil), ("dnn", self.dnn != nil), ("slice", self.slice != nil), ("cell", self.cell != nil),
            ("gnb", self.gnb != nil),
        ].filter(\.1).map(\.0)
    }

    mutating func forget(_ identifier: String) {
        switch identifier {
        case "plmn": self.plmn = nil
        case "tac": self.tac = nil
        case "dnn": self.dnn = nil
        case "slice": self.slice = nil
        case "cell": self.cell = nil
        case "gnb": self.gnb = nil
        default: break
        }
    }
}

extension Expectation {
    /// Nothing that would change a function.
    var saysNothing: Bool {
        self.targets.isEmpty && self.context.identifiers.isEmpty && (self.context.qualities ?? []).isEmpty && (self.context.depends ?? []).isEmpty
            && self.context.region == nil && self.context.zone == nil && self.context.site == nil
    }
}
