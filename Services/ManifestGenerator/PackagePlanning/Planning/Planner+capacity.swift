package import IntentModel

extension Planner {
    /// The code of the refusal where there is no room.
    package static let infeasible = "infeasible"

    static func noRoom(_ detail: String) -> Problem { Problem(status: 422, code: "infeasible", title: "There is no room for it", detail: detail) }

    /// What others depend on comes before them: NRF before AMF, the UPF with its SMF.
    func putInOrder(_ draft: inout PlanDraft) { draft.order { self.catalogue.functions[$0]?.dependencies ?? [] } }

    /// Why the clusters cannot hold what the draft brings, as far as their inventory is known; nil when they can. What room there was is
    /// told with the packages; where the figures are too old to decide by, that is noted and nothing is refused.
    func shortage(of draft: inout PlanDraft, inventory: any InventorySource, room: any RoomSource, now: Int64) async throws -> Problem? {
        var missing: [String] = []
        for cluster in self.inventory.values.sorted(by: { $0.name < $1.name }) {
            let packages = draft.packages.filter { $0.identity.cluster == cluster.name && $0.change != .none }
            let growing = packages.filter { $0.files != nil && $0.grows }
            guard !growing.isEmpty else { continue }
            var lacks: [(lack: String, observation: ClusterEntry.Observation?)] = []
            if let node = cluster.node {
                for package in growing {
                    guard let state = package.states.after, state.replicas > 0 else { continue }
                    let replica = ClusterEntry.Amounts(
                        cpu: (state.cpuRequest ?? 0) + state.besideCPU, memory: (state.memoryRequest ?? 0) + state.besideMemory, storage: nil)
                    lacks += Self.lacks(
                        replica, of: node,
                        "one replica of \(package.identity.instance) does not fit on the largest node of \(cluster.name)"
                    ).map { ($0, cluster.nodeObservation) }
                }
            }
            if let capacity = cluster.capacity {
                let names = growing.map(\.identity.instance).joined(separator: ", ")
                let (others, taken) = try await self.others(
                    in: cluster, without: Set(packages.map(\.identity.path)), inventory: inventory, room: room)
                var (before, after) = (others, others)
                for package in packages {
                    if package.base != nil, let state = package.states.before { before.add(ClusterEntry.Amounts(state)) }
                    if package.files != nil, let state = package.states.after { after.add(ClusterEntry.Amounts(state)) }
                }
                let coming = taken.unpublished == .nothing ? "" : " and what is on its way there"
                lacks += Self.lacks(after, of: capacity, "\(cluster.name) cannot hold \(names) beside what is there\(coming)").map { ($0, cluster.observation) }
                if let available = cluster.available?.above(taken.unseen) {
                    let coming = taken.unseen == .nothing ? "" : " beside what is on its way there"
                    lacks += Self.lacks(after.above(before), of: available, "\(cluster.name) has no room left for \(names)\(coming)").map {
                        ($0, cluster.observation)
                    }
                }
                self.tell(cluster.room(beside: before, unseen: taken.unseen), of: cluster, to: growing, in: &draft, now: now)
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

    /// What is free in a cluster, as far as that is known.
    func room(in cluster: ClusterEntry, inventory: any InventorySource, room: any RoomSource) async throws -> ClusterEntry.Amounts? {
        guard cluster.capacity != nil else { return nil }
        let (others, taken) = try await self.others(in: cluster, without: [], inventory: inventory, room: room)
        return cluster.room(beside: others, unseen: taken.unseen)
    }

    /// What is published in a cluster and what other plans bring there, together; and what of that cannot be seen yet. Not counted is what is at `paths`.
    private func others(in cluster: ClusterEntry, without paths: Set<String>, inventory: any InventorySource, room: any RoomSource) async throws -> (
        sum: ClusterEntry.Amounts, taken: RoomTaken
    ) {
        // The book before the packages: what is published between the two is counted once by its path, the other way round not at all.
        let holds = try await room.holds(in: cluster.name)
        let published = try await self.published.all(in: cluster.name, inventory: inventory, catalogue: self.catalogue)
        let taken = RoomTaken(holds, without: paths, published: published, reading: cluster.reading)
        room.areSeen(taken.past, in: cluster.name)
        var sum = taken.unpublished
        for (path, package) in published where !paths.contains(path) { sum.add(package.amounts) }
        return (sum, taken)
    }

    /// Whether anybody counts what a cluster has room for.
    package func countsRoom(in cluster: String) -> Bool { self.inventory[cluster]?.capacity != nil }

    /// What a plan takes of clusters whose capacity is known, by cluster: what grows or goes. Empty where nothing needs to be counted.
    package func holds(of plan: Plan, inventory: any InventorySource) async throws -> [String: (parts: [RoomHold.Part], reading: RoomHold.Reading?)] {
        var holds: [String: (parts: [RoomHold.Part], reading: RoomHold.Reading?)] = [:]
        for (name, changes) in Dictionary(grouping: plan.packages.filter { $0.change != .none }, by: \.cluster) {
            guard let cluster = self.inventory[name], cluster.capacity != nil else { continue }
            // Only what is there already has something to be compared with.
            let published =
                changes.contains { $0.change == .update } ? try await self.published.all(in: name, inventory: inventory, catalogue: self.catalogue) : [:]
            let parts = changes.compactMap { change -> RoomHold.Part? in
                var after = ClusterEntry.Amounts.nothing
                if change.change != .delete, let resources = change.resources { after = ClusterEntry.Amounts(resources) }
                let growth = after.above(published[change.path]?.amounts ?? .nothing)
                return change.change == .delete || growth != .nothing ? .init(path: change.path, base: change.base, after: after, growth: growth) : nil
            }
            if !parts.isEmpty { holds[name] = (parts, cluster.reading) }
        }
        return holds
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
    /// What the cluster calls free, and when that was read.
    fileprivate var reading: RoomHold.Reading? {
        guard let available, let observation else { return nil }
        return RoomHold.Reading(readAt: observation.readAt, available: available)
    }

    /// What is free beside others, and no more than the cluster itself says is free, of which some is taken unseen.
    fileprivate func room(beside others: Amounts, unseen: Amounts) -> Amounts? {
        guard let capacity else { return nil }
        var room = capacity.above(others)
        if let available = self.available?.above(unseen) {
            room.cpu = min(room.cpu, available.cpu)
            room.memory = min(room.memory, available.memory)
        }
        return room
    }
}

extension ClusterEntry.Amounts {
    /// What all replicas of a plan's package request together.
    fileprivate init(_ resources: ResourcePlan) {
        self.init(
            cpu: Int((resources.cpu * 1000).rounded()) * resources.replicas, memory: resources.memory * resources.replicas,
            storage: (resources.storage ?? 0) * resources.replicas)
    }

    /// How much more it is, never less than nothing.
    func above(_ other: Self) -> Self {
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
