import IntentModel
import JSONSchema

extension Planner {
    /// Asks the policy about every object that the draft changes. What it refuses ends the plan.
    func decideApproval(_ draft: inout PlanDraft, interpretation: Interpretation, request: IntentRequest) -> Problem? {
        let packages = draft.packages.filter { $0.change != .none }
        let policies = draft.policies.filter { $0.change == .put || $0.change == .delete }
        let count = packages.count + policies.count
        guard count > 0 else { return nil }
        var refused: [ApprovalPolicy.Verdict] = []
        func judge(_ change: ProposedChange) {
            for verdict in self.policy.verdicts(on: change) {
                switch verdict.effect {
                case .approve: draft.approve(verdict.reason)
                case .refuse: if !refused.contains(verdict) { refused.append(verdict) }
                }
            }
        }
        func expectations(_ ids: [String]) -> [Expectation] { interpretation.expectations.filter { ids.contains($0.id) } }
        for package in packages {
            for var change in self.changes(of: package, expectations(package.expectations), request) {
                change.count = count
                judge(change)
            }
        }
        for policy in policies {
            for expectation in expectations(policy.expectations) {
                var change = ProposedChange(
                    name: "policy \(policy.policyId)", action: policy.change == .delete ? .delete : .put, verbs: [expectation.verb],
                    namespace: expectation.context.namespace ?? request.namespace ?? "default", cluster: expectation.context.cluster ?? request.cluster ?? "",
                    by: request.requestedBy, tenant: request.tenant)
                change.objects = Set(RANMapping.keys(of: expectation.object))
                change.environment = expectation.context.environment
                change.isUnscoped = PolicyIdentity(policy.policyId)?.isUnscoped ?? false
                if policy.interface == .o1 { change.name = "\(policy.policyId) of \(policy.ric ?? "the element")" }
                if let state = policy.administrativeState { change.amounts["cellsInService"] = .init(before: 1, after: state == "LOCKED" ? 0 : 1) }
                change.count = count
                judge(change)
            }
        }
        if request.approval == .required { draft.approve("the request asks for approval") }
        guard !refused.isEmpty else { return nil }
        return Problem(
            status: 403, code: "policy_refused", title: "Refused by the policy",
            detail: refused.map { "\($0.rule): \($0.reason)" }.joined(separator: "; ") + ".",
            errors: refused.map { .init(pointer: "/policy/\($0.rule)", detail: $0.reason) })
    }

    /// The change of a package as each expectation it meets has it.
    private func changes(of package: PlanDraft.Package, _ expectations: [Expectation], _ request: IntentRequest) -> [ProposedChange] {
        let identity = package.identity
        let action: ProposedChange.Action =
            switch package.change {
            case .create: .create
            case .delete: .delete
            case .update, .none: .update
            }
        return expectations.map { expectation in
            var change = ProposedChange(
                name: "\(identity.instance) in \(identity.namespace)", action: action, verbs: [expectation.verb], namespace: identity.namespace,
                cluster: identity.cluster, by: request.requestedBy, tenant: request.tenant)
            change.objects = Set(RANMapping.keys(of: expectation.object))
            change.function = identity.function
            change.instance = identity.instance
            change.environment = expectation.context.environment
            change.isUnscoped = identity.function == FunctionEntry.policyCode && expectation.context.isUnscoped && request.namespace == nil
            if package.change != .delete { change.amounts = package.amounts }
            return change
        }
    }
}

extension PlanDraft.Package {
    /// What of its size is known afterwards, and what was there before.
    var amounts: [String: ProposedChange.Amount] {
        guard let after = self.states.after else { return [:] }
        var amounts: [String: ProposedChange.Amount] = [:]
        func add(_ name: String, _ value: (WorkloadState) -> Int?, unit: Double = 1) {
            guard let now = value(after) else { return }
            amounts[name] = ProposedChange.Amount(before: self.states.before.flatMap(value).map { Double($0) / unit }, after: Double(now) / unit)
        }
        add("replicas", { $0.replicas })
        add("minReplicas", { $0.autoscaling?.minimum })
        add("maxReplicas", { $0.autoscaling?.maximum })
        add("cpu", { $0.cpuRequest }, unit: 1000)
        add("memory", { $0.memoryRequest })
        add("storage", { $0.storage })
        return amounts
    }
}

extension PolicyChange {
    /// What a cell's becomes; nil for what changes none. A change to what it is already is no change.
    fileprivate var administrativeState: String? {
        guard self.interface == .o1, self.policyType == "NRCellDU" else { return nil }
        return (try? JSONValue(parsing: self.document))?["administrativeState"]?.string
    }
}

extension PolicyIdentity {
    /// For all slices and UEs of the network.
    fileprivate var isUnscoped: Bool { !self.parts.contains { $0.hasPrefix("sst-") || $0.hasPrefix("ue-") } }
}

extension Context {
    /// Names no place or user that an effect would be confined to.
    fileprivate var isUnscoped: Bool {
        self.namespace == nil && self.slice == nil && self.cell == nil && self.gnb == nil && self.ue == nil && self.tac == nil && self.dnn == nil
            && self.tenant == nil && self.site == nil && self.zone == nil && self.region == nil
    }
}
