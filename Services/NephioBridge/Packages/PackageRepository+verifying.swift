import GitObjects
import IntentModel

extension PackageRepository {
    /// Reads back from Git what publications claim: the commit is on the branch, holds the planned content (or, for a
    /// delete, no directory), and the revision's tag names it. Three checks per package, none for one that did not change.
    /// A remote is asked once for the whole batch.
    ///
    /// - Parameter batch: per intent what was published, and the changes of its plan: `result` of the change with the same
    ///   path is the content looked for.
    /// - Parameter isCommittedElsewhere: whoever committed it may have made more of the content, and tags no removal.
    func verify(
        _ batch: [(packages: [PublishedPackage], expected: [PackageChange])], isCommittedElsewhere: Bool = false
    ) async throws -> [[VerificationCheck]] {
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
        // One question to git for the whole batch, too.
        let claims = changed.map { Claim($0) }
        let names = claims.flatMap { claim in claim.map { ["\($0.commit)", "\($0.commit):\($0.path)", "refs/tags/\($0.tag)^{commit}"] } ?? [] }
        var objects = try await self.reader.objects(names)[...]
        var answers = claims.map { claim in claim.map { (claim: $0, objects: objects.take(3)) } }[...]
        var checks: [[VerificationCheck]] = []
        checks.reserveCapacity(batch.count)
        for (packages, expected) in batch {
            var own: [VerificationCheck] = []
            for change in expected where change.change != .none && !packages.contains(where: { $0.path == change.path }) {
                own.append(VerificationCheck(path: change.path, fact: .commit, passed: false, detail: "was not published"))
            }
            for package in packages where package.change != .none {
                if let answer = answers.popFirst(), let answer {
                    let checks = try await self.check(package, answer.claim, answer.objects, isCommittedElsewhere ? [] : expected, tags)
                    own += isCommittedElsewhere && package.change == .delete ? checks.filter { $0.fact != .tag } : checks
                } else {
                    own.append(VerificationCheck(path: package.path, fact: .commit, passed: false, detail: "is not a published package"))
                }
            }
            checks.append(own)
        }
        return checks
    }

    func verify(_ packages: [PublishedPackage], expected: [PackageChange]) async throws -> [VerificationCheck] {
        try await self.verify([(packages, expected)]).first ?? []
    }

    /// What a published package says of itself.
    private struct Claim {
        var path: PackagePath
        var commit: ObjectID
        var tag: String

        /// Nil when it says nothing that could be looked for.
        init?(_ package: PublishedPackage) {
            guard let path = PackagePath(package.path), let commit = ObjectID(package.commit), let revision = Int(package.revision.dropFirst()) else {
                return nil
            }
            (self.path, self.commit, self.tag) = (path, commit, path.tag(revision: revision))
        }
    }

    /// - Parameter objects: the commit, the directory in it, and the commit that the tag names.
    private func check(
        _ package: PublishedPackage, _ claim: Claim, _ objects: [GitObject?], _ expected: [PackageChange], _ tags: [String: ObjectID]?
    ) async throws(GitError) -> [VerificationCheck] {
        let (commit, tag) = (claim.commit, claim.tag)
        let exists = objects[0]?.kind == .commit
        let published = exists ? try await self.isPublished(commit, at: claim.path) : false
        let tree = objects[1].flatMap { $0.kind == .tree ? $0.id.description : nil }
        let planned = expected.first { $0.path == package.path }?.result
        let holds = exists && (package.change == .delete ? tree == nil : tree != nil && (planned == nil || planned == tree))
        let tagged = tags.map { $0["refs/tags/\(tag)"] == commit } ?? (objects[2]?.id == commit)
        return [
            VerificationCheck(
                path: package.path, fact: .commit, passed: published, detail: "commit \(commit) is \(published ? "" : "not ")on \(self.branch)"
            ),
            VerificationCheck(
                path: package.path, fact: .content, passed: holds,
                detail: !holds
                    ? "the content is not the planned one"
                    : tree.map { "tree \($0) is \(planned == nil ? "its" : "the planned") content" } ?? "the directory is gone"
            ),
            VerificationCheck(path: package.path, fact: .tag, passed: tagged, detail: "tag \(tag) \(tagged ? "names" : "does not name") the commit"),
        ]
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
        guard result.succeeded else { throw .remote(result) }
        var tags: [String: ObjectID] = [:]
        for line in result.output.split(separator: UInt8(ascii: "\n")) {
            tags[String(decoding: line.dropFirst(41), as: UTF8.self)] = ObjectID(hex: line.prefix(40))
        }
        return tags
    }
}

extension ArraySlice {
    /// The first `count` elements, which are removed.
    fileprivate mutating func take(_ count: Int) -> [Element] {
        defer { self.removeFirst(count) }
        return Array(self.prefix(count))
    }
}
