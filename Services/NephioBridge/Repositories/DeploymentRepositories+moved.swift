import IntentModel

/// A cluster was given to another repository, and a package of it did not come along. Until somebody moves it, nothing is put beside it: the cluster
/// would get two.
struct Misplaced: Error, CustomStringConvertible {
    let path: String
    /// The repository that has it, and the one that its cluster is delivered from.
    let place: String
    let owner: String

    var description: String {
        "\(self.path) is in the repository \(self.place), and \(self.path.prefix { $0 != "/" }) is delivered from \(self.owner) by now: "
            + "move the package there, with its tags, and out of \(self.place)."
    }
}

extension DeploymentRepositories {
    /// Looks for what is asked for where it does not belong, as far as the repositories have been read since the start.
    func checkMoved(function: String? = nil, instance: String? = nil, namespace: String? = nil, cluster: String? = nil) async throws(Misplaced) {
        guard !self.others.isEmpty, function != nil || instance != nil else { return }
        for repository in self.all {
            let items = await repository.packages.itemsAsLastSeen(function: function, instance: instance, namespace: namespace, cluster: cluster)
            guard let stray = items.first(where: { self.repository(of: $0.cluster) !== repository }) else { continue }
            throw Misplaced(path: stray.path, place: repository.name, owner: self.repository(of: stray.cluster).name)
        }
    }

    /// What a request would put beside a package of the same name that another repository has.
    func misplaced(by request: PublishRequest) async -> Misplaced? {
        for change in request.changes where change.change == .create {
            do {
                try await self.checkMoved(instance: change.instance, namespace: change.namespace, cluster: change.cluster)
            } catch {
                return error
            }
        }
        return nil
    }

    /// A package of a cluster that is another's, for those who run the installation. Asked for whenever health is: only clusters are looked at.
    func stray() async -> Misplaced? {
        guard !self.others.isEmpty else { return nil }
        for repository in self.all {
            for cluster in await repository.packages.clustersAsLastSeen where self.repository(of: cluster) !== repository {
                guard let item = await repository.packages.itemsAsLastSeen(cluster: cluster).first else { continue }
                return Misplaced(path: item.path, place: repository.name, owner: self.repository(of: cluster).name)
            }
        }
        return nil
    }
}
