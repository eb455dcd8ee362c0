import IntentModel
import Kubernetes

/// One look at one intent's packages.
struct PorchRun: Sendable {
    let delivery: PorchDelivery
    let request: PublishRequest
    let repository: PackageRepository
    private let until: ContinuousClock.Instant
    private var client: PorchClient { self.delivery.client }

    private struct Target: Sendable {
        var change: PackageChange
        var path: PackagePath
        var name: String
    }

    private enum Goal { case proposed, published }

    init(delivery: PorchDelivery, request: PublishRequest, repository: PackageRepository) {
        self.delivery = delivery
        self.request = request
        self.repository = repository
        self.until = .now + delivery.patience
    }

    private var workspace: String {
        (self.request.isReversal ? PorchDelivery.reversalPrefix : PorchDelivery.workspacePrefix) + self.request.intentId.description
    }

    private func target(_ change: PackageChange) throws(PorchStop) -> Target {
        guard let path = PackagePath(change.path) else { throw .failed("\(change.path) is no path of a package") }
        if change.change != .delete, let objection = PackageContent.objection(to: self.request.files[change.path] ?? []) { throw .failed(objection) }
        return Target(change: change, path: path, name: PorchRevision.name(repository: self.client.repository, path: path, workspace: self.workspace))
    }

    /// All of them, in the order of the changes.
    func publish() async throws -> [PublishedPackage] {
        let targets = try self.request.changes.filter { $0.change != .none }.map { change throws(PorchStop) in try self.target(change) }
        let kept = targets.filter { $0.change.change != .delete }
        let removed = targets.filter { $0.change.change == .delete }
        var hasBegun = false
        for target in kept where try await self.client.revision(target.name)?.lifecycle?.isPublished == true { hasBegun = true }
        for target in removed {
            let revisions = try await self.client.revisions(of: target.path)
            if revisions.contains(where: { $0[PorchRevision.Annotation.deletion] == self.request.intentId.description }) { hasBegun = true }
        }
        // What was decided is gone on with; before that, the packages are to be those that the plan was made for.
        if !hasBegun { try await self.requireBases(targets) }
        for target in kept { _ = try await self.advance(target, to: .proposed) }
        if !hasBegun {
            try await self.requireBases(targets)
            for target in kept { try await self.requireLatest(target) }
        }
        var published: [String: PublishedPackage] = [:]
        for target in kept {
            let revision = try await self.advance(target, to: .published)
            try await self.awaitCommit(revision)
            published[target.change.path] = self.package(target, revision: revision.revision, commit: revision.commit ?? "")
        }
        for target in removed { published[target.change.path] = try await self.remove(target) }
        return self.request.changes.map { change in
            published[change.path]
                ?? PublishedPackage(
                    instance: change.instance, repository: self.repository.target.name, path: change.path, revision: "v0", commit: "", change: .none)
        }
    }

    /// What of it is published, as the branch has it.
    func published() async throws -> [PublishedPackage] {
        var published: [PublishedPackage] = []
        for change in self.request.changes where change.change != .none {
            let target = try self.target(change)
            if change.change == .delete {
                // The plan was made for a package that was there, and no other intent may touch it meanwhile.
                guard let head = try await self.repository.headWithout(target.path) else { continue }
                published.append(self.package(target, revision: 0, commit: head))
            } else if let revision = try await self.client.revision(target.name), revision.lifecycle?.isPublished == true {
                // Porch is not done with it yet.
                guard revision.revision > 0, let commit = revision.commit else { throw PorchStop.later }
                try await self.awaitCommit(revision)
                published.append(self.package(target, revision: revision.revision, commit: commit))
            }
        }
        return published
    }

    /// Takes back what waits for a decision.
    /// - Returns: what was decided before.
    func retreat() async throws -> [PublishedPackage] {
        var conflicts = 0
        while true {
            do throws(KubernetesError) {
                for change in self.request.changes where change.change != .none {
                    guard let path = PackagePath(change.path) else { continue }
                    if change.change == .delete { try await self.keep(path) } else { try await self.discard(path) }
                }
                break
            } catch {
                // Decided in this moment, perhaps: look again.
                guard error.isConflict || !error.mayRetry, conflicts < PorchDelivery.maxConflicts else { throw error }
                conflicts += 1
                try await Task.sleep(for: self.delivery.backoff.bound(attempt: conflicts))
            }
        }
        return try await self.published()
    }

