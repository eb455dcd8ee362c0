import IntentModel

extension PlanningStep {
    /// The three-way change: what intents published last, what a person has made of it since, and what is wanted now. A person's own edits
    /// stay; where the change would undo one, the person who asks for it decides.
    func askAboutEdits(of package: PlanDraft.Package, to wanted: WorkloadState, entry: FunctionEntry) async throws {
        guard let base = package.base, entry.workload != .none, let published = try await self.inventory.lastPublished(path: package.identity.path),
            published.tree != base.tree
        else { return }
        var before = PackageContents(published.files)
        var now = PackageContents(base.files)
        // A revision that cannot be read any more tells nothing about a person's intentions.
        guard let original = try? before.state(of: package.identity, entry: entry) else { return }
        let edited = try now.state(of: package.identity, entry: entry)
        var questions: [Clarification] = []
        for field in WorkloadField.allCases {
            let (old, theirs, ours) = (field.text(of: original), field.text(of: edited), field.text(of: wanted))
            guard old != theirs, ours != theirs, ours != old || self.expectation.target(field.attribute) != nil else { continue }
            guard !self.isSettled("targets.\(field.attribute)") else { continue }
            questions.append(
                Clarification(
                    expectation: self.expectation.id, field: "targets.\(field.attribute)",
                    question:
                        "Somebody set \(field.attribute) of \(package.identity.instance) to \(theirs ?? "nothing") by hand (\(old ?? "nothing") was published). Shall it be \(ours ?? "nothing") now?",
                    options: [field.answer(of: wanted), field.answer(of: edited)].compactMap { $0 }))
        }
        for (section, name) in wanted.parameters.names {
            let (old, theirs, ours) = (
                original.parameters.value(section, name), edited.parameters.value(section, name), wanted.parameters.value(section, name)
            )
            guard old != theirs, ours != theirs, !self.isSettled("targets.\(name)") else { continue }
            questions.append(
                Clarification(
                    expectation: self.expectation.id, field: "targets.\(name)",
                    question: "Somebody changed \(name) of \(package.identity.instance) by hand. Which value shall it have?",
                    options: [ours, theirs].compactMap { $0?.string ?? $0?["value"]?.string }))
        }
        if !questions.isEmpty { throw PlanningStop.ask(questions) }
    }
}

/// The fields of a workload that intents and people both change, under the attribute that intents call them by.
enum WorkloadField: CaseIterable {
    case replicas, minReplicas, maxReplicas, cpu, memory, storage, image, highAvailability

    var attribute: String {
        switch self {
        case .replicas: "replicas"
        case .minReplicas: "minReplicas"
        case .maxReplicas: "maxReplicas"
        case .cpu: "cpu"
        case .memory: "memory"
        case .storage: "storage"
        case .image: "image"
        case .highAvailability: "highAvailability"
        }
    }

    /// For people.
    func text(of state: WorkloadState) -> String? {
        switch self {
        case .replicas: state.autoscaling == nil ? String(state.replicas) : nil
        case .minReplicas: (state.autoscaling?.minimum).map { String($0) }
        case .maxReplicas: (state.autoscaling?.maximum).map { String($0) }
        case .cpu: state.cpuRequest.map(Quantity.cores)
        case .memory: state.memoryRequest.map(Quantity.memory)
        case .storage: state.storage.map { "\($0)Gi" }
        case .image: state.image
        case .highAvailability: String(state.highAvailability)
        }
    }

    /// As an answer to a question about the attribute: in its unit.
    func answer(of state: WorkloadState) -> String? {
        switch self {
        case .cpu: state.cpuRequest.map { TargetValue.number(Double($0) / 1000).description }
        case .memory: state.memoryRequest.map { String($0) }
        case .storage: state.storage.map { String($0) }
        default: self.text(of: state)
        }
    }
}
