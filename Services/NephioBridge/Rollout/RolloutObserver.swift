import GitObjects
import IntentModel
import JSONSchema
import Kubernetes
import Ledger
import Logging

/// Watches whether published packages arrive in their clusters.
struct RolloutObserver: Sendable {
    enum Observation: Sendable, Equatable {
        /// No cluster to see any of it in.
        case nothingToSee
        /// All that can be seen is there; sentences. `isComplete` unless a part is in clusters that cannot be seen.
        case arrived([String], isComplete: Bool)
        /// Not yet; what is missing, and whether every cluster answered.
        case waiting(String, isReachable: Bool)
        case failed(String)
    }

    let clusters: [String: ObservedCluster]
    let repositories: DeploymentRepositories
    /// Nil where nobody tells of E2 nodes.
    let nodeSets: E2NodeSets?
    private let looks = Looks()
    private let logger = Logger(label: "rollout")

    init(clusters: [ObservedCluster], repositories: DeploymentRepositories, nodeSets: E2NodeSets? = nil) {
        self.nodeSets = nodeSets
        self.clusters = Dictionary(clusters.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.repositories = repositories
    }

    /// - Parameter final: there will be no other look: the pods are asked for what ails them.
    func observe(_ id: IntentID, _ changes: [PackageChange], _ published: [PublishedPackage], final: Bool) async -> Observation {
        let inClusters = await self.observeClusters(id, changes, published, final: final)
        guard let nodeSets else { return inClusters }
        let connections = await nodeSets.observe(changes) { change in
            let namesakes = try await self.repositories.items(function: E2NodeSets.function, instance: change.instance)
            guard namesakes.allSatisfy({ $0.path == change.path }) else { return nil }
            if change.change == .delete { return 0 }
            guard let package = published.last(where: { $0.path == change.path }) else { return nil }
            return try await self.repositories.files(path: change.path, revision: package.revision).flatMap { PackageSummary(files: $0).replicas }
        }
        guard let connections else { return inClusters }
        // Nodes that are connected run, whether or not their cluster can be seen.
        let isSeen = changes.allSatisfy { $0.change == .none || self.clusters[$0.cluster] != nil || E2NodeSets.concerns($0) }
        return inClusters.joined(connections, isComplete: isSeen, final: final)
    }

    /// Whether anything of it can be seen arriving.
    func concerns(_ changes: [PackageChange]) -> Bool {
        !self.visible(changes).isEmpty || self.nodeSets != nil && changes.contains(where: E2NodeSets.concerns)
    }

    private func observeClusters(_ id: IntentID, _ changes: [PackageChange], _ published: [PublishedPackage], final: Bool) async -> Observation {
        let visible = self.visible(changes)
        guard !visible.isEmpty else { return .nothingToSee }
        let stamps = self.stamps(of: visible)
        if !final, let known = self.looks.last(of: id, stamps: stamps) { return known }
        var sentences: [String] = []
        var missing: [String] = []
        var away: Set<String> = []
        // One call after the other: a cluster that has not answered is not asked again in this look.
        for change in visible where !away.contains(change.cluster) {
            guard let cluster = self.clusters[change.cluster] else { continue }
            do {
                for state in try await self.states(of: change, published, in: cluster, final: final) {
                    switch state {
                    case .available(let sentence): sentences.append(sentence)
                    case .progressing(let sentence): missing.append(sentence)
                    case .failed(let sentence): return .failed(sentence)
                    }
                }
            } catch {
                away.insert(change.cluster)
                missing.append("cluster \(cluster.name): \(error)")
            }
        }
        let isComplete = changes.allSatisfy { $0.change == .none || self.clusters[$0.cluster] != nil }
        let observation =
            missing.isEmpty ? Observation.arrived(sentences, isComplete: isComplete) : .waiting(missing.joined(separator: "; "), isReachable: away.isEmpty)
        if away.isEmpty { self.looks.note(observation, of: id, stamps: stamps) }
        return observation
    }

    /// Whether the last look found something missing, and nothing of the packages has changed since.
    func stillWaits(_ id: IntentID, _ changes: [PackageChange]) -> Bool {
        // Nobody tells when a node connects.
        if self.nodeSets != nil, changes.contains(where: E2NodeSets.concerns) { return false }
        guard case .waiting = self.looks.last(of: id, stamps: self.stamps(of: self.visible(changes))) else { return false }
        return true
    }

    private func visible(_ changes: [PackageChange]) -> [PackageChange] { changes.filter { $0.change != .none && self.clusters[$0.cluster] != nil } }

    private func stamps(of visible: [PackageChange]) -> [Int?] {
        visible.map { self.clusters[$0.cluster]?.changes.stamp(namespace: $0.namespace, instance: $0.instance) }
    }

    /// What is remembered of an intent that has ended.
    func forget(_ id: IntentID) { self.looks.forget(id) }

    private func states(
        of change: PackageChange, _ published: [PublishedPackage], in cluster: ObservedCluster, final: Bool
    ) async throws -> [RolloutState] {
        guard change.change != .delete else { return try await self.absences(of: change, in: cluster) }
        guard let package = published.last(where: { $0.path == change.path }),
            let files = try await self.repositories.files(path: change.path, revision: package.revision)
        else { return [.progressing("\(change.path) is not to be read")] }
        let desired = DesiredObject.all(in: files, namespace: change.namespace)
        guard !desired.isEmpty else { return [.available("\(change.path): nothing of it runs")] }
        var states: [RolloutState] = []
        for object in desired {
            let live = try await cluster.client.get(object.kind, object.key)
            var state = RolloutState(object, live: live?.json)
            if object.kind != .functionDeployment, state.isTrouble(final: final), let reason = await self.podFailure(of: change, in: cluster) {
                switch state {
                case .failed(let sentence): state = .failed("\(sentence); \(reason)")
                case .progressing(let sentence): state = .progressing("\(sentence); \(reason)")
                case .available: break
                }
            }
            states.append(state)
        }
        return states
    }

    /// What the deleted package held is to be gone.
    private func absences(of change: PackageChange, in cluster: ObservedCluster) async throws -> [RolloutState] {
        guard let base = change.base.flatMap({ ObjectID($0) }) else { return [] }
        let desired = DesiredObject.all(in: try await self.repositories.read(change.cluster) { try await $0.files(tree: base) }, namespace: change.namespace)
        var states: [RolloutState] = []
        for object in desired {
            let isThere = try await cluster.client.get(object.kind, object.key) != nil
            let name = "\(object.kind.kind) \(object.key)"
            states.append(isThere ? .progressing("\(name) is still in the cluster") : .available("\(name) is gone"))
        }
        return states
    }

    /// Why a pod of the package does not run, with its last words; nil when all do, or nothing could be learned.
    private func podFailure(of change: PackageChange, in cluster: ObservedCluster) async -> String? {
        do {
            let labels = ClusterChanges.selector + ",app.kubernetes.io/instance=\(change.instance)"
            let pods = try await cluster.client.page(ObjectSelection(.pod, namespace: change.namespace, labels: labels), limit: 100).items
            guard let failure = pods.lazy.compactMap({ PodFailure($0.json) }).first else { return nil }
            var log: [String] = []
            if !failure.container.isEmpty {
                let pod = ObjectKey(namespace: change.namespace, name: failure.pod)
                // One that never ran has none.
                log = (try? await cluster.client.log(of: pod, container: failure.container, lines: 5, previous: failure.hasRestarted)) ?? []
            }
            return failure.sentence(log: log)
        } catch {
            self.logger.info("pods not read", metadata: ["cluster": "\(cluster.name)", "package": "\(change.path)", "error": "\(error)"])
            return nil
        }
    }
}

extension RolloutObserver.Observation {
    /// Both have to be well; what went wrong comes first.
    fileprivate func joined(_ other: Self, isComplete: Bool, final: Bool) -> Self {
        switch (self, other) {
        case (.failed, _): self
        case (_, .failed), (.nothingToSee, .waiting): other
        case (.waiting(let one, let first), .waiting(let two, let second)): .waiting("\(one); \(two)", isReachable: first || second)
        case (.waiting, _): self
        // What runs in its cluster runs, though the manager never heard of it by that name.
        case (.arrived, .waiting(_, isReachable: false)) where final: self
        case (_, .waiting): other
        case (.arrived(let one, _), .arrived(let two, _)): .arrived(one + two, isComplete: isComplete)
        case (.nothingToSee, .arrived(let two, _)): .arrived(two, isComplete: isComplete)
        case (_, .nothingToSee): self
        }
    }
}

extension RolloutState {
    fileprivate func isTrouble(final: Bool) -> Bool {
        switch self {
        case .available: false
        case .progressing: final
        case .failed: true
        }
    }
}
