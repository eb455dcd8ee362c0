import IntentModel

extension PlanningStep {
    // MARK: Names

    /// A name of the text as a DNS label, lower-cased; asks when it is none. Nil stays nil.
    func label(_ name: String?, field: String) throws -> String? {
        guard let name else { return nil }
        if let label = DNSLabel.lowered(name) { return label }
        let shown = name.count > 80 ? "\(name.prefix(80))…" : name
        throw self.ask(
            field,
            "“\(shown)” cannot be a name: letters, digits and hyphens are allowed, starting with a letter, at most \(DNSLabel.maximumLength). Which name shall it have?",
            options: DNSLabel.proposal(for: name).map { [$0] } ?? [])
    }

    // MARK: The place of the request

    /// The request's place is for what the text names none for. Who sent one that the text goes against is told which of the two counts.
    func notePlaces(in draft: inout PlanDraft) {
        let places = [("namespace", self.context.namespace, self.request.namespace), ("cluster", self.statedCluster, self.request.cluster)]
        for (kind, said, requested) in places {
            guard let said, let requested, said.lowercased() != requested.lowercased(), self.context.from?.lowercased() != requested.lowercased() else {
                continue
            }
            draft.note("The text means the \(kind) \(said); the request's \(kind), \(requested), is for what names none.")
        }
    }

    // MARK: The place of something new

    func newPlace() throws -> (cluster: String, namespace: String) {
        (try self.newCluster(), try self.label(self.context.namespace ?? self.request.namespace, field: "context.namespace") ?? "default")
    }

    func newIdentity(_ entry: FunctionEntry) throws -> PackageIdentity {
        let place = try self.newPlace()
        let name: String
        if let said = try self.label(self.object.name, field: "object.name") {
            name = said
        } else if entry.code != FunctionEntry.customCode {
            name = entry.name
        } else if let type = self.object.type, type != FunctionEntry.customCode, let label = try self.label(type, field: "object.name") {
            name = label
        } else {
            throw self.ask("object.name", "What shall the function be called?")
        }
        return PackageIdentity(cluster: place.cluster, namespace: place.namespace, instance: name, function: entry.code)
    }

    /// The cluster the text, a place of the text, or the request names.
    var statedCluster: String? {
        if let cluster = self.context.cluster { return self.spelled(cluster) }
        if let clusters = self.clustersAtStatedPlaces, clusters.count == 1, let only = clusters.first { return only }
        return self.request.cluster.map(self.spelled)
    }

    private var statedPlaces: [String] { [self.context.site, self.context.zone, self.context.region].compactMap(\.self) }

    /// The clusters at all the places that the text names; nil where it names none.
    private var clustersAtStatedPlaces: [String]? {
        let each = self.statedPlaces.map(self.planner.clusters(at:))
        return each.first.map { first in each.dropFirst().reduce(first) { $0.filter($1.contains) } }
    }

    /// A cluster's name as the settings spell it.
    private func spelled(_ cluster: String) -> String {
        self.planner.clusters.first { $0.lowercased() == cluster.lowercased() } ?? cluster.lowercased()
    }

    private func newCluster() throws -> String {
        guard let stated = self.statedCluster else {
            if self.planner.configuredClusters.isEmpty, self.planner.cloud == .awaited { throw InventoryAwaited() }
            let all = self.planner.clusters
            if all.isEmpty {
                if self.planner.cloud == .silent {
                    throw self.ask("context.cluster", "The O-Cloud does not answer, so which clusters there are is not known. In which one?")
                }
                if case .read = self.planner.cloud { throw self.ask("context.cluster", "The O-Cloud's inventory names no cluster. Which one is meant?") }
                return "default"
            }
            if all.count == 1, let only = all.first { return only }
            // A place that no cluster is known at is not passed over for one that has room.
            let clusters = self.clustersAtStatedPlaces ?? all
            if clusters.isEmpty {
                let places = self.statedPlaces.joined(separator: ", ")
                throw self.ask("context.cluster", "No cluster is known at \(places). In which cluster?", options: all)
            }
            if let chosen = self.planner.chosen, clusters.contains(chosen) { return chosen }
            throw PlanningStop.choose(
                clusters, Clarification(expectation: self.expectation.id, field: "context.cluster", question: "In which cluster?", options: clusters))
        }
        return try self.known(cluster: stated)
    }

    func known(cluster: String) throws -> String {
        guard !self.planner.clusters.isEmpty else { return try self.label(cluster, field: "context.cluster") ?? "default" }
        guard let known = self.planner.clusters.first(where: { $0.lowercased() == cluster.lowercased() }) else {
            throw self.ask("context.cluster", "There is no cluster called “\(cluster)”. Which one is meant?", options: self.planner.clusters)
        }
        return known
    }

    // MARK: What is there

    /// The namespace that was said; a label that cannot exist is asked about.
    func statedNamespace() throws -> String? { try self.label(self.context.namespace ?? self.request.namespace, field: "context.namespace") }

