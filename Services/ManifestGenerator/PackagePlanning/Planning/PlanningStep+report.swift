import IntentModel

extension PlanningStep {
    /// Answers from the inventory.
    func report(into draft: inout PlanDraft) async throws {
        let namespace = try self.statedNamespace()
        let cluster = self.statedCluster
        let name = self.object.name.flatMap { DNSLabel.lowered($0) }
        var items: [InventoryItem] = []
        let called: String
        switch self.object.kind {
        case .coreNetwork:
            called = self.object.type ?? "core network"
            for code in self.catalogue.cores[self.object.type ?? ""] ?? [] {
                items += try await self.inventory.items(function: code, instance: nil, namespace: namespace, cluster: cluster)
            }
        case .networkSlice:
            called = self.context.slice?.sd == nil ? "\(self.object.type.map { "\($0) " } ?? "")slice" : "slice \(self.context.slice?.text ?? "")"
            let said = self.context.slice ?? self.object.type.flatMap { self.catalogue.slices[$0]?.sst }.map { SliceID(sst: $0) }
            // Of a type without an SST, by the name that one gets.
            let instance = name ?? (said == nil ? self.object.type.map { "slice-\($0.lowercased())" } : nil)
            for item in try await self.inventory.items(function: FunctionEntry.sliceCode, instance: instance, namespace: namespace, cluster: cluster) {
                if name == nil, let said, let id = try await self.sliceID(of: item, draft: draft), !id.isMeant(by: said, exactly: false) { continue }
                items.append(item)
            }
        case .networkFunction, .e2Node, .application, .infrastructure, .policy, .radioNetwork:
            let entry = self.object.type.flatMap { self.catalogue.entry($0) }
            let function = entry.flatMap { $0.code == FunctionEntry.customCode ? nil : $0.code }
            called = name ?? function ?? self.object.type ?? "function"
            let isUnknown = entry == nil && name == nil && self.object.type != nil
            items = isUnknown ? [] : try await self.inventory.items(function: function, instance: name, namespace: namespace, cluster: cluster)
        }
        items.sort { $0.path < $1.path }
        let place = [namespace.map { " in \($0)" }, cluster.map { " on cluster \($0)" }].compactMap { $0 }.joined()
        let text: String
        if items.isEmpty {
            // A word that was taken for a name is shown as one.
            text = "There is no \(called == name ? "instance called “\(called)”" : called)\(place)."
        } else {
            var rows: [String] = []
            for item in items.prefix(20) {
                let particulars = items.count <= Self.mostInFull ? try await self.particulars(of: item) : []
                let replicas = item.replicas.map { ["\($0) \($0 == 1 ? "replica" : "replicas")"] } ?? []
                let origin = item.intentId.map { " from intent \($0)" } ?? ""
                let parts = replicas + particulars + ["\(item.revision) since \(item.updatedAt)\(origin)"]
                rows.append("\(item.instance) (\(item.function)) in \(item.namespace) on \(item.cluster), \(parts.joined(separator: ", "))")
            }
            let more = items.count > rows.count ? "; and \(items.count - rows.count) more" : ""
            let unwatched = items.allSatisfy { $0.observed == "notObserved" } ? " That is what is published; whether it runs so is not watched here." : ""
            text = "\(items.count) \(called)\(items.count == 1 ? "" : " instances")\(place): \(rows.joined(separator: "; "))\(more).\(unwatched)"
        }
        if var answer = draft.answer {
            answer.text += " \(text)"
            answer.items += items.filter { item in !answer.items.contains { $0.path == item.path } }
            draft.answer = answer
        } else {
            draft.answer = Answer(text: text, items: items)
        }
    }

    /// Of so few instances everything is told that a question may be about.
    private static let mostInFull = 5

    /// How an instance is to run, by its package; nothing of one that runs nothing or cannot be read.
    private func particulars(of item: InventoryItem) async throws -> [String] {
        let entry = self.entry(of: item)
        guard entry.workload != .none, let files = try await self.inventory.files(path: item.path)?.files else { return [] }
        var contents = PackageContents(files)
        guard let state = try? contents.state(of: self.identity(of: item), entry: entry) else { return ["a package that cannot be read"] }
        func amount(_ name: String, _ requested: String?, _ limit: String?) -> String? {
            let bound = limit.map { $0 == requested ? $0 : "at most \($0)" }
            guard let requested else { return bound.map { "\(name) \($0)" } }
            return "\(name) \(requested)" + (bound == nil || bound == requested ? "" : " (\(bound ?? ""))")
        }
        let scaling = state.autoscaling.map { scaling in
            let marks = [scaling.cpu.map { "\($0) % CPU" }, scaling.memory.map { "\($0) % memory" }].compactMap(\.self).joined(separator: " and ")
            return "autoscaled from \(scaling.minimum) to \(scaling.maximum)" + (marks.isEmpty ? "" : " at \(marks)")
        }
        let slice = SliceID(state.parameters).map { "slice \($0.text)" }
        return [
            scaling ?? "not autoscaled", state.highAvailability ? "highly available" : nil,
            amount("CPU", state.cpuRequest.map(Quantity.cores), state.cpuLimit.map(Quantity.cores)),
            amount("memory", state.memoryRequest.map(Quantity.memory), state.memoryLimit.map(Quantity.memory)),
            state.storage.map { "storage \($0)Gi" }, slice, state.image.map { "image \($0)" },
        ].compactMap(\.self)
    }
}
