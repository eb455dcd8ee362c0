import IntentModel

extension PlanningStep {
    /// The three-way change: what intents published last, what a person has made of it since, and what is wanted now. A person's own edits
    /// stay; where the change would undo one, the person who asks for it decides.
    ///
    /// - Parameter current: what earlier expectations of this intent have made of it.
    func askAboutEdits(of package: PlanDraft.Package, from current: WorkloadState, to wanted: WorkloadState, entry: FunctionEntry) async throws {
        guard let base = package.base, entry.workload != .none, let published = try await self.inventory.lastPublished(path: package.identity.path),
            published.tree != base.tree
        else { return }
        var before = PackageContents(published.files)
        var now = PackageContents(base.files)
        // A revision that cannot be read any more tells nothing about a person's intentions.
        guard let original = try? before.state(of: package.identity, entry: entry) else { return }
        let edited = try now.state(of: package.identity, entry: entry)
        var conflicts: [(field: String, attribute: String, question: Clarification)] = []
        func conflict(_ field: String, _ attribute: String, _ question: String, _ options: [String?]) {
            guard !self.isSettled(field) else { return }
            let clarification = Clarification(expectation: self.expectation.id, field: field, question: question, options: options.compactMap { $0 })
            conflicts.append((field, attribute, clarification))
        }
        let instance = package.identity.instance
        for field in WorkloadField.allCases {
            let (old, theirs, ours) = (field.text(of: original), field.text(of: edited), field.text(of: wanted))
            guard old != theirs, ours != theirs, ours != field.text(of: current) else { continue }
            conflict(
                "targets.\(field.attribute)", field.attribute,
                "Somebody set \(field.attribute) of \(instance) to \(theirs ?? "nothing") by hand (\(old ?? "nothing") was published). Shall it be \(ours ?? "nothing") now?",
                [field.answer(of: wanted), field.answer(of: edited)])
        }
        var unanswerable: [String] = []
        for (section, name) in wanted.parameters.names {
            let values = [original, edited, wanted, current].map { $0.parameters.value(section, name) }
            guard values[0] != values[1], values[2] != values[1], values[2] != values[3] else { continue }
            let isContext = section == "context"
            // An answer is heard as a target or as a part of the context; there is none for anything else.
            guard isContext || Attribute.table[name] != nil else {
                unanswerable.append(name)
                continue
            }
            conflict(
                isContext ? "context.\(name)" : "targets.\(name)", name, "Somebody changed \(name) of \(instance) by hand. Which value shall it have?",
                [values[2], values[1]].map(Self.answer))
        }
        // An answer is one for all functions of a core or a slice, and each of them has edits of its own.
        if !unanswerable.isEmpty || self.members > 1 && !conflicts.isEmpty {
            let names = (conflicts.map(\.attribute) + unanswerable).joined(separator: ", ")
            throw PlanningStop.refuse(
                Problem(
                    status: 409, code: "edited_by_hand", title: "Somebody changed it by hand",
                    detail: "Changed by hand since an intent published \(instance), and undone by this: \(names). "
                        + "Ask for \(instance) on its own, or change it by hand, too."))
        }
        if !conflicts.isEmpty { throw PlanningStop.ask(conflicts.map(\.question)) }
    }

    /// As an answer says it: a text, the value of an objective, a slice as `sst-sd`.
    private static func answer(_ node: YAMLNode?) -> String? {
        guard let node else { return nil }
        if let text = node.string ?? node["value"]?.string { return text }
        guard let sst = node["sst"]?.string else { return nil }
        return [sst, node["sd"]?.string].compactMap { $0 }.joined(separator: "-")
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