    /// What is published, or will be by an earlier expectation of this intent.
    func candidates(function: String?, instance: String?, draft: PlanDraft) async throws -> [InventoryItem] {
        let origin = self.expectation.verb == .migrate ? self.context.from.map(self.spelled) : nil
        // The cluster and namespace of a migration are where it goes.
        let isMigration = self.expectation.verb == .migrate
        let namespace = isMigration && (origin != nil || self.context.cluster == nil) ? nil : try self.statedNamespace()
        let cluster = isMigration ? nil : self.statedCluster
        var items = try await self.inventory.items(function: function, instance: instance, namespace: namespace, cluster: cluster)
        for package in draft.packages {
            items.removeAll { $0.path == package.identity.path }
            guard package.files != nil, function == nil || function == package.identity.function, instance == nil || instance == package.identity.instance,
                namespace == nil || namespace == package.identity.namespace, cluster == nil || cluster == package.identity.cluster
            else { continue }
            items.append(
                InventoryItem(
                    instance: package.identity.instance, function: package.identity.function, cluster: package.identity.cluster,
                    namespace: package.identity.namespace,
                    path: package.identity.path, revision: "", commit: "", tree: package.base?.tree ?? "", updatedAt: "",
                    replicas: package.states.after?.replicas))
        }
        if isMigration {
            if let origin { items.removeAll { $0.cluster != origin && $0.namespace != origin && "\($0.cluster)/\($0.namespace)" != origin } }
            let there = (cluster: self.statedCluster, namespace: try self.statedNamespace())
            if there.cluster != nil || there.namespace != nil {
                items.removeAll { ($0.cluster == there.cluster || there.cluster == nil) && ($0.namespace == there.namespace || there.namespace == nil) }
            }
        }
        return items.sorted { $0.path < $1.path }
    }

    /// The one instance a change is about; asks when there is none or are several.
    func existing(entry: FunctionEntry, draft: PlanDraft) async throws -> InventoryItem {
        let isCustom = entry.code == FunctionEntry.customCode
        var name = try self.label(self.object.name, field: "object.name")
        if isCustom, name == nil, let type = self.object.type, type != FunctionEntry.customCode { name = DNSLabel.lowered(type) }
        if isCustom, name == nil { throw self.ask("object.name", "Which function is meant?", options: try await self.names(function: nil, draft: draft)) }
        let called = isCustom ? name ?? entry.name : self.object.name.map { "\(entry.code) \($0)" } ?? entry.code
        let there = try await self.candidates(function: isCustom ? nil : entry.code, instance: name, draft: draft)
        let found = try await self.functions(there, entry: entry, draft: draft)
        if found.isEmpty, !there.isEmpty, let slice = self.context.slice { throw self.nothingThere(called: "\(called) of slice \(slice.text)") }
        if found.isEmpty { throw try await self.absent(called: called, function: isCustom ? nil : entry.code, instance: name) }
        try self.onePlace(found, called: called)
        guard found.count == 1, let item = found.first else {
            throw self.ask(
                "object.name", "There are \(found.count) \(called) in \(found.first?.namespace ?? ""). Which one is meant?", options: found.map(\.instance))
        }
        return item
    }

    private func names(function: String?, draft: PlanDraft) async throws -> [String] {
        Array(try await self.candidates(function: function, instance: nil, draft: draft).map(\.instance).prefix(10))
    }

    /// Asks when candidates are in several clusters or namespaces.
    func onePlace(_ items: [InventoryItem], called: String) throws {
        if self.expectation.verb == .migrate { return try self.oneOrigin(items, called: called) }
        let clusters = items.map(\.cluster).uniqued
        if clusters.count > 1 { throw self.ask("context.cluster", "\(called) runs in several clusters. Which one is meant?", options: clusters) }
        let namespaces = items.map(\.namespace).uniqued
        if namespaces.count > 1 { throw self.ask("context.namespace", "\(called) runs in several namespaces. Which one is meant?", options: namespaces) }
    }

    /// The cluster and the namespace that were said of a migration are where it goes: where it comes from is asked as such.
    private func oneOrigin(_ items: [InventoryItem], called: String) throws {
        let (clusters, namespaces) = (items.map(\.cluster).uniqued, items.map(\.namespace).uniqued)
        let places = clusters.count == 1 ? namespaces : namespaces.count == 1 ? clusters : items.map { "\($0.cluster)/\($0.namespace)" }.uniqued
        guard places.count > 1 else { return }
        throw self.ask("context.from", "\(called) runs in several places. Which one shall move?", options: places)
    }

    /// Of something that is not where it should be: a migration may have been made before.
    func absent(called: String, function: String?, instance: String?) async throws -> PlanningStop {
        guard self.expectation.verb == .migrate else { return self.nothingThere(called: called) }
        let (cluster, namespace) = (self.statedCluster, try self.statedNamespace())
        guard cluster != nil || namespace != nil else { return self.nothingThere(called: called) }
        let there = try await self.inventory.items(function: function, instance: instance, namespace: namespace, cluster: cluster)
        guard let item = there.first else { return self.nothingThere(called: called) }
        let state = "\(item.instance) is in \(item.namespace) on \(item.cluster) already"
        if self.context.from != nil { return .holds("\(state); nothing moves.") }
        // Without an origin the place may be where it is as well as where it is to go.
        let others = self.planner.clusters.filter { $0 != item.cluster }
        return self.ask(others.isEmpty ? "context.namespace" : "context.cluster", "\(state). Where shall it move to?", options: others)
    }

    /// What to ask when a change is about something that is not there.
    func nothingThere(called: String) -> PlanningStop {
        let place = self.context.from ?? self.context.namespace ?? self.request.namespace ?? self.statedCluster ?? "default"
        let question =
            self.expectation.verb == .remove ? "There is no \(called) in \(place). Take it as removed?" : "There is no \(called) in \(place). Deploy it?"
        return self.ask("confirm", question, options: ["yes", "no"])
    }

    func identity(of item: InventoryItem) -> PackageIdentity {
        PackageIdentity(cluster: item.cluster, namespace: item.namespace, instance: item.instance, function: item.function)
    }
}

extension Array where Element == String {
    /// Each once, in order.
    var uniqued: [String] {
        var seen: Set<String> = []
        return self.filter { seen.insert($0).inserted }
    }
}
