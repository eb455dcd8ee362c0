import IntentModel

extension PackageRepository {
    /// Reads back from Git what a publication claims: the commit is on the branch, holds the planned content (or, for a
    /// delete, no directory), and the revision's tag names it. Three checks per package, none for one that did not change.
    ///
    /// - Parameter expected: the changes of the plan; `result` of the change with the same path is the content looked for.
    func verify(_ packages: [PublishedPackage], expected: [PackageChange]) async throws -> [VerificationCheck] {
        var checks: [VerificationCheck] = []
        let changed = packages.filter { $0.change != .none }
        for change in expected where change.change != .none && !packages.contains(where: { $0.path == change.path }) {
            checks.append(VerificationCheck(path: change.path, fact: .commit, passed: false, detail: "was not published"))
        }
        guard !changed.isEmpty else { return checks }
        if self.target.remote != nil || !self.owedTags.isEmpty {
            try await self.turns.take {
                try await self.becomeCurrent(fetching: true)
                await self.payOwedTags()
            }
        } else {
            try await self.becomeFresh()
        }
        let remote = try await self.remoteTags(of: changed)
        for package in changed {
            guard let path = PackagePath(package.path), let commit = ObjectID(package.commit), let revision = Int(package.revision.dropFirst()) else {
                checks.append(VerificationCheck(path: package.path, fact: .commit, passed: false, detail: "is not a published package"))
                continue
            }
            let tag = "refs/tags/\(path.tag(revision: revision))"
            let objects = try await self.reader.objects([commit.description, "\(commit):\(path)", "\(tag)^{commit}"])
            let exists = objects[0]?.kind == .commit
            let reachable = exists ? try await self.isPublished(commit, at: path) : false
            checks.append(
                VerificationCheck(
                    path: package.path, fact: .commit, passed: reachable,
                    detail: reachable ? "commit \(commit) is on \(self.branch)" : "commit \(commit) is not on \(self.branch)"
                )
            )
            let tree = objects[1].flatMap { $0.kind == .tree ? $0.id.description : nil }
            let change = expected.first { $0.path == package.path }
            let content = exists && (package.change == .delete ? tree == nil : tree != nil && (change?.result == nil || change?.result == tree))
            checks.append(
                VerificationCheck(
                    path: package.path, fact: .content, passed: content,
                    detail: !content ? "the content is not the planned one" : tree.map { "tree \($0) is the planned content" } ?? "the directory is gone"
                )
            )
            let tagged = remote.map { $0[tag] == commit } ?? (objects[2]?.id == commit)
            checks.append(
                VerificationCheck(
                    path: package.path, fact: .tag, passed: tagged,
                    detail: tagged ? "tag \(path.tag(revision: revision)) names the commit" : "tag \(path.tag(revision: revision)) does not name the commit"
                )
            )
        }
        return checks
    }

    /// The memory holds only commits that were on the branch, and is made anew when the branch is rewritten.
    private func isPublished(_ commit: ObjectID, at path: PackagePath) async throws(GitError) -> Bool {
        if self.index.entries[path]?.commit == commit || self.memory.contains(commit) { return true }
        return try await self.git.run(["merge-base", "--is-ancestor", commit.description, self.headRef]).succeeded
    }

    /// The tags as the remote has them; nil without a remote.
    private func remoteTags(of packages: [PublishedPackage]) async throws(GitError) -> [String: ObjectID]? {
        guard let remote = self.target.remote else { return nil }
        let names = packages.compactMap { package in
            PackagePath(package.path).flatMap { path in Int(package.revision.dropFirst()).map { "refs/tags/\(path.tag(revision: $0))" } }
        }
        let result = try await self.git.run(["ls-remote", "origin"] + names, settings: remote.settings, isolated: false)
        guard result.succeeded else { throw .unreachable(result.message.trimmed) }
        var tags: [String: ObjectID] = [:]
        for line in result.output.split(separator: UInt8(ascii: "\n")) {
            tags[String(decoding: line.dropFirst(41), as: UTF8.self)] = ObjectID(hex: line.prefix(40))
        }
        return tags
    }
}
