import AccessControl
import GitObjects
import IntentModel
import Synchronization

/// The repositories of an installation: the cluster of a package says which one it is in.
struct DeploymentRepositories: Sendable {
    /// Of the one of `GIT_REPO_URL`.
    static let mainName = "main"
    /// How long one repository may keep the others waiting.
    static let patience = Duration.seconds(2)

    /// For every cluster that no other has, for what is kept beside packages, and the one that must be there.
    let main: DeploymentRepository
    /// In the order in which their patterns count.
    let others: [DeploymentRepository]
    /// Of what is for several.
    let spanning = Attendance()
    private let places = ClusterPlaces()

    init(main: DeploymentRepository, others: [DeploymentRepository] = []) {
        self.main = main
        self.others = others
    }

    /// A single one, named after its directory or URL.
    init(_ packages: PackageRepository, delivery: (any PackageDelivery)? = nil) {
        self.init(main: DeploymentRepository(name: Self.mainName, address: packages.target.name, packages: packages, delivery: delivery))
    }

    var all: [DeploymentRepository] { [self.main] + self.others }

    func repository(of cluster: String) -> DeploymentRepository {
        guard !self.others.isEmpty else { return self.main }
        let place = self.places.place(of: cluster) { cluster in
            self.others.firstIndex { $0.clusters.contains { NamePattern.matches(cluster, $0) } }
        }
        return place.map { self.others[$0] } ?? self.main
    }

    // MARK: Reading

    /// Reads in the repository of a cluster.
    /// - Throws: ``DeploymentRepository/Away`` where there are others that can be read meanwhile; otherwise ``GitError``.
    func read<Value: Sendable>(_ cluster: String, _ work: @escaping @Sendable (PackageRepository) async throws -> Value) async throws -> Value {
        guard !self.others.isEmpty else { return try await work(self.main.packages) }
        return try await self.repository(of: cluster).read(work)
    }

    /// Packages at the heads of the branches, in the order of their paths; nil matches everything, functions in any case. What a repository has of
    /// clusters that are another's is left out.
    ///
    /// While a server is away what was read of it before is answered: the base of every change is looked at again when it is published.
    /// - Throws: when a repository has not been read since the start, or `cluster` is given and its repository cannot be read now.
    func items(function: String? = nil, instance: String? = nil, namespace: String? = nil, cluster: String? = nil) async throws -> [InventoryItem] {
        if let cluster {
            return try await self.read(cluster) { try await $0.items(function: function, instance: instance, namespace: namespace, cluster: cluster) }
        }
        guard !self.others.isEmpty else { return try await self.main.packages.items(function: function, instance: instance, namespace: namespace) }
        let found = try await withThrowingTaskGroup(of: [InventoryItem].self) { group in
            for repository in self.all {
                group.addTask {
                    do {
                        try await repository.read { try await $0.becomeFresh() }
                    } catch {
                        guard await repository.packages.isOpen else { throw error }
                    }
                    return await repository.packages.itemsAsLastSeen(function: function, instance: instance, namespace: namespace)
                        .filter { self.repository(of: $0.cluster) === repository }
                }
            }
            var found: [InventoryItem] = []
            for try await items in group { found += items }
            return found
        }
        return found.sorted { ($0.cluster, $0.namespace, $0.instance) < ($1.cluster, $1.namespace, $1.instance) }
    }

    /// The files of an earlier revision (`v3`); nil when there is no such revision or it deleted the package.
    func files(path: String, revision: String) async throws -> [PackageFile]? {
        guard let package = PackagePath(path) else { return nil }
        return try await self.read(package.cluster) { try await $0.files(path: path, revision: revision) }
    }

    /// What an intent published, in whatever repositories.
    /// - Throws: when nothing was found and one could not be asked.
    func deployments(_ intentId: IntentID) async throws -> [PublishedPackage] {
        guard !self.others.isEmpty else { return try await self.main.packages.deployments(intentId) }
        let answers = await withTaskGroup(of: (Int, Result<[PublishedPackage], any Error>).self) { group in
            for (place, repository) in self.all.enumerated() {
                group.addTask {
                    do { return (place, .success(try await repository.read { try await $0.deployments(intentId) })) } catch { return (place, .failure(error)) }
                }
            }
            var answers: [(Int, Result<[PublishedPackage], any Error>)] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
        let found = answers.compactMap { try? $0.get() }.flatMap(\.self)
        if found.isEmpty { for answer in answers { _ = try answer.get() } }
        return found
    }
}

/// Whose clusters are, as far as that was asked: a list asks for every package.
private final class ClusterPlaces: Sendable {
    private static let limit = 4_096

    private let known = Mutex<[String: Int?]>([:])

    func place(of cluster: String, find: (String) -> Int?) -> Int? {
        if let place = self.known.withLock({ $0[cluster] }) { return place }
        let place = find(cluster)
        self.known.withLock { known in
            if known.count >= Self.limit { known = [:] }
            known[cluster] = .some(place)
        }
        return place
    }
}