    private func discard(_ path: PackagePath) async throws(KubernetesError) {
        let name = PorchRevision.name(repository: self.client.repository, path: path, workspace: self.workspace)
        guard let revision = try await self.client.revision(name), !revision.object.isBeingDeleted else { return }
        try await self.client.withdraw(revision)
    }

    /// A deletion that we proposed and nobody has decided about.
    private func keep(_ path: PackagePath) async throws(KubernetesError) {
        for revision in try await self.client.revisions(of: path)
        where revision.lifecycle == .deletionProposed && revision[PorchRevision.Annotation.deletion] == self.request.intentId.description
            && !revision.object.isBeingDeleted
        { try await self.client.decide(revision, .published) }
    }

    /// Drafts and proposals that are not to become anything. What cannot be taken back now is seen in Porch under the intent's name.
    func withdraw() async {
        for change in self.request.changes where change.change != .delete && change.change != .none {
            guard let path = PackagePath(change.path) else { continue }
            let name = PorchRevision.name(repository: self.client.repository, path: path, workspace: self.workspace)
            if let revision = try? await self.client.revision(name) { try? await self.client.withdraw(revision) }
        }
    }

    // MARK: Conditions

    private func requireBases(_ targets: [Target]) async throws {
        for target in targets {
            let tree = try await self.repository.currentTree(of: target.path)
            // Gone already is what a repeated removal finds.
            if target.change.change == .delete, tree == nil, self.request.mayBeRepeat { continue }
            guard tree == target.change.base else { throw PorchStop.conflict(target.path) }
        }
    }

    /// Nobody published the package since our draft was made.
    private func requireLatest(_ target: Target) async throws {
        guard let revision = try await self.client.revision(target.name), let source = revision[PorchRevision.Annotation.source] else { return }
        let latest = Self.latest(try await self.client.revisions(of: target.path).filter { $0.name != target.name })
        guard latest?.name ?? "" == source else { throw PorchStop.conflict(target.path) }
    }

    private static func latest(_ revisions: [PorchRevision]) -> PorchRevision? {
        revisions.filter { $0.lifecycle?.isPublished == true }.max { $0.revision < $1.revision }
    }

    private func requireTime(since begun: CommitTime?, _ deed: String) throws(PorchStop) {
        guard CommitTime.now.seconds - (begun ?? .now).seconds <= self.delivery.limit.components.seconds else {
            throw .failed("Porch did not \(deed) within \(self.delivery.limit)")
        }
    }

    private func rest() async throws {
        guard ContinuousClock.now + self.delivery.pause < self.until else { throw PorchStop.later }
        try await Task.sleep(for: self.delivery.pause)
    }

    // MARK: Publishing

    private func advance(_ target: Target, to goal: Goal) async throws -> PorchRevision {
        var isFilled = false
        var conflicts = 0
        while true {
            let revision = try await self.client.revision(target.name)
            if let owner = revision?[PorchRevision.Annotation.intent], owner != self.request.intentId.description {
                throw PorchStop.failed("\(target.name) belongs to \(owner)")
            }
            let step = PorchStep.next(revision, isFilled: isFilled, approves: self.delivery.approves)
            if goal == .proposed, let revision, revision.lifecycle == .proposed || revision.lifecycle?.isPublished == true {
                if step == .approve || step == .wait || step == .published { return revision }
            }
            let taken: Result<PorchRevision?, PorchStop>
            do throws(KubernetesError) {
                taken = try await self.take(step, revision, target, &isFilled)
            } catch {
                // Somebody else wrote it, or our own approval arrived though its answer did not and is not valid twice: look at what has become of it.
                guard error.isConflict || (step == .approve && error.code == 422), conflicts < PorchDelivery.maxConflicts else { throw error }
                let wait = self.delivery.backoff.bound(attempt: conflicts)
                conflicts += 1
                try await Task.sleep(for: wait * Double.random(in: 0.5...1))
                continue
            }
            if let done = try taken.get() { return done }
            guard step == .wait else { continue }
            if let revision {
                try self.requireTime(since: revision.createdAt, "publish \(revision.name)")
                // A person takes longer than this look.
                if revision.lifecycle == .proposed, !self.delivery.approves { throw PorchStop.later }
            }
            try await self.rest()
        }
    }

