import GitObjects
import IntentModel

/// One commit to be made.
struct StagedCommit: Sendable {
    var path: PackagePath
    var change: PackageChange.Change
    /// Nil for a delete.
    var files: [PackageFile]?
    var content: GitTree?
    var summary: PackageSummary?
    var revision: Int
    var intentId: IntentID
    var function: String
    var message: String
    var isReversal: Bool

    var tree: ObjectID? { self.content?.id }
}

/// Decides, without touching git, what a batch of requests does to the branch as the index knows it: which intents were
/// published before, which were planned against something else, and the commits of the others, each seeing those before it.
struct PublicationBatch: Sendable {
    private enum Decision: Sendable {
        case decided(PublishResult)
        case staged([Part])
    }

    private enum Part: Sendable {
        case done(PublishedPackage)
        /// As that commit leaves it; `changed` is false when it was the commit of another intent and this one found nothing to do.
        case commit(Int, changed: Bool)
    }

    private let repository: String
    private var decisions: [Decision] = []
    private(set) var commits: [StagedCommit] = []
    /// The last staged commit of each path.
    private var latest: [PackagePath: Int] = [:]
    private var staged: [IntentID: [PackagePath: Int]] = [:]

    init(_ requests: [PublishRequest], index: PackageIndex, memory: PublicationMemory, repository: String) {
        self.repository = repository
        for request in requests { self.decisions.append(self.decide(request, index, memory)) }
    }

    /// One result per request, once git has made the commits: `ids` in the order of ``commits``.
    func results(_ ids: [ObjectID]) -> [PublishResult] {
        self.decisions.map { decision in
            switch decision {
            case .decided(let result): result
            case .staged(let parts):
                .published(
                    parts.map { part in
                        switch part {
                        case .done(let package): package
                        case .commit(let position, let changed):
                            PublishedPackage(
                                instance: self.commits[position].path.instance, repository: self.repository, path: self.commits[position].path.description,
                                revision: "v\(self.commits[position].revision)", commit: ids[position].description,
                                change: changed ? self.commits[position].change : .none
                            )
                        }
                    }
                )
            }
        }
    }

    private func tree(at path: PackagePath, _ index: PackageIndex) -> ObjectID? {
        if let position = self.latest[path] { self.commits[position].tree } else { index.entries[path]?.tree }
    }

    private func revision(of path: PackagePath, _ index: PackageIndex) -> Int {
        if let position = self.latest[path] { self.commits[position].revision } else { index.revision(of: path) }
    }

    private mutating func decide(_ request: PublishRequest, _ index: PackageIndex, _ memory: PublicationMemory) -> Decision {
        func refuse(_ reason: String) -> Decision { .decided(.failed(reason: reason, mayRetry: false)) }
        var parts: [Part] = []
        var commits: [StagedCommit] = []
        var seen: Set<PackagePath> = []
        for change in request.changes {
            guard let path = PackagePath(change.path) else { return refuse("a package path is <cluster>/<namespace>/<instance>, each a DNS label") }
            guard seen.insert(path).inserted else { return refuse("\(path) is changed twice by one intent") }
            if let earlier = memory.publication(of: request.intentId, at: path, isReversal: request.isReversal) {
                parts.append(.done(earlier.published(repository: self.repository)))
                continue
            }
            if let earlier = self.staged[request.intentId]?[path] {
                parts.append(.commit(earlier, changed: true))
                continue
            }
            let current = self.tree(at: path, index)
            let files = change.change == .delete ? nil : request.files[change.path]
            if change.change == .none || (current != nil && change.base == change.result && change.base == current?.description) {
                if let unchanged = self.unchanged(path, index) { parts.append(unchanged) }
                continue
            }
            var content: GitTree?
            var summary: PackageSummary?
            if change.change != .delete {
                guard let files else { return refuse("the files of \(path) are missing") }
                let prepared = request.prepared[change.path] ?? PreparedPackage(files)
                if let objection = prepared.objection { return refuse("\(path): \(objection)") }
                (content, summary) = (prepared.content, prepared.summary)
                if let result = change.result, result != content?.id.description { return refuse("the files of \(path) are not those of the plan") }
            }
            let tree = content?.id
            guard change.base == current?.description else { return .decided(.conflict(path: path.description)) }
            guard current != nil || tree != nil else { return .decided(.conflict(path: path.description)) }
            if current == tree {
                if let unchanged = self.unchanged(path, index) { parts.append(unchanged) }
                continue
            }
            let revision = self.revision(of: path, index) + 1
            parts.append(.commit(self.commits.count + commits.count, changed: true))
            commits.append(
                StagedCommit(
                    path: path, change: tree == nil ? .delete : current == nil ? .create : .update, files: files, content: content,
                    summary: summary, revision: revision,
                    intentId: request.intentId, function: change.function,
                    message: CommitMessage.text(
                        of: request, figures: change.figures, path: path, change: tree == nil ? .delete : current == nil ? .create : .update,
                        revision: revision
                    ), isReversal: request.isReversal
                )
            )
        }
        for commit in commits {
            self.latest[commit.path] = self.commits.count
            self.staged[request.intentId, default: [:]][commit.path] = self.commits.count
            self.commits.append(commit)
        }
        return .staged(parts)
    }

    /// The package as it stands, for a change that changes nothing; nil when there is none.
    private func unchanged(_ path: PackagePath, _ index: PackageIndex) -> Part? {
        if let position = self.latest[path] { return self.commits[position].tree == nil ? nil : .commit(position, changed: false) }
        return index.entries[path].map { entry in
            .done(
                PublishedPackage(
                    instance: path.instance, repository: self.repository, path: path.description, revision: "v\(entry.revision)",
                    commit: entry.commit.description, change: .none
                )
            )
        }
    }
}
