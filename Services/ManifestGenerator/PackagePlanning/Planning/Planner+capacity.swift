import IntentModel

extension Planner {
    static let infeasible = "infeasible"

    static func noRoom(_ detail: String) -> Problem { Problem(status: 422, code: "infeasible", title: "There is no room for it", detail: detail) }

    /// What others depend on comes before them: NRF before AMF, the UPF with its SMF.
    func putInOrder(_ draft: inout PlanDraft) { draft.order { self.catalogue.functions[$0]?.dependencies ?? [] } }

    /// Why the clusters cannot hold what the draft brings, as far as their inventory is known; nil when they can. What room there was is
    /// told with the packages; where the figures are too old to decide by, that is noted and nothing is refused.
    func shortage(of draft: inout PlanDraft, inventory: any InventorySource, now: Int64) async throws -> Problem? {
        var missing: [String] = []
        for cluster in self.inventory.values.sorted(by: { $0.name < $1.name }) {
            let packages = draft.packages.filter { $0.identity.cluster == cluster.name && $0.change != .none }
            let growing = packages.filter { $0.files != nil && $0.grows }
            guard !growing.isEmpty else { continue }
            var lacks: [(lack: String, observation: ClusterEntry.Observation?)] = []
            if let node = cluster.node {
                for package in growing {
                    guard let state = package.states.after, state.replicas > 0 else { continue }
                    lacks += Self.lacks(
                        ClusterEntry.Amounts(cpu: state.cpuRequest ?? 0, memory: state.memoryRequest ?? 0, storage: nil), of: node,
                        "one replica of \(package.identity.instance) does not fit on the largest node of \(cluster.name)"
                    ).map { ($0, cluster.nodeObservation) }
                }
            }
            if let capacity = cluster.capacity {
                let names = growing.map(\.identity.instance).joined(separator: ", ")
                let others = try await self.published.sum(
                    in: cluster.name, without: Set(packages.map(\.identity.path)), inventory: inventory, catalogue: self.catalogue)
                var (before, after) = (others, others)
                for package in packages {
                    if package.base != nil, let state = package.states.before { before.add(ClusterEntry.Amounts(state)) }
                    if package.files != nil, let state = package.states.after { after.add(ClusterEntry.Amounts(state)) }
                }
                lacks += Self.lacks(after, of: capacity, "\(cluster.name) cannot hold \(names) beside what is there").map { ($0, cluster.observation) }
                if let available = cluster.available {
                    lacks += Self.lacks(after.above(before), of: available, "\(cluster.name) has no room left for \(names)").map { ($0, cluster.observation) }
                }
                self.tell(cluster.room(beside: before), of: cluster, to: growing, in: &draft, now: now)
            }
            let doubtful = lacks.filter { $0.observation?.isStale == true }.map(\.lack)
            if let observation = [cluster.observation, cluster.nodeObservation].compactMap(\.self).first(where: \.isStale) {
                let said = doubtful.isEmpty ? "" : " By it, \(doubtful.joined(separator: "; "))."
                draft.note("Whether \(cluster.name) has room is not known: its figures are of the \(observation.text(at: now)).\(said)")
            }
            missing += lacks.filter { $0.observation?.isStale != true }.map { lack, observation in
                observation.map { "\(lack), by the \($0.text(at: now))" } ?? lack
            }
        }
        return missing.isEmpty ? nil : Self.noRoom("\(missing.joined(separator: "; ")).")
    }

    private func tell(_ room: ClusterEntry.Amounts?, of cluster: ClusterEntry, to packages: [PlanDraft.Package], in draft: inout PlanDraft, now: Int64) {
        guard let room, cluster.observation != nil else { return }
        for package in packages {
            var package = package
            package.figures.append(
                Figure(name: "room", value: cluster.name, source: .derived, reason: "\(cluster.name) has \(Self.text(room, of: cluster, at: now))"))
            draft.put(package)
        }
    }

    /// What is free in a cluster, as far as that is known; what is published at `paths` is not counted.
    func room(in cluster: ClusterEntry, without paths: Set<String>, inventory: any InventorySource) async throws -> ClusterEntry.Amounts? {
        guard cluster.capacity != nil else { return nil }
        return cluster.room(beside: try await self.published.sum(in: cluster.name, without: paths, inventory: inventory, catalogue: self.catalogue))
    }

    /// `12 free cores and 40Gi of free memory, inventory of 14:03 UTC`.
    static func text(_ room: ClusterEntry.Amounts, of cluster: ClusterEntry, at now: Int64) -> String {
        let source = cluster.observation.map { ", \($0.text(at: now))" } ?? ""
        return "\(Quantity.cores(room.cpu)) free cores and \(Quantity.memory(room.memory)) of free memory\(source)"
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

extension ClusterEntry {
    /// What is free beside what is published, and no more than the cluster itself says is free.
    fileprivate func room(beside published: Amounts) -> Amounts? {
        guard let capacity else { return nil }
        var room = capacity.above(published)
        if let available {
            room.cpu = min(room.cpu, available.cpu)
            room.memory = min(room.memory, available.memory)
        }
        return room
    }
}

extension ClusterEntry.Amounts {
    /// How much more it is, never less than nothing.
    fileprivate func above(_ other: Self) -> Self {
        Self(
            cpu: max(0, self.cpu - other.cpu), memory: max(0, self.memory - other.memory),
            storage: self.storage.map { max(0, $0 - (other.storage ?? 0)) })
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
