package import IntentModel

/// From an interpretation and what is published, the plan: which packages change to which content, and which
/// policies. Deterministic: the same interpretation on the same inventory gives the same bytes. It changes nothing.
package struct Planner: Sendable {
    let catalogue: Catalogue
    package let policy: ApprovalPolicy
    /// Names of the clusters packages can go to; empty for the one called `default`.
    var clusters: [String]
    /// What is known of clusters.
    var inventory: [String: ClusterEntry]
    /// The two as the settings have them.
    let configuredClusters: [String]
    let configuredInventory: [String: ClusterEntry]
    /// What the O-Cloud adds to them.
    var cloud = CloudKnowledge.none
    /// Where something new goes whose place nobody named, when it is to be tried with one of several.
    var chosen: String?
    /// The form of packages where the inventory names none.
    let form: ClusterEntry.Form
    /// What published packages request, by tree.
    let published: PublishedRequests
    let policies: (any PolicyPlanning)?
    let renderer: PackageRenderer

    package init(
        catalogue: Catalogue, policy: ApprovalPolicy? = nil, clusters: [String] = [], inventory: [ClusterEntry] = [],
        form: ClusterEntry.Form = .kubernetes, policies: (any PolicyPlanning)? = nil
    ) {
        self.catalogue = catalogue
        self.policy = policy ?? catalogue.approval
        self.configuredClusters = clusters.isEmpty ? inventory.map(\.name) : clusters
        self.configuredInventory = Dictionary(inventory.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.clusters = self.configuredClusters
        self.inventory = self.configuredInventory
        self.form = form
        self.published = PublishedRequests()
        self.policies = policies
        self.renderer = PackageRenderer(catalogue: catalogue)
    }

    /// `settled` are the fields that a person has answered, as "e1 targets.replicas": what is settled is not asked about again.
    /// `acceptedAt` is the instant the intent was accepted (RFC 3339): it marks a restart, so that planning the same
    /// intent again restarts nothing twice. Without it the published tree is the mark. `now` is Unix milliseconds, for time windows.
    /// `room` tells what other plans have taken of clusters; the plan takes nothing by itself.
    /// Throws what the inventory, `room` or the policy planning throws; everything the operator can mend is an outcome.
    package func plan(
        _ interpretation: Interpretation, request: IntentRequest, inventory: any InventorySource, settled: Set<String> = [], acceptedAt: String? = nil,
        room: any RoomSource = NoRoomTaken(), now: Int64
    ) async throws -> PlanOutcome {
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
        var candidates: [String]?
        for expectation in interpretation.expectations {
            let step = PlanningStep(planner: self, expectation: expectation, request: request, inventory: inventory, settled: settled, acceptedAt: acceptedAt)
            do {
                try await step.plan(into: &draft)
            } catch PlanningStop.ask(let more) {
                for question in more where !questions.contains(question) { questions.append(question) }
            } catch PlanningStop.choose(let clusters, let question) {
                candidates = candidates.map { $0.filter(clusters.contains) } ?? clusters
                questions.append(question)
            } catch PlanningStop.refuse(let problem) {
                return .refuse(problem)
            } catch PlanningStop.holds(let note) {
                draft.note(note)
            } catch let error as PackageContents.Unreadable {
                return .refuse(
                    Problem(status: 409, code: "package_unreadable", title: "A published package cannot be read", detail: "\(error.path): \(error.reason)"))
            }
        }
        // A choice is one to try when nothing else is open, once.
        if self.chosen == nil, let candidates, !candidates.isEmpty, questions.allSatisfy({ $0.field == "context.cluster" }) {
            return try await self.choose(candidates, questions, inventory: inventory, room: room, now: now) { planner in
                try await planner.plan(
                    interpretation, request: request, inventory: inventory, settled: settled, acceptedAt: acceptedAt, room: room, now: now)
            }
        }
        if !questions.isEmpty { return .clarify(questions) }
        do {
            try self.decideWindow(&draft, interpretation: interpretation, now: now)
        } catch {
            switch error {
            case .ask(let questions): return .clarify(questions)
            case .refuse(let problem): return .refuse(problem)
            case .choose(_, let question): return .clarify([question])
            case .holds(let note): draft.note(note)
            }
        }
        self.putInOrder(&draft)
        if let problem = try await self.shortage(of: &draft, inventory: inventory, room: room, now: now) { return .refuse(problem) }
        if let problem = self.decideApproval(&draft, interpretation: interpretation, request: request) { return .refuse(problem) }
        if interpretation.expectations.isEmpty { draft.note("There is nothing left to do.") }
        return draft.outcome()
    }
}
