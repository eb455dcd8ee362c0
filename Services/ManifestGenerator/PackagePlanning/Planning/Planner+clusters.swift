import IntentModel

extension Planner {
    /// The same, going by what the O-Cloud has now. The clusters that the settings name stay the ones there are; where they name none, the
    /// O-Cloud's are.
    package func knowing(_ cloud: CloudKnowledge) -> Planner {
        var planner = self
        planner.cloud = cloud
        planner.clusters = self.configuredClusters
        planner.inventory = self.configuredInventory
        guard case .read(let observed) = cloud else { return planner }
        for cluster in observed.clusters {
            let name = planner.clusters.first { $0.lowercased() == cluster.name.lowercased() }
            if let name {
                var entry = planner.inventory[name] ?? ClusterEntry(name: name)
                entry.learn(cluster, observed)
                planner.inventory[name] = entry
            } else if self.configuredClusters.isEmpty, let entry = ClusterEntry(cluster, observed), planner.inventory[entry.name] == nil {
                planner.clusters.append(entry.name)
                planner.inventory[entry.name] = entry
            }
        }
        return planner
    }

    /// The clusters at a place that the text names: by their own name, or by what the O-Cloud calls where they are.
    func clusters(at place: String) -> [String] {
        let place = place.lowercased()
        if let own = self.clusters.first(where: { $0.lowercased() == place }) { return [own] }
        return self.clusters.filter { self.inventory[$0]?.places.contains { $0.lowercased() == place } ?? false }
    }

    /// Why something new is in a cluster that nobody named.
    func reason(for cluster: String) -> String {
        if self.chosen == cluster { return "of the clusters it could go to, the only one with room for it" }
        return self.clusters.count > 1 ? "the only cluster at that place" : "the only cluster"
    }

    // MARK: One of several

    /// What comes of an intent that names none of several clusters: a plan where just one of them has room, by figures that are current;
    /// else a question that says what each has.
    func choose(
        _ candidates: [String], _ questions: [Clarification], inventory: any InventorySource, room: any RoomSource, now: Int64,
        plan: (Planner) async throws -> PlanOutcome
    )
        async throws -> PlanOutcome
    {
        // Trying is planning as often: of very many the person knows better.
        let entries = candidates.compactMap { self.inventory[$0] }.filter { $0.capacity != nil && $0.observation?.isStale != true }
        guard entries.count == candidates.count, (2...Self.mostTried).contains(candidates.count) else {
            return .clarify(try await self.told(questions, candidates, inventory: inventory, room: room, now: now))
        }
        var (fits, lacks, refusals): ([PlanOutcome], [String], [Problem]) = ([], [], [])
        for entry in entries {
            var planner = self
            planner.chosen = entry.name
            switch try await plan(planner) {
            case .refuse(let problem) where problem.code == Self.infeasible: lacks.append(problem.detail)
            // What is refused in one, by the policy for example, is no word on the others.
            case .refuse(let problem): refusals.append(problem)
            case let outcome: fits.append(outcome)
            }
        }
        if fits.isEmpty { return .refuse(lacks.isEmpty ? refusals.first ?? Self.noRoom("") : Self.noRoom(lacks.joined(separator: " "))) }
        if fits.count == 1, let only = fits.first { return only }
        return .clarify(try await self.told(questions, candidates, inventory: inventory, room: room, now: now))
    }

    private static let mostTried = 8

    private func told(_ questions: [Clarification], _ candidates: [String], inventory: any InventorySource, room: any RoomSource, now: Int64) async throws
        -> [Clarification]
    {
        var rooms: [String] = []
        for name in candidates.prefix(Self.mostTried) {
            guard let entry = self.inventory[name], let free = try await self.room(in: entry, inventory: inventory, room: room) else { continue }
            rooms.append("\(name) has \(Self.text(free, of: entry, at: now))")
        }
        guard !rooms.isEmpty else { return questions }
        return questions.map { question in
            guard question.field == "context.cluster" else { return question }
            var question = question
            question.question += " \(rooms.joined(separator: "; "))."
            return question
        }
    }
}
