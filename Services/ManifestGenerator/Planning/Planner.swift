package import IntentModel

/// From an interpretation and what is published, the plan: which packages change to which content, and which
/// policies. Deterministic: the same interpretation on the same inventory gives the same bytes. It changes nothing.
package struct Planner: Sendable {
    let catalogue: Catalogue
    let policy: ApprovalPolicy
    /// Names of the clusters packages can go to; empty for the one called `default`.
    let clusters: [String]
    let policies: (any PolicyPlanning)?
    let renderer: PackageRenderer

    package init(catalogue: Catalogue, policy: ApprovalPolicy? = nil, clusters: [String] = [], policies: (any PolicyPlanning)? = nil) {
        self.catalogue = catalogue
        self.policy = policy ?? catalogue.approval
        self.clusters = clusters
        self.policies = policies
        self.renderer = PackageRenderer(catalogue: catalogue)
    }

    /// `acceptedAt` is the instant the intent was accepted (RFC 3339): it marks a restart, so that planning the same
    /// intent again restarts nothing twice. Without it the published tree is the mark. `now` is Unix milliseconds, for time windows.
    /// Throws what the inventory or the policy planning throws; everything the operator can mend is an outcome.
    package func plan(_ interpretation: Interpretation, request: IntentRequest, inventory: any InventorySource, acceptedAt: String? = nil, now: Int64)
        async throws
        -> PlanOutcome
    {
        switch interpretation.decision {
        case .accepted: break
        case .needsClarification: return .clarify(interpretation.clarifications)
        case .refused:
            return .refuse(
                Problem(
                    status: 422, code: "intent_refused", title: "The intent is refused", detail: interpretation.refusal?.detail ?? "There is nothing to act on."
                ))
        }
        var draft = PlanDraft()
        var questions: [Clarification] = []
        for expectation in interpretation.expectations {
            let step = PlanningStep(planner: self, expectation: expectation, request: request, inventory: inventory, acceptedAt: acceptedAt)
            do {
                try await step.plan(into: &draft)
            } catch PlanningStop.ask(let more) {
                for question in more where !questions.contains(question) { questions.append(question) }
            } catch PlanningStop.refuse(let problem) {
                return .refuse(problem)
            } catch let error as PackageContents.Unreadable {
                return .refuse(
                    Problem(status: 409, code: "package_unreadable", title: "A published package cannot be read", detail: "\(error.path): \(error.reason)"))
            }
        }
        if !questions.isEmpty { return .clarify(questions) }
        do {
            try self.decideWindow(&draft, interpretation: interpretation, now: now)
        } catch {
            switch error {
            case .ask(let questions): return .clarify(questions)
            case .refuse(let problem): return .refuse(problem)
            }
        }
        self.decideApproval(&draft, interpretation: interpretation, request: request)
        if interpretation.expectations.isEmpty { draft.note("There is nothing left to do.") }
        return draft.outcome()
    }

    private func decideApproval(_ draft: inout PlanDraft, interpretation: Interpretation, request: IntentRequest) {
        let changed = draft.packages.filter { $0.change != .none }
        let policies = draft.policies.filter { $0.change == .put || $0.change == .delete }
        guard !changed.isEmpty || !policies.isEmpty else { return }
        for package in changed {
            let name = "\(package.identity.instance) in \(package.identity.namespace)"
            for verb in self.policy.verbs where package.verbs.contains(verb) { draft.approve("\(name): \(verb.rawValue) waits for approval") }
            if let after = package.replicas.after, package.change != .delete,
                let reason = self.policy.replicas(of: name, from: package.replicas.before, to: after)
            {
                draft.approve(reason)
            }
            if let ceiling = package.ceiling.after, ceiling > self.policy.maximumReplicas, ceiling > (package.ceiling.before ?? 0) {
                draft.approve("\(name) may scale to \(ceiling) replicas, more than \(self.policy.maximumReplicas)")
            }
            for expectation in interpretation.expectations where package.expectations.contains(expectation.id) {
                if let reason = self.policy.production(namespace: package.identity.namespace, cluster: package.identity.cluster, context: expectation.context) {
                    draft.approve("\(name) is production: \(reason)")
                }
            }
        }
        for change in policies {
            for expectation in interpretation.expectations where change.expectations.contains(expectation.id) {
                if self.policy.verbs.contains(expectation.verb) { draft.approve("policy \(change.policyId): \(expectation.verb.rawValue) waits for approval") }
                let namespace = expectation.context.namespace ?? request.namespace ?? "default"
                if let reason = self.policy.production(namespace: namespace, cluster: expectation.context.cluster ?? "", context: expectation.context) {
                    draft.approve("policy \(change.policyId) is production: \(reason)")
                }
            }
        }
        if request.approval == .required { draft.approve("the request asks for approval") }
    }
}
