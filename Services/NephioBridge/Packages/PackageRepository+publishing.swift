import GitObjects
import IntentModel
import Logging

extension PackageRepository {
    private static let maxAttempts = 12
    /// Of what the server declines: its rules stay, but what checks them may have failed this once.
    private static let maxRefusals = 3
    /// Packages and bytes in one pack.
    private static let runLimit = (requests: 256, bytes: 32 << 20)

    /// Publishes a batch: one commit per changed package, in order; the result of each request, in order.
    ///
    /// Exactly one revision comes to be per intent and package, whatever is repeated. When this returns `published`, the
    /// commits are on disk and, for a remote, at the remote.
    nonisolated func publish(_ batch: [PublishRequest]) async -> [PublishResult] { await self.publish(prepared: batch.map(\.withPreparedPackages)) }

    private func publish(prepared batch: [PublishRequest]) async -> [PublishResult] {
        var results: [PublishResult] = []
        for part in Self.runs(of: batch) {
            do {
                results += try await self.turns.take { await self.publishInTurn(part) }
            } catch {
                let reason = (error as? GitError ?? .overloaded).description
                results += part.map { _ in .failed(reason: reason, mayRetry: true) }
            }
        }
        return results
    }

    private static func runs(of batch: [PublishRequest]) -> [[PublishRequest]] {
        var runs: [[PublishRequest]] = []
        var bytes = 0
        for request in batch {
            let size = request.files.values.joined().reduce(0) { $0 + $1.content.utf8.count }
            if let run = runs.last, run.count < Self.runLimit.requests, bytes + size <= Self.runLimit.bytes {
                runs[runs.count - 1].append(request)
                bytes += size
            } else {
                runs.append([request])
                bytes = size
            }
        }
        return runs
    }

    /// Others are waited for so long; after that the race is run.
    private static let longestTurn = Duration.seconds(1)

    private func publishInTurn(_ requests: [PublishRequest]) async -> [PublishResult] {
        let turn = await ProcessTurn(at: self.target.directory, within: Self.longestTurn)
        let results = await self.publishWhileOthersMay(requests, hasTurn: turn != nil)
        _ = consume turn
        return results
    }

    private func publishWhileOthersMay(_ requests: [PublishRequest], hasTurn: Bool) async -> [PublishResult] {
        var last = GitError.moved
        var refusals = 0
        for attempt in 0..<Self.maxAttempts {
            do {
                // After a lost race the remote is asked what happened; otherwise the push finds out.
                try await self.becomeCurrent(fetching: attempt > 0)
                try await self.recall(requests)
                let batch = PublicationBatch(requests, index: self.index, memory: self.memory, repository: self.target.name)
                let ids = batch.commits.isEmpty ? [] : try await self.commit(batch.commits)
                return batch.results(ids)
            } catch GitError.moved {
                last = .moved
                if attempt > 2 {
                    try? await Blocking.run { [directory = self.target.directory] in try RepositoryDirectory.removeStaleLocks(in: directory, hasTurn: hasTurn) }
                }
                let limit = min(10 << attempt, 1_000)
                try? await Task.sleep(for: .milliseconds(Int.random(in: 1...limit)))
            } catch {
                last = error
                guard case .declined = error, refusals + 1 < Self.maxRefusals else { break }
                refusals += 1
                try? await Task.sleep(for: .milliseconds(Int.random(in: 50...100) << refusals))
            }
        }
        self.logger.warning("a batch was not published", metadata: ["requests": "\(requests.count)", "error": "\(last)"])
        return requests.map { _ in .failed(reason: last.description, mayRetry: last.mayRetry) }
    }

    /// Bytes of directories above packages that are kept from batch to batch.
    private static let spineLimit = 32 << 20

    /// Makes the commits on top of the index's head and moves the branch, or throws ``GitError/moved`` and changes nothing.
    private func commit(_ commits: [StagedCommit]) async throws(GitError) -> [ObjectID] {
        let now = CommitTime.now
        let head = self.index.head
        let root = try await self.learn(above: commits.map(\.path.description), at: head)
        let moved = self.target.remote == nil ? self.headRef : nil
        // Also what is not published leaves a pack behind.
        self.maintenance.count(packs: 1, tags: 0)
        defer { self.maintainIfNeeded() }
        let published = try await Blocking.run { [packs, refs, spine, recent, signer] in
            let publication = try PublicationPack(commits, onto: head, root: root, spine: spine, time: now, signer: signer, isKnown: recent.contains)
            try packs.add(publication.pack)
            if let moved, let last = publication.ids.last { try refs.move(moved, from: head, to: last) }
            return publication
        }
        let ids = published.ids
        guard let last = ids.last else { return ids }
        if let remote = self.target.remote {
            let tags = zip(commits, ids).map { "\($1):refs/tags/\($0.path.tag(revision: $0.revision))" }
            let pushed = try await self.git.run(
                ["push", "--porcelain", "--atomic", "origin", "\(last):\(self.headRef)"] + tags, settings: remote.settings, isolated: false
            )
            if let error = PushReport.error(of: pushed) { throw error }
        }
        self.spine = published.spine.byteCount <= Self.spineLimit ? published.spine : TreeSpine()
        self.tip = published.root.map { (last, $0) }
        for id in published.written { self.recent.insert(id) }
        self.take(commits, ids, now)
        await self.payOwedTags(movingHeadTo: self.target.remote == nil ? nil : last)
        return ids
    }

