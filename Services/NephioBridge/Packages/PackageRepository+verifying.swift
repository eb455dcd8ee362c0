import IntentModel

extension PackageRepository {
    /// Reads back from Git what publications claim: the commit is on the branch, holds the planned content (or, for a
    /// delete, no directory), and the revision's tag names it. Three checks per package, none for one that did not change.
    /// A remote is asked once for the whole batch.
    ///
    /// - Parameter batch: per intent what was published, and the changes of its plan: `result` of the change with the same
    ///   path is the content looked for.
    func verify(_ batch: [(packages: [PublishedPackage], expected: [PackageChange])]) async throws -> [[VerificationCheck]] {
        let changed = batch.flatMap(\.packages).filter { $0.change != .none }
        var tags: [String: ObjectID]?
        if !changed.isEmpty {
            if self.target.remote != nil || !self.owedTags.isEmpty {
                try await self.turns.take {
                    try await self.becomeCurrent(fetching: true)
                    await self.payOwedTags()
                }
            } else {
                try await self.becomeFresh()
            }
            tags = try await self.remoteTags(of: changed)
        }
        var checks: [[VerificationCheck]] = []
        checks.reserveCapacity(batch.count)
        for (packages, expected) in batch { checks.append(try await self.check(packages, expected, tags)) }
        return checks
    }

    func verify(_ packages: [PublishedPackage], expected: [PackageChange]) async throws -> [VerificationCheck] {
        try await self.verify([(packages, expected)]).first ?? []
    }

    private func check(_ packages: [PublishedPackage], _ expected: [PackageChange], _ tags: [String: ObjectID]?) async throws(GitError) -> [VerificationCheck] {
        var checks: [VerificationCheck] = []
        for change in expected where change.change != .none && !packages.contains(where: { $0.path == change.path }) {
            checks.append(VerificationCheck(path: change.path, fact: .commit, passed: false, detail: "was not published"))
        }
        for package in packages where package.change != .none {
            guard let path = PackagePath(package.path), let commit = ObjectID(package.commit), let revision = Int(package.revision.dropFirst()) else {
                checks.append(VerificationCheck(path: package.path, fact: .commit, passed: false, detail: "is not a published package"))
                continue
            }
            let tag = path.tag(revision: revision)
            let objects = try await self.reader.objects([commit.description, "\(commit):\(path)", "refs/tags/\(tag)^{commit}"])
            let exists = objects[0]?.kind == .commit
            let published = exists ? try await self.isPublished(commit, at: path) : false
            let tree = objects[1].flatMap { $0.kind == .tree ? $0.id.description : nil }
            let planned = expected.first { $0.path == package.path }?.result
            let holds = exists && (package.change == .delete ? tree == nil : tree != nil && (planned == nil || planned == tree))
            let tagged = tags.map { $0["refs/tags/\(tag)"] == commit } ?? (objects[2]?.id == commit)
            checks += [
                VerificationCheck(
                    path: package.path, fact: .commit, passed: published, detail: "commit \(commit) is \(published ? "" : "not ")on \(self.branch)"
                ),
                VerificationCheck(
                    path: package.path, fact: .content, passed: holds,
                    detail: !holds ? "the content is not the planned one" : tree.map { "tree \($0) is the planned content" } ?? "the directory is gone"
                ),
                VerificationCheck(path: package.path, fact: .tag, passed: tagged, detail: "tag \(tag) \(tagged ? "names" : "does not name") the commit"),
            ]
        }
        return checks
    }

    /// The memory holds only commits that were on the branch, and is made anew when the branch is rewritten.
    private func isPublished(_ commit: ObjectID, at path: PackagePath) async throws(GitError) -> Bool {
        if self.index.entries[path]?.commit == commit { return true }
        return try await self.isOnBranch(commit)
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
