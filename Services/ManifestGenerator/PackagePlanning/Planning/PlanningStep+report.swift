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
            text = "There is no \(called)\(place)."
        } else {
            let rows = items.prefix(20).map { item in
                let replicas = item.replicas.map { ", \($0) \($0 == 1 ? "replica" : "replicas")" } ?? ""
                let origin = item.intentId.map { " from intent \($0)" } ?? ""
                return
                    "\(item.instance) (\(item.function)) in \(item.namespace) on \(item.cluster)\(replicas), \(item.revision) since \(item.updatedAt)\(origin)"
            }
            let more = items.count > rows.count ? "; and \(items.count - rows.count) more" : ""
            text = "\(items.count) \(called)\(items.count == 1 ? "" : " instances")\(place): \(rows.joined(separator: "; "))\(more)."
        }
        if var answer = draft.answer {
            answer.text += " \(text)"
            answer.items += items.filter { item in !answer.items.contains { $0.path == item.path } }
            draft.answer = answer
        } else {
            draft.answer = Answer(text: text, items: items)
        }
    }
}
