import GitObjects
import IntentModel

/// Publications from before the memory begins.
extension PackageRepository {
    /// Revisions of a path that are looked at in one question to git; most questions end in the first.
    private static let revisionsAtOnce = 8

    /// Remembers the publications of intents that may have been published before our memory begins: a restarted process
    /// with a long backlog asks this for every intent, so it must not cost a walk through the history.
    ///
    /// Every publication has the tag of its revision (or owes it), so only the revisions of the paths in question are looked
    /// at, latest first, down to those older than the intent. A path that never had one costs nothing.
    func recall(_ requests: [PublishRequest]) async throws(GitError) {
        var wanted: [PackagePath: (from: CommitTime, intents: Set<IntentID>)] = [:]
        for request in requests where request.mayBeRepeat && !self.memory.covers(request.searchFrom) {
            for change in request.changes {
                guard let path = PackagePath(change.path),
                    self.memory.publication(of: request.intentId, at: path, isReversal: request.isReversal) == nil
                else { continue }
                var search = wanted[path] ?? (from: request.searchFrom, intents: [])
                search.from = min(search.from, request.searchFrom)
                search.intents.insert(request.intentId)
                wanted[path] = search
            }
        }
        var open = wanted.keys.map { (path: $0, revision: self.index.revision(of: $0)) }.filter { $0.revision > 0 }
        var found: [Publication] = []
        while !open.isEmpty {
            let asked = open.flatMap { item in
                (max(item.revision - Self.revisionsAtOnce, 0)..<item.revision).reversed().map { (path: item.path, revision: $0 + 1) }
            }
            let objects = try await self.reader.objects(asked.map { self.commitName(of: $0.path, revision: $0.revision) })
            var isPast: Set<PackagePath> = []
            for (item, object) in zip(asked, objects) {
                guard let object, object.kind == .commit, let search = wanted[item.path] else { continue }
                if CommitObject.time(of: object.content) < search.from { isPast.insert(item.path) }
                guard let publication = CommitObject.publication(of: object), publication.path == item.path, search.intents.contains(publication.intentId)
                else { continue }
                found.append(publication)
            }
            open = open.compactMap { item in
                let next = item.revision - Self.revisionsAtOnce
                return next > 0 && !isPast.contains(item.path) ? (item.path, next) : nil
            }
        }
        // Of one path, in the order they were made: a publication stands until it is reversed.
        for publication in found.sorted(by: { $0.revision < $1.revision }) where try await self.isOnBranch(publication.commit) {
            self.memory.remember(publication)
        }
    }

    /// What an intent has published of `request`; nil when that is nothing. The remote is asked.
    func published(_ request: PublishRequest) async throws -> [PublishedPackage]? {
        try await self.turns.take {
            try await self.becomeCurrent(fetching: true)
            var request = request
            request.mayBeRepeat = true
            try await self.recall([request])
            return await self.remembered(request)
        }
    }

    private func remembered(_ request: PublishRequest) -> [PublishedPackage]? {
        let found = request.changes.compactMap { change in
            PackagePath(change.path).flatMap { self.memory.publication(of: request.intentId, at: $0, isReversal: request.isReversal) }
        }
        return found.isEmpty ? nil : found.map { $0.published(repository: self.target.name) }
    }

    /// A tag may name a commit that a person took off the branch since.
    func isOnBranch(_ commit: ObjectID) async throws(GitError) -> Bool {
        if self.memory.contains(commit) { return true }
        return try await self.git.run(["merge-base", "--is-ancestor", commit.description, self.headRef]).succeeded
    }

    /// Commits at the head whose messages match, oldest first.
    func history(matching patterns: [String], from time: CommitTime) async throws(GitError) -> [LoggedCommit] {
        let output = try await self.git.output(["log", "--since=@\(time.seconds)"] + patterns + CommitLog.format + [self.headRef])
        return CommitLog.commits(output).reversed()
    }
}
