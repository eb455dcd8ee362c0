import IntentModel

/// One look at one intent's pull request.
struct PullRequestRun: Sendable {
    let delivery: PullRequestDelivery
    let request: PublishRequest
    let repository: PackageRepository
    let isToEnd: Bool
    private var forge: ForgeClient { self.delivery.forge }

    /// `nephoran-<intent>-<execution>`: an execution that begins anew has one of its own.
    var branch: String { "nephoran-\(self.request.isReversal ? "undo-" : "")\(self.request.intentId)-\(self.request.execution)" }

    func look() async throws -> DeliveryOutcome {
        let changes = self.request.changes.filter { $0.change != .none }
        guard !changes.isEmpty else { return .ended(.published([])) }
        var pull = try await self.known()
        if pull == nil, let published = try await self.repository.published(self.request) {
            // The forge has forgotten it, the branch has not.
            return .ended(.published(published))
        }
        var hasClosed = false
        while true {
            let stale = try await self.stale(changes)
            let opened = pull.flatMap { CommitTime(rfc3339: $0.createdAt) }
            let step = PullRequestStep.next(
                pull, isToEnd: self.isToEnd, isCurrent: stale == nil,
                isLate: opened.map { CommitTime.now.seconds - $0.seconds > self.delivery.limit.components.seconds } ?? false)
            switch step {
            case .open:
                switch try await self.repository.propose(self.request, as: self.branch) {
                case .decided(let result): return .ended(result)
                case .pushed: self.delivery.passing(.pushed)
                }
                let made = try await self.open()
                self.delivery.book[self.branch] = made.number
                self.delivery.passing(.opened)
                pull = made
            case .wait: return .waiting(self.delivery.pause(since: opened))
            case .close:
                guard let number = pull?.number else { return .withdrawn }
                // A forge that says yes and leaves it open is asked again later, not at once.
                guard !hasClosed else { return .waiting(self.delivery.pauses.upperBound) }
                hasClosed = true
                pull = try await self.forge.close(number)
            case .merged:
                guard let merged = pull, let packages = try await self.adopt(merged) else { return .waiting(self.delivery.pauses.lowerBound) }
                self.delivery.passing(.adopted)
                try? await self.repository.discard(branch: self.branch)
                return .ended(.published(packages))
            case .ended(let reason):
                try? await self.repository.discard(branch: self.branch)
                return self.outcome(reason, stale, pull)
            }
        }
    }

    /// The one that is waited for, or that an earlier attempt has opened.
    private func known() async throws(ForgeError) -> PullRequest? {
        if let number = self.delivery.book[self.branch] { return try await self.forge.pull(number) }
        guard let found = try await self.forge.find(head: self.branch, since: self.request.searchFrom) else { return nil }
        self.delivery.book[self.branch] = found.number
        // A list does not tell all of it.
        return try await self.forge.pull(found.number)
    }

    private func open() async throws(ForgeError) -> PullRequest {
        do throws(ForgeError) {
            return try await self.forge.open(head: self.branch, title: self.title, body: self.text)
        } catch {
            // An earlier attempt whose answer was lost.
            guard case .refused(status: 409...422, _) = error, let found = try await self.forge.find(head: self.branch, since: self.request.searchFrom)
            else { throw error }
            return found
        }
    }

    /// The first package that is not what the plan was made for.
    private func stale(_ changes: [PackageChange]) async throws -> String? {
        for change in changes {
            guard let path = PackagePath(change.path) else { return change.path }
            if try await self.repository.item(at: path)?.tree != change.base { return change.path }
        }
        return nil
    }

    private func adopt(_ pull: PullRequest) async throws -> [PublishedPackage]? {
        guard let merge = pull.mergeCommit else { return nil }
        return try await self.repository.adopt(self.request, head: pull.head.sha, number: pull.number, merge: merge)
    }

    private func outcome(_ reason: PullRequestStep.Reason, _ stale: String?, _ pull: PullRequest?) -> DeliveryOutcome {
        let name = pull.map { "pull request \($0.number)\($0.page.map { " (\($0))" } ?? "")" } ?? "a pull request"
        switch reason {
        case .withdrawn: return .withdrawn
        case .conflict: return .ended(.conflict(path: stale ?? ""))
        case .late: return .ended(.failed(reason: "\(name) was not merged within \(self.delivery.limit)", mayRetry: false))
        case .refused: return .ended(.failed(reason: "\(name) was closed without a merge", mayRetry: false))
        }
    }

    // MARK: For people

    private var title: String {
        let changes = self.request.changes.filter { $0.change != .none }
        let names = changes.compactMap { PackagePath($0.path) }
        guard names.count == 1, let path = names.first else {
            return CommitMessage.line("\(CommitMessage.word(self.request.verb)) \(names.map(\.instance).joined(separator: ", "))", limit: 200)
        }
        return CommitMessage.subject(verb: self.request.verb, change: changes[0].change, path: path)
    }

    /// What was asked for as code: in it, nobody is mentioned and nothing is closed.
    private var text: String {
        var lines = ["    \(CommitMessage.line(self.request.summary, limit: 500))", ""]
        for change in self.request.changes where change.change != .none { lines.append("- `\(change.path)`: \(change.change.rawValue)") }
        lines += ["", "Intent-Id: \(self.request.intentId)"]
        if let hash = self.request.planHash { lines.append("Plan-Hash: \(hash)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
