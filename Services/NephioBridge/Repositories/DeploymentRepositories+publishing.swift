import GitObjects
import IntentModel

extension PublishRequest {
    /// What of it is for one repository.
    fileprivate func part(_ belongs: (PackageChange) -> Bool) -> PublishRequest {
        var part = self
        part.changes = self.changes.filter(belongs)
        let paths = Set(part.changes.map(\.path))
        part.files = self.files.filter { paths.contains($0.key) }
        return part
    }
}

extension DeploymentRepositories {
    /// How long one repository may keep the others waiting.
    static let patience = Duration.seconds(2)

    typealias Publisher = @Sendable (_ repository: DeploymentRepository, _ requests: [PublishRequest], _ positions: [Int]) async -> [DeliveryOutcome]

    /// The requests by repository, those of each in one go and all repositories side by side; then those that are for several, one repository after
    /// the other. The outcomes in the order of the requests.
    ///
    /// - Parameter publish: publishes at one repository; told the positions of the requests, too.
    func publish(_ requests: [PublishRequest], by publish: @escaping Publisher) async -> [DeliveryOutcome] {
        guard !self.others.isEmpty else { return await publish(self.main, requests, Array(requests.indices)) }
        var (batches, spanning) = ([[Int]](repeating: [], count: self.others.count + 1), [Int]())
        for (index, request) in requests.enumerated() {
            if self.areSeveral(for: request) {
                spanning.append(index)
            } else {
                batches[request.changes.first.map { self.position(of: $0.cluster) } ?? 0].append(index)
            }
        }
        var outcomes = [DeliveryOutcome](repeating: .ended(.failed(reason: "not published", mayRetry: true)), count: requests.count)
        await withTaskGroup(of: (positions: [Int], outcomes: [DeliveryOutcome]).self) { group in
            for (repository, positions) in zip(self.all, batches) where !positions.isEmpty {
                group.addTask { (positions, await self.attempt(positions.map { requests[$0] }, positions, at: repository, by: publish)) }
            }
            for await done in group { for (position, outcome) in zip(done.positions, done.outcomes) { outcomes[position] = outcome } }
        }
        for position in spanning { outcomes[position] = await self.publish(spanning: requests[position], position, by: publish) }
        return outcomes
    }

    func areSeveral(for request: PublishRequest) -> Bool { Set(request.changes.map { self.position(of: $0.cluster) }).count > 1 }

    /// What the repositories that answer have of an intent.
    func known(_ request: PublishRequest) async -> [PublishedPackage] {
        var known: [PublishedPackage] = []
        for repository in self.all {
            let part = request.part { self.repository(of: $0.cluster) === repository }
            guard !part.changes.isEmpty else { continue }
            known += await repository.attend(for: Self.patience) { (try? await repository.packages.published(part)) ?? [] } ?? []
        }
        return known
    }

    /// What undoes `changes`, each from its own repository.
    func reversal(of changes: [PackageChange]) async throws -> (changes: [PackageChange], files: [String: [PackageFile]]) {
        var (reversed, files) = ([PackageChange](), [String: [PackageFile]]())
        for change in changes {
            let back = try await self.packages(of: change.cluster).reversal(of: [change])
            reversed += back.changes
            files.merge(back.files) { $1 }
        }
        return (reversed, files)
    }

    private func position(of cluster: String) -> Int {
        let repository = self.repository(of: cluster)
        return self.all.firstIndex { $0 === repository } ?? 0
    }

    private func attempt(
        _ requests: [PublishRequest], _ positions: [Int], at repository: DeploymentRepository, by publish: @escaping Publisher
    ) async -> [DeliveryOutcome] {
        let outcomes = await repository.attend(for: Self.patience) { await publish(repository, requests, positions) }
        if let outcomes, outcomes.count == requests.count { return outcomes }
        return requests.map { _ in .ended(.failed(reason: "the repository \(repository.name) has not answered yet", mayRetry: true)) }
    }

    /// No Git publishes in two repositories at once: what fails for good after a part of it was published is told as such.
    private func publish(spanning request: PublishRequest, _ position: Int, by publish: @escaping Publisher) async -> DeliveryOutcome {
        var progress = SpanningPublication(request)
        for repository in self.all {
            let part = request.part { self.repository(of: $0.cluster) === repository }
            guard !part.changes.isEmpty else { continue }
            let outcomes = await self.attempt([part], [position], at: repository, by: publish)
            if let outcome = outcomes.first, let end = progress.take(outcome, from: repository.name) { return end }
        }
        return progress.outcome
    }
}
