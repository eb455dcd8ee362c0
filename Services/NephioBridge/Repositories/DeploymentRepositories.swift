import AccessControl
import GitObjects
import IntentModel

/// The repositories of an installation: the cluster of a package says which one it is in.
struct DeploymentRepositories: Sendable {
    /// Of the one of `GIT_REPO_URL`.
    static let mainName = "main"

    /// For every cluster that no other has, for what is kept beside packages, and the one that must be there.
    let main: DeploymentRepository
    /// In the order in which their patterns count.
    let others: [DeploymentRepository]

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
        self.others.first { $0.clusters.contains { NamePattern.matches(cluster, $0) } } ?? self.main
    }

    func packages(of cluster: String) -> PackageRepository { self.repository(of: cluster).packages }

    // MARK: Reading

    /// Packages at the heads of the branches, in the order of their paths; nil matches everything, functions in any case. What a repository has of
    /// clusters that are another's is left out.
    ///
    /// While a server is away what was read of it before is answered: the base of every change is looked at again when it is published.
    /// - Throws: ``GitError`` when a repository has not been read since the start, or `cluster` is given and its repository cannot be read now.
    func items(function: String? = nil, instance: String? = nil, namespace: String? = nil, cluster: String? = nil) async throws -> [InventoryItem] {
        if let cluster {
            return try await self.packages(of: cluster).items(function: function, instance: instance, namespace: namespace, cluster: cluster)
        }
        guard !self.others.isEmpty else { return try await self.main.packages.items(function: function, instance: instance, namespace: namespace) }
        let found = try await withThrowingTaskGroup(of: [InventoryItem].self) { group in
            for repository in self.all {
                group.addTask {
                    try await self.look(at: repository)
                    return await repository.packages.itemsAsLastSeen(function: function, instance: instance, namespace: namespace)
                        .filter { self.repository(of: $0.cluster) === repository }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return found.sorted { ($0.cluster, $0.namespace, $0.instance) < ($1.cluster, $1.namespace, $1.instance) }
    }

    /// - Throws: ``GitError`` when it was never read and cannot be now.
    private func look(at repository: DeploymentRepository) async throws {
        let looked = await repository.attend(for: Self.patience) { () -> GitError? in
            do { try await repository.packages.becomeFresh() } catch { return GitError(error) }
            return nil
        }
        guard let failure = looked ?? .unreachable("the repository \(repository.name) has not answered yet") else { return }
        if await repository.packages.isOpen { return }
        throw failure
    }

    /// The files of an earlier revision (`v3`); nil when there is no such revision or it deleted the package.
    func files(path: String, revision: String) async throws -> [PackageFile]? {
        guard let package = PackagePath(path) else { return nil }
        return try await self.packages(of: package.cluster).files(path: path, revision: revision)
    }

    /// What an intent published, in whatever repositories.
    func deployments(_ intentId: IntentID) async throws -> [PublishedPackage] {
        var packages: [PublishedPackage] = []
        for repository in self.all { packages += try await repository.packages.deployments(intentId) }
        return packages
    }
}
