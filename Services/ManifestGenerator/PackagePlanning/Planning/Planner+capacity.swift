import IntentModel

extension Planner {
    /// What others depend on comes before them: NRF before AMF, the UPF with its SMF.
    func putInOrder(_ draft: inout PlanDraft) { draft.order { self.catalogue.functions[$0]?.dependencies ?? [] } }

    /// Why the clusters cannot hold what the draft brings, as far as their inventory is known; nil when they can.
    func shortage(of draft: PlanDraft, inventory: any InventorySource) async throws -> Problem? {
        var missing: [String] = []
        for cluster in self.inventory.values.sorted(by: { $0.name < $1.name }) {
            let packages = draft.packages.filter { $0.identity.cluster == cluster.name && $0.change != .none }
            let growing = packages.filter { $0.files != nil && $0.grows }
            guard !growing.isEmpty else { continue }
            if let node = cluster.node {
                for package in growing {
                    guard let state = package.states.after, state.replicas > 0 else { continue }
                    missing += Self.lacks(
                        ClusterEntry.Amounts(cpu: state.cpuRequest ?? 0, memory: state.memoryRequest ?? 0, storage: nil), of: node,
                        "one replica of \(package.identity.instance) does not fit on the largest node of \(cluster.name)")
                }
            }
            guard let capacity = cluster.capacity else { continue }
            var sum = try await self.published.sum(
                in: cluster.name, without: Set(packages.map(\.identity.path)), inventory: inventory, catalogue: self.catalogue)
            for state in packages.compactMap({ $0.files == nil ? nil : $0.states.after }) { sum.add(ClusterEntry.Amounts(state)) }
            let names = growing.map(\.identity.instance).joined(separator: ", ")
            missing += Self.lacks(sum, of: capacity, "\(cluster.name) cannot hold \(names) beside what is there")
        }
        guard !missing.isEmpty else { return nil }
        return Problem(status: 422, code: "infeasible", title: "There is no room for it", detail: "\(missing.joined(separator: "; ")).")
    }

    private static func lacks(_ wanted: ClusterEntry.Amounts, of there: ClusterEntry.Amounts, _ what: String) -> [String] {
        var lacks: [String] = []
        if wanted.cpu > there.cpu {
            lacks.append("\(Quantity.cores(wanted.cpu - there.cpu)) cores are missing (\(Quantity.cores(wanted.cpu)) of \(Quantity.cores(there.cpu)))")
        }
        if wanted.memory > there.memory {
            lacks.append(
                "\(Quantity.memory(wanted.memory - there.memory)) of memory are missing (\(Quantity.memory(wanted.memory)) of \(Quantity.memory(there.memory)))"
            )
        }
        if let storage = there.storage, let asked = wanted.storage, asked > storage {
            lacks.append("\(asked - storage)Gi of storage are missing (\(asked)Gi of \(storage)Gi)")
        }
        return lacks.isEmpty ? [] : ["\(what): \(lacks.joined(separator: ", "))"]
    }
}

extension PlanDraft.Package {
    /// It asks for more of its cluster than before: only then is there anything to refuse.
    fileprivate var grows: Bool {
        guard let after = self.states.after.map(ClusterEntry.Amounts.init) else { return false }
        guard self.base != nil, let before = self.states.before.map(ClusterEntry.Amounts.init) else { return true }
        return after.cpu > before.cpu || after.memory > before.memory || (after.storage ?? 0) > (before.storage ?? 0)
    }
}
