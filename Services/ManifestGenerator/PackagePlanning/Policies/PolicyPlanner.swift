package import IntentModel
import JSONSchema

/// Plans the A1 policies of an expectation by the table `ran-mapping.yaml`. Deterministic for the same expectation, table and state of
/// the RICs; asks for what a policy's scope needs and nobody said; refuses what no policy can express.
package struct PolicyPlanner: PolicyPlanning {
    let mapping: RANMapping
    let directory: any RICDirectory
    /// PLMN of the installation, `MCC-MNC`, for texts that name none; nil asks.
    let plmn: String?

    package init(directory: any RICDirectory, mapping: RANMapping, plmn: String? = nil) {
        self.directory = directory
        self.mapping = mapping
        self.plmn = plmn
    }

    /// With the table that is part of the program.
    package init(directory: any RICDirectory, plmn: String? = nil) throws(CatalogueError) {
        self.init(directory: directory, mapping: try RANMapping.bundled(), plmn: plmn)
    }

    package func policies(for expectation: Expectation, request: IntentRequest) async throws -> PolicyPlanningResult {
        guard self.concerns(expectation) else { return .notMapped }
        do {
            switch expectation.verb {
            case .report, .restart, .migrate, .rollback: return .notMapped
            case .remove, .deploy, .scale, .configure, .optimize:
                let managed = self.managed(in: expectation)
                if !managed.isEmpty {
                    let configured = try await self.configuration(expectation, managed)
                    var rest = expectation
                    rest.targets.removeAll { target in managed.contains { $0.target == target } }
                    guard rest.targets.contains(where: { !self.mapping.scopeAttributes.contains($0.attribute) }) else { return configured }
                    return PolicyPlanner.joined(configured, try await self.policies(for: rest, request: request))
                }
                if expectation.verb == .remove { return try await self.removal(expectation) }
                if let reason = self.mapping.refusal(of: expectation.object) { throw PlanningStop.refuse(PolicyPlanner.noMapping(reason)) }
                if self.mapping.isSteering(expectation.object) { return try await self.steering(expectation) }
                return try await self.objectives(expectation)
            }
        } catch PlanningStop.ask(let questions) {
            return .clarify(questions)
        } catch PlanningStop.refuse(let problem) {
            return .refuse(problem)
        }
    }

    private func concerns(_ expectation: Expectation) -> Bool {
        let object = expectation.object
        return !self.managed(in: expectation).isEmpty || !self.mapping.rows(for: object).isEmpty || self.mapping.isSteering(object)
            || self.mapping.refusal(of: object) != nil
    }

    /// A slice has a package of its own besides its policies.
    func hasPackage(_ expectation: Expectation) -> Bool { expectation.object.kind == .networkSlice && expectation.verb != .optimize }

    // MARK: Objectives

    private func objectives(_ expectation: Expectation) async throws -> PolicyPlanningResult {
        let objectives = PolicyObjectives(expectation, self.mapping)
        var notes: [String] = []
        if !objectives.unmapped.isEmpty {
            let words = objectives.unmapped.map { "\($0.attribute) \($0.condition.rawValue) \($0.value)" }.joined(separator: ", ")
            guard self.hasPackage(expectation) else {
                throw PlanningStop.refuse(PolicyPlanner.noMapping("No A1 policy type has a field for \(words)."))
            }
            notes.append("No A1 policy type has a field for \(words): it stays in the slice's service profile and is not enforced by the RAN.")
        }
        guard !objectives.isEmpty else {
            if self.hasPackage(expectation) { return notes.isEmpty ? .notMapped : .policies([], notes: notes) }
            if expectation.targets.isEmpty, expectation.object.kind == .networkSlice { return .notMapped }
            throw PlanningStop.ask(
                expectation, "targets", "What should be reached: a latency, a throughput, a priority level?",
                options: ["latency", "throughput", "priorityLevel"])
        }

        let scope = PolicyScope(expectation: expectation, mapping: self.mapping, standardPLMN: self.plmn)
        let types = self.mapping.policyTypes.filter { objectives.fields[$0.id] != nil }
        let rics = try await self.directory.rics()
        guard !rics.isEmpty else { return try self.withoutRIC(expectation, objectives, scope, types, notes) }
        notes += try await self.unnamed()

        var changes: [PolicyChange] = []
        for type in types {
            let (scopeValue, scopeFigures) = try scope.value(for: type)
            let identity = PolicyIdentity(type: type.name, scope: scopeValue)
            let takers = self.takers(of: type, among: rics, &notes)
            if takers.isEmpty {
                let reason = "No configured RIC offers the policy type \(type.id)."
                guard self.hasPackage(expectation) else {
                    throw PlanningStop.refuse(Problem(status: 422, code: "policy_type_not_offered", title: "Not possible with these RICs", detail: reason))
                }
                changes.append(
                    PolicyChange(
                        policyId: identity.policyId, policyType: type.id, change: .skip, document: "{}", expectations: [expectation.id], reason: reason))
                notes.append(reason)
                continue
            }
            let present = try await self.present(identity, type, takers)
            for ric in takers {
                // While a RIC does not answer, what the others hold is the best that is known.
                let document = present[ric.name] ?? (ric.available ? nil : present.sorted { $0.key < $1.key }.first?.value)
                let (value, figures) = try objectives.value(for: type.id, current: document?[type.objectives], expectation)
                let desired: JSONValue = ["scope": scopeValue, type.objectives: value]
                changes.append(
                    PolicyChange(
                        policyId: identity.policyId, policyType: type.id, ric: ric.name, change: present[ric.name] == desired ? .none : .put,
                        document: desired.text, expectations: [expectation.id], figures: scopeFigures + figures,
                        previous: ric.available ? present[ric.name]?.text ?? "" : nil
                    ))
            }
        }
        if changes.allSatisfy({ $0.change == .none }) { notes.append("The RICs hold these policies already.") }
        return .policies(changes, notes: notes)
    }

    private func withoutRIC(
        _ expectation: Expectation, _ objectives: PolicyObjectives, _ scope: PolicyScope, _ types: [RANMapping.PolicyType], _ notes: [String]
    ) throws(PlanningStop) -> PolicyPlanningResult {
        guard self.hasPackage(expectation) else { throw .refuse(PolicyPlanner.noRIC) }
        let reason = "No RIC is configured, so the RAN does not enforce it; set A1_URL on oran-adaptor."
        var changes: [PolicyChange] = []
        for type in types {
            let (scopeValue, scopeFigures) = try scope.value(for: type, complete: false)
            let (value, figures) = try objectives.value(for: type.id, current: nil, expectation)
            let document: JSONValue = ["scope": scopeValue, type.objectives: value]
            changes.append(
                PolicyChange(
                    policyId: PolicyIdentity(type: type.name, scope: scopeValue).policyId, policyType: type.id, change: .skip, document: document.text,
                    expectations: [expectation.id], figures: scopeFigures + figures, reason: reason
                ))
        }
        return .policies(changes, notes: notes + [reason])
    }

    // MARK: Steering

    private func steering(_ expectation: Expectation) async throws -> PolicyPlanningResult {
        let steering = self.mapping.steering
        let stray = expectation.targets.filter {
            !steering.attributes.contains($0.attribute) && !self.mapping.scopeAttributes.contains($0.attribute)
                && !self.mapping.elsewhere.contains($0.attribute)
        }
        if !stray.isEmpty {
            throw PlanningStop.refuse(PolicyPlanner.noMapping("A traffic steering policy has no field for \(stray.map(\.attribute).joined(separator: ", "))."))
        }
        guard let type = self.mapping.policyType(steering.policyType) else { return .notMapped }
        let rics = try await self.directory.rics()
        guard !rics.isEmpty else { throw PlanningStop.refuse(PolicyPlanner.noRIC) }

        let scope = PolicyScope(expectation: expectation, mapping: self.mapping, standardPLMN: self.plmn)
        var (scopeValue, figures) = try scope.value(for: type)
        let words = expectation.targets.compactMap(\.value.text).flatMap { $0.lowercased().split { !$0.isLetter }.map(String.init) }
        let said = Set(words.compactMap { steering.words[$0] })
        guard said.count <= 1 else {
            throw PlanningStop.ask(expectation, "targets.feature", "Should the cell be preferred or avoided?", options: ["prefer", "avoid"])
        }
        let preference = said.first ?? steering.standard
        figures.append(
            Figure(
                name: "preference", value: preference, source: said.isEmpty ? .default : .text,
                reason: said.isEmpty ? "the text says nothing stronger" : "as the text says"))

        let number = try self.cell(expectation)
        let cell: JSONValue = ["plmnId": try scope.plmn(&figures), "cId": ["ncI": .number(Double(number))]]
        figures.append(Figure(name: "cell", value: String(number), source: .text, reason: "the text says so"))
        let desired: JSONValue = ["scope": scopeValue, type.objectives: [["cellIdList": [cell], "preference": .string(preference)]]]
        let identity = PolicyIdentity(type: type.name, scope: scopeValue)
        var notes = try await self.unnamed()
        let takers = self.takers(of: type, among: rics, &notes)
        guard !takers.isEmpty else {
            throw PlanningStop.refuse(
                Problem(
                    status: 422, code: "policy_type_not_offered", title: "Not possible with these RICs",
                    detail: "No configured RIC offers the policy type \(type.id)."))
        }
        let present = try await self.present(identity, type, takers)
        let changes = takers.map { ric in
            PolicyChange(
                policyId: identity.policyId, policyType: type.id, ric: ric.name, change: present[ric.name] == desired ? .none : .put, document: desired.text,
                expectations: [expectation.id], figures: figures, previous: ric.available ? present[ric.name]?.text ?? "" : nil
            )
        }
        return .policies(changes, notes: notes)
    }

    /// The NR cell identity, 36 bits: digits, alone or after a word ("cell-5").
    private func cell(_ expectation: Expectation) throws(PlanningStop) -> Int {
        let digits = expectation.context.cell.map { $0.reversed().prefix { $0.isASCII && $0.isNumber }.reversed() }.map { String($0) }
        guard let digits, let value = Int(digits), (0...68_719_476_735).contains(value) else {
            throw .ask(expectation, "context.cell", "Which cell? A1 names it by its NR cell identity, a number.")
        }
        return value
    }

    // MARK: RICs

    /// What is planned for all RICs may be for some; who reads the plan is told.
    func unnamed() async throws -> [String] {
        guard let reason = try await self.directory.unnamed() else { return [] }
        return ["RICs of the A1 policy management service are not known and get no policy: \(reason)."]
    }

    /// The RICs that take a type; one that does not answer and whose types are unknown is counted in and told about.
    private func takers(of type: RANMapping.PolicyType, among rics: [RICInfo], _ notes: inout [String]) -> [RICInfo] {
        var takers: [RICInfo] = []
        for ric in rics {
            if ric.policyTypes.contains(type.id) || (!ric.available && ric.policyTypes.isEmpty) {
                takers.append(ric)
                let note = "The RIC \(ric.name) does not answer: its policies are put in place when it does."
                if !ric.available, !notes.contains(note) { notes.append(note) }
            } else {
                notes.append("The RIC \(ric.name) does not offer \(type.id): it gets no such policy.")
            }
        }
        return takers
    }

    private func present(_ identity: PolicyIdentity, _ type: RANMapping.PolicyType, _ rics: [RICInfo]) async throws -> [String: JSONValue] {
        var documents: [String: JSONValue] = [:]
        for ric in rics where ric.available {
            let reference = PolicyReference(ric: ric.name, policyType: type.id, policyId: identity.policyId)
            if let text = try await self.directory.document(of: reference), let document = try? JSONValue(parsing: text) { documents[ric.name] = document }
        }
        return documents
    }

    static let noRIC = Problem(
        status: 422, code: "no_ric_configured", title: "No RIC to apply it",
        detail: "The intent changes the RAN through A1 policies, and no Near-RT RIC is configured: set A1_URL on oran-adaptor (name=URL,…)."
    )

    static func noMapping(_ detail: String) -> Problem {
        Problem(status: 422, code: "no_ran_mapping", title: "Nothing in the RAN corresponds to it", detail: detail)
    }
}
