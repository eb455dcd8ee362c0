import GitObjects
import IntentModel

/// What is proposed on a branch of its own, for others to merge. Only with a remote.
extension PackageRepository {
    enum Proposal: Sendable, Equatable {
        /// Nothing is to be proposed: it is published, changes nothing, or was planned for other packages.
        case decided(PublishResult)
        /// The last commit of the branch at the remote.
        case pushed(ObjectID)
    }

    /// Makes a branch at the remote that holds what `request` changes, a commit a package, on the head of the published one.
    func propose(_ request: PublishRequest, as branch: String) async throws -> Proposal {
        try await self.turns.take {
            try await self.becomeCurrent(fetching: true)
            try await self.recall([request])
            try await self.countRevisions(of: request.changes.compactMap { PackagePath($0.path) })
            let batch = await PublicationBatch([request], index: self.index, memory: self.memory, repository: self.target.name)
            guard !batch.commits.isEmpty else { return .decided(batch.results([])[0]) }
            let head = try await self.write(batch.commits)
            // The name is this execution's alone: what is there is an earlier attempt of it.
            try await self.push(["+\(head):refs/heads/\(branch)"])
            return .pushed(head)
        }
    }

    /// What a merge of the branch that ended at `head` has published, its revisions tagged; nil while the published branch does not have it.
    ///
    /// A merge keeps our commits, a rebase makes them again with their trailers, a squash may do away with both: then the revision is the merge's commit.
    func adopt(_ request: PublishRequest, head: String, number: Int, merge: String) async throws -> [PublishedPackage]? {
        try await self.turns.take { try await self.adoptInTurn(request, head: head, number: number, merge: merge) }
    }

    private func adoptInTurn(_ request: PublishRequest, head: String, number: Int, merge: String) async throws -> [PublishedPackage]? {
        try await self.becomeCurrent(fetching: true)
        guard let merge = ObjectID(merge), try await self.reader.object("\(merge)")?.kind == .commit, try await self.isOnBranch(merge) else { return nil }
        var search = request
        search.mayBeRepeat = true
        try await self.recall([search])
        let proposed = try await self.proposed(request, head: head, number: number)
        var packages: [PublishedPackage] = []
        var tags: [String] = []
        for change in request.changes {
            guard let path = PackagePath(change.path) else { continue }
            if let known = self.memory.publication(of: request.intentId, at: path, isReversal: request.isReversal) {
                packages.append(known.published(repository: self.target.name))
                tags.append("\(known.commit):refs/tags/\(path.tag(revision: known.revision))")
            } else if var made = proposed[path] {
                made.commit = merge
                self.index.raise(path, to: made.revision)
                self.owedTags[path.tag(revision: made.revision)] = merge
                packages.append(made.published(repository: self.target.name))
                tags.append("\(merge):refs/tags/\(path.tag(revision: made.revision))")
            } else {
                packages.append(
                    PublishedPackage(
                        instance: path.instance, repository: self.target.name, path: path.description, revision: "v\(self.index.revision(of: path))",
                        commit: merge.description, change: .none))
            }
        }
        try await self.push(tags)
        await self.payOwedTags()
        return packages
    }

    /// What the commits of the branch said of themselves when it was proposed.
    private func proposed(_ request: PublishRequest, head: String, number: Int) async throws(GitError) -> [PackagePath: Publication] {
        guard let head = ObjectID(head), let remote = self.target.remote else { return [:] }
        if try await self.reader.object("\(head)") == nil {
            // Made through another mirror, and its branch may be gone; a forge keeps it under this name.
            let fetched = try await self.git.run(
                [
                    "-c", "fetch.unpackLimit=1", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "origin",
                    "refs/pull/\(number)/head",
                ], settings: remote.settings, isolated: false)
            guard fetched.succeeded else { throw .remote(fetched) }
        }
        let output = try await self.git.output(["log", "-\(request.changes.count)"] + CommitLog.format + [head.description])
        let own = CommitLog.commits(output).compactMap(\.publication).filter { $0.intentId == request.intentId && $0.isReversal == request.isReversal }
        return Dictionary(own.map { ($0.path, $0) }) { first, _ in first }
    }

    /// A squash leaves no trailers: how many revisions there are only the tags say, and another process may have made them.
    private func countRevisions(of paths: [PackagePath]) async throws(GitError) {
        guard let remote = self.target.remote, !paths.isEmpty else { return }
        let names = paths.map { "refs/tags/\($0)/v*" }
        let listed = try await self.git.run(["ls-remote", "--refs", "origin"] + names, settings: remote.settings, isolated: false)
        guard listed.succeeded else { throw .remote(listed) }
        for line in listed.output.split(separator: UInt8(ascii: "\n")) {
            let name = String(decoding: line.dropFirst(41 + "refs/tags/".utf8.count), as: UTF8.self)
            guard let path = PackagePath(containing: name), let slash = name.lastIndex(of: "/"), let number = Int(name[slash...].dropFirst(2)) else { continue }
            self.index.raise(path, to: number)
        }
    }

    /// Removes a branch that nobody needs any more. One that is gone already is as well.
    func discard(branch: String) async throws {
        guard let remote = self.target.remote else { return }
        let pushed = try await self.git.run(["push", "--porcelain", "origin", ":refs/heads/\(branch)"], settings: remote.settings, isolated: false)
        guard !pushed.succeeded, !pushed.message.contains("remote ref does not exist") else { return }
        if let error = PushReport.error(of: pushed) { throw error }
    }

    private func push(_ refs: [String]) async throws(GitError) {
        guard let remote = self.target.remote, !refs.isEmpty else { return }
        let pushed = try await self.git.run(["push", "--porcelain", "origin"] + refs, settings: remote.settings, isolated: false)
        if let error = PushReport.error(of: pushed) { throw error }
    }
}
