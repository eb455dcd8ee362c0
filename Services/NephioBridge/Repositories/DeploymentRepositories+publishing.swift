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
    /// What has become of a request when nobody waits for it any longer.
    enum Progress: Sendable {
        case now(DeliveryOutcome)
        /// It is under way, and stays the caller's.
        case later(Task<DeliveryOutcome, Never>)
    }

    /// Publishes at one repository; told the positions of the requests, too.
    typealias Publisher = @Sendable (_ repository: DeploymentRepository, _ requests: [PublishRequest], _ positions: [Int]) async -> [DeliveryOutcome]

    private static let pauseWhileBusy = Duration.milliseconds(500)

    /// The requests by repository, those of each in one go and all repositories side by side; those that are for several, one repository after
    /// the other. What takes longer than ``patience`` is finished while its outcome is still to come.
    ///
    /// - Returns: in the order of the requests.
    func publish(_ requests: [PublishRequest], by publish: @escaping Publisher) async -> [Progress] {
        guard !self.others.isEmpty else { return await publish(self.main, requests, Array(requests.indices)).map { .now($0) } }
        var (batches, spanning) = ([[Int]](repeating: [], count: self.others.count + 1), [Int]())
        var progress = [Progress](repeating: .now(.waiting(Self.pauseWhileBusy)), count: requests.count)
        for (position, request) in requests.enumerated() {
            if let misplaced = await self.misplaced(by: request) {
                progress[position] = .now(.ended(.failed(reason: misplaced.description, mayRetry: false)))
            } else if self.areSeveral(for: request) {
                spanning.append(position)
            } else {
                batches[request.changes.first.map { self.place(of: $0.cluster) } ?? 0].append(position)
            }
        }
        await withTaskGroup(of: (positions: [Int], progress: [Progress]).self) { group in
            for (repository, positions) in zip(self.all, batches) where !positions.isEmpty {
                let chosen = positions.map { requests[$0] }
                group.addTask {
                    let outcome = await repository.publishing.attend(for: Self.patience) { await publish(repository, chosen, positions) }
                    return (positions, Self.progress(outcome, count: positions.count))
                }
            }
            if !spanning.isEmpty {
                let (positions, chosen) = (spanning, spanning.map { requests[$0] })
                group.addTask {
                    let outcome = await self.spanning.attend(for: Self.patience) { await self.publish(spanning: chosen, positions, by: publish) }
                    return (positions, Self.progress(outcome, count: positions.count))
                }
            }
            for await part in group { for (position, own) in zip(part.positions, part.progress) { progress[position] = own } }
        }
        return progress
    }

    private static func progress(_ outcome: Attendance.Outcome<[DeliveryOutcome]>, count: Int) -> [Progress] {
        let missing = DeliveryOutcome.ended(.failed(reason: "not published", mayRetry: true))
        return switch outcome {
        case .done(let outcomes): (0..<count).map { .now($0 < outcomes.count ? outcomes[$0] : missing) }
        case .late(let task):
            (0..<count).map { position in
                .later(
                    Task {
                        let outcomes = await task.value
                        return position < outcomes.count ? outcomes[position] : missing
                    })
            }
        // Nothing was begun.
        case .busy: (0..<count).map { _ in .now(.waiting(Self.pauseWhileBusy)) }
        }
    }

    /// No Git publishes in two repositories at once: what fails for good after a part of it was published is told as such.
    private func publish(spanning requests: [PublishRequest], _ positions: [Int], by publish: @escaping Publisher) async -> [DeliveryOutcome] {
        var open = Dictionary(uniqueKeysWithValues: requests.enumerated().map { ($0, SpanningPublication($1)) })
        var outcomes = [DeliveryOutcome](repeating: .withdrawn, count: requests.count)
        for repository in self.all {
            let parts = open.keys.sorted().map { (index: $0, request: self.part(of: requests[$0], in: repository)) }.filter { !$0.request.changes.isEmpty }
            guard !parts.isEmpty else { continue }
            let published = await publish(repository, parts.map(\.request), parts.map { positions[$0.index] })
            for (part, outcome) in zip(parts, published) {
                guard let end = open[part.index]?.take(outcome, from: repository.name) else { continue }
                outcomes[part.index] = end
                open[part.index] = nil
            }
        }
        for (index, publication) in open { outcomes[index] = publication.outcome }
        return outcomes
    }

    // MARK: Who is concerned

    func areSeveral(for request: PublishRequest) -> Bool { Set(request.changes.map { self.place(of: $0.cluster) }).count > 1 }

    private func place(of cluster: String) -> Int {
        let repository = self.repository(of: cluster)
        return self.all.firstIndex { $0 === repository } ?? 0
    }

    private func part(of request: PublishRequest, in repository: DeploymentRepository) -> PublishRequest {
        request.part { self.repository(of: $0.cluster) === repository }
    }

    // MARK: Going back

    /// What the repositories have of an intent that is given up; what somebody else still decides about is taken back.
    /// - Returns: nil when one of them could not be asked.
    func remains(of request: PublishRequest) async -> [PublishedPackage]? {
        var remains: [PublishedPackage] = []
        for repository in self.all {
            let part = self.part(of: request, in: repository)
            guard !part.changes.isEmpty else { continue }
            if let delivery = repository.delivery {
                switch await delivery.withdraw(part, reading: repository.packages) {
                case .ended(.published(let packages)), .partial(let packages, _): remains += packages
                case .withdrawn: break
                case .ended, .waiting: return nil
                }
            } else {
                do { remains += try await repository.read { try await $0.published(part) } ?? [] } catch { return nil }
            }
        }
        return remains
    }

    /// What undoes `changes`, each from its own repository.
    func reversal(of changes: [PackageChange]) async throws -> (changes: [PackageChange], files: [String: [PackageFile]]) {
        var (reversed, files) = ([PackageChange](), [String: [PackageFile]]())
        for change in changes {
            let back = try await self.read(change.cluster) { packages in
                // A mirror that was never filled knows no content, and what it does not know must not become one.
                if await !packages.isOpen { try await packages.open() }
                return try await packages.reversal(of: [change])
            }
            reversed += back.changes
            files.merge(back.files) { $1 }
        }
        return (reversed, files)
    }
}