    /// Reads the directories above `paths` that are not in memory as they are at `head`.
    /// - Returns: the tree of `head`.
    func learn(above paths: [String], at head: ObjectID?) async throws(GitError) -> ObjectID? {
        guard let head else { return nil }
        if self.tip?.commit != head {
            guard let tree = try await self.reader.object(head.description).flatMap({ CommitObject.tree(of: $0.content) }) else {
                throw .failed(command: "cat-file", message: "there is no commit \(head)")
            }
            self.tip = (head, tree)
        }
        guard let root = self.tip?.tree else { return nil }
        while true {
            let missing = self.spine.missing(above: paths, root: root)
            guard !missing.isEmpty else { return root }
            for (directory, object) in zip(missing, try await self.reader.objects(missing.map(\.id.description))) {
                guard let object, object.kind == .tree else { throw .failed(command: "cat-file", message: "there is no tree \(directory.id)") }
                guard object.isComplete else { throw .tooLarge("the list of packages in \(directory.path)") }
                self.spine.learn(directory, object.content)
            }
        }
    }

    /// The branch is at the last of `ids`: index and memory follow.
    private func take(_ commits: [StagedCommit], _ ids: [ObjectID], _ time: CommitTime) {
        for (commit, id) in zip(commits, ids) {
            if let files = commit.files, let tree = commit.tree {
                let summary = commit.summary ?? PackageSummary(files: files)
                self.index.put(
                    PackageEntry(
                        path: commit.path, tree: tree, revision: commit.revision, commit: id, intentId: commit.intentId, updatedAt: time,
                        function: summary.function ?? commit.function, replicas: summary.replicas
                    )
                )
                self.cache.insert(files.sorted { $0.path < $1.path }, tree: tree)
            } else {
                self.index.remove(commit.path, revision: commit.revision)
            }
            self.memory.remember(
                Publication(
                    intentId: commit.intentId, path: commit.path, revision: commit.revision, change: commit.change, commit: id, time: time,
                    isReversal: commit.isReversal)
            )
            self.owedTags[commit.path.tag(revision: commit.revision)] = id
        }
        self.index.head = ids.last ?? self.index.head
        self.checkedAt = self.clock.now
        self.maintenance.count(packs: 0, tags: commits.count)
    }

    /// From so many tags at once on they are packed, as long as that writes no more than so many bytes a tag: a file and a directory of its own cost as much.
    private static let packing = (tags: 4, bytes: 64 << 10)

    /// Writes the tags of what is published. A failure does not undo a publication: the tags stay owed, and a restart
    /// finds them missing.
    func payOwedTags(movingHeadTo head: ObjectID? = nil) async {
        guard !self.owedTags.isEmpty || head != nil else { return }
        let owed = self.owedTags
        do {
            let (paid, error) = try await Blocking.run { [refs, headRef = self.headRef] () -> ([String], (any Error)?) in
                if let head { try refs.set(headRef, to: head) }
                if owed.count >= Self.packing.tags {
                    let names = Dictionary(uniqueKeysWithValues: owed.map { ("refs/tags/\($0)", $1) })
                    if try refs.pack(names, limit: owed.count * Self.packing.bytes) { return (Array(owed.keys), nil) }
                }
                var paid: [String] = []
                var failure: (any Error)?
                for (tag, commit) in owed.sorted(by: { $0.key < $1.key }) {
                    do {
                        try refs.set("refs/tags/\(tag)", to: commit)
                        paid.append(tag)
                    } catch { failure = error }
                }
                return (paid, failure)
            }
            for tag in paid where self.owedTags[tag] == owed[tag] { self.owedTags[tag] = nil }
            if let error { throw error }
        } catch {
            self.logger.warning("tags are not written yet", metadata: ["tags": "\(self.owedTags.count)", "error": "\(error)"])
            try? await Blocking.run { [directory = self.target.directory] in try RepositoryDirectory.removeStaleLocks(in: directory) }
        }
    }
}
