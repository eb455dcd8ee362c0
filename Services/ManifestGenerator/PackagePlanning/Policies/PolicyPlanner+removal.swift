import IntentModel
import JSONSchema

extension PolicyPlanner {
    /// Deletes our policies about the slice, the flows or the UE that is said; policies of others are left alone. Where objectives are said,
    /// only those go: a policy that has others keeps them.
    func removal(_ expectation: Expectation) async throws -> PolicyPlanningResult {
        let scope = PolicyScope(expectation: expectation, mapping: self.mapping, standardPLMN: self.plmn)
        let rics = try await self.directory.rics()
        guard !rics.isEmpty else {
            if self.hasPackage(expectation) { return .notMapped }
            throw PlanningStop.refuse(PolicyPlanner.noRIC)
        }
        let fiveQI = expectation.target("fiveQI")?.value.number.map { Int($0) }
        guard scope.slice != nil || fiveQI != nil || expectation.context.ue != nil else {
            if self.hasPackage(expectation) { return .notMapped }
            throw PlanningStop.ask(expectation, "context.slice", "Whose policies should go: of which slice (SST and SD), 5QI or UE?")
        }
        let objectives = PolicyObjectives(expectation, self.mapping)
        if !objectives.unmapped.isEmpty {
            let words = objectives.unmapped.map(\.attribute).joined(separator: ", ")
            throw PlanningStop.refuse(PolicyPlanner.noMapping("No A1 policy type has a field for \(words)."))
        }
        var names = self.typeNames(for: expectation.object)
        if !objectives.isEmpty { names.formIntersection(self.mapping.policyTypes.filter { objectives.fields[$0.id] != nil }.map(\.name)) }
        let held = try await self.directory.policies().filter { policy in
            guard let identity = PolicyIdentity(policy.policyId), names.contains(identity.type) else { return false }
            if let slice = scope.slice, !identity.concerns(sst: slice.sst, sd: slice.sd) { return false }
            if let fiveQI, !identity.parts.contains("5qi-\(fiveQI)") { return false }
            if let ue = expectation.context.ue, !identity.parts.contains("ue-\(ue.lowercased())") { return false }
            if let plmn = expectation.context.plmn, identity.parts.contains(where: { $0.hasPrefix("plmn-") }), !identity.parts.contains("plmn-\(plmn)") {
                return false
            }
            return true
        }
        var notes = try await self.unnamed()
        var targets = held
        // A RIC that does not answer may hold what the others hold.
        for ric in rics where !ric.available {
            let known = Set(held.map { [$0.policyType, $0.policyId] })
            targets += known.sorted { $0.joined() < $1.joined() }.map { PolicyReference(ric: ric.name, policyType: $0[0], policyId: $0[1]) }
            notes.append("The RIC \(ric.name) does not answer: policies only it holds are not known and stay.")
        }
        if targets.isEmpty {
            notes.append("The RICs hold no policy of ours for it.")
            // Said as a change of its own, so that nobody looks for another way to meet the expectation.
            guard !self.hasPackage(expectation), let type = self.mapping.policyTypes.first(where: { names.contains($0.name) }) else {
                return .policies([], notes: notes)
            }
            let identity = PolicyIdentity(type: type.name, scope: try scope.value(for: type, complete: false).scope)
            return .policies(
                [PolicyChange(policyId: identity.policyId, policyType: type.id, change: .none, document: "", expectations: [expectation.id])], notes: notes)
        }
        var changes: [PolicyChange] = []
        for target in targets {
            let document = try await self.directory.document(of: target)
            var change = PolicyChange(
                policyId: target.policyId, policyType: target.policyType, ric: target.ric, change: .delete, document: "", expectations: [expectation.id],
                previous: document)
            if let fields = objectives.fields[target.policyType], let left = self.without(fields.map(\.row.field), document, of: target.policyType) {
                (change.change, change.document) = (.put, left.text)
                change.figures = fields.map { Figure(name: $0.row.field, value: "none", source: .text, reason: "the text takes it away; the rest stays") }
            }
            changes.append(change)
        }
        return .policies(changes, notes: notes)
    }

    /// A document without some of its objectives; nil when none would be left, or nothing is known of it.
    private func without(_ fields: [String], _ document: String?, of type: String) -> JSONValue? {
        guard let name = self.mapping.policyType(type)?.objectives, var value = document.flatMap({ try? JSONValue(parsing: $0) }),
            let left = value[name]?.object?.filter({ !fields.contains($0.key) }), !left.isEmpty
        else { return nil }
        value[name] = .object(left)
        return value
    }

    /// The types an object's policies may be of; a slice takes everything about it along.
    private func typeNames(for object: ObjectReference) -> Set<String> {
        if object.kind == .networkSlice { return Set(self.mapping.policyTypes.map(\.name)) }
        var ids = Set(self.mapping.rows(for: object).map(\.policyType))
        if self.mapping.isSteering(object) { ids.insert(self.mapping.steering.policyType) }
        return Set(self.mapping.policyTypes.filter { ids.contains($0.id) }.map(\.name))
    }
}