    /// - Returns: the revision when it is published.
    private func take(
        _ step: PorchStep, _ revision: PorchRevision?, _ target: Target, _ isFilled: inout Bool
    ) async throws(KubernetesError) -> Result<PorchRevision?, PorchStop> {
        switch (step, revision) {
        case (.create, _):
            let latest = Self.latest(try await self.client.revisions(of: target.path))
            _ = try await self.client.create(
                target.path, workspace: self.workspace, from: latest, description: self.request.summary.prefix(200).description,
                annotations: self.annotations(source: latest))
        case (.fill, let revision?):
            if let problem = try await self.client.fill(revision, with: self.request.files[target.change.path] ?? []) {
                return .failure(.failed("Porch did not take the content of \(target.path): \(problem)"))
            }
            isFilled = true
        case (.propose, let revision?): try await self.client.propose(revision)
        case (.approve, let revision?): try await self.client.decide(revision, .published)
        case (.published, let revision?): return .success(revision)
        case (.rejected, _): return .failure(.failed("the proposal of \(target.path) was rejected in Porch"))
        case (.failed(let reason), _): return .failure(.failed("Porch: \(reason)"))
        case (.wait, _), (_, nil): break
        }
        return .success(nil)
    }

    private func annotations(source: PorchRevision?) -> [String: String] {
        var annotations = [
            PorchRevision.Annotation.intent: self.request.intentId.description, PorchRevision.Annotation.source: source?.name ?? "",
        ]
        if let hash = self.request.planHash { annotations[PorchRevision.Annotation.plan] = hash }
        if let requester = self.request.requester { annotations[PorchRevision.Annotation.requester] = "\(requester.tenant)/\(requester.name)" }
        return annotations
    }

    private func package(_ target: Target, revision: Int, commit: String) -> PublishedPackage {
        PublishedPackage(
            instance: target.path.instance, repository: self.repository.target.name, path: target.path.description, revision: "v\(max(revision, 0))",
            commit: commit, change: target.change.change)
    }

    /// Porch says so; the branch has to say it, too.
    private func awaitCommit(_ revision: PorchRevision) async throws {
        while try await !self.repository.holds(revision.commit ?? "") {
            try self.requireTime(since: revision.createdAt, "publish \(revision.name)")
            try await self.rest()
        }
    }

    // MARK: Removing

    private static func place(_ revision: PorchRevision) -> Int { revision.revision < 0 ? .max : revision.revision }

    /// All published revisions, the branch's own last: until then the directory is as the plan saw it.
    private func remove(_ target: Target) async throws -> PublishedPackage {
        let mark = self.request.intentId.description
        var highest = 0
        var conflicts = 0
        while true {
            let found = try await self.client.revisions(of: target.path).filter { $0.lifecycle?.isPublished == true }
            highest = max(highest, found.map(\.revision).max() ?? 0)
            if found.isEmpty {
                if let head = try await self.repository.headWithout(target.path) { return self.package(target, revision: highest, commit: head) }
                guard ContinuousClock.now + self.delivery.pause < self.until else {
                    throw PorchStop.again("Porch has no published revision of \(target.path), but the branch has the package")
                }
                try await self.rest()
                continue
            }
            for revision in found {
                let begun = revision[PorchRevision.Annotation.deletionTime].flatMap { CommitTime(rfc3339: $0) }
                try self.requireTime(since: begun, "remove \(revision.name)")
            }
            do throws(KubernetesError) {
                let order = found.filter { !$0.object.isBeingDeleted }.sorted { Self.place($0) < Self.place($1) }
                for revision in order where revision.lifecycle == .published && revision[PorchRevision.Annotation.deletion] != mark {
                    try await self.client.proposeDeletion(revision, by: self.request.intentId)
                }
                // As they were when this look began.
                let isRejected = order.contains { $0.lifecycle == .published && $0[PorchRevision.Annotation.deletion] == mark }
                if !isRejected, self.delivery.approves {
                    for revision in order where revision.lifecycle == .deletionProposed && revision.isSettled { try await self.client.delete(revision) }
                }
            } catch {
                guard error.isConflict, conflicts < PorchDelivery.maxConflicts else { throw error }
                conflicts += 1
                try await Task.sleep(for: self.delivery.backoff.bound(attempt: conflicts))
                continue
            }
            if found.contains(where: { $0.lifecycle == .published && $0[PorchRevision.Annotation.deletion] == mark }) {
                throw PorchStop.failed("the deletion of \(target.path) was rejected in Porch")
            }
            if !self.delivery.approves, found.allSatisfy({ $0.lifecycle == .deletionProposed }) { throw PorchStop.later }
            try await self.rest()
        }
    }
}
