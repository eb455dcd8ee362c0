import IntentModel
import Logging

extension PackageRepository {
    private static let maxAttempts = 12
    /// Packages and bytes in one run of fast-import.
    private static let runLimit = (requests: 256, bytes: 32 << 20)

    /// What fast-import says when another process, or one that was killed, was there first. The last is a pack of the very
    /// same commits: those of the same work handed out twice in the same second.
    private static let lostRaces = ["Not updating", "cannot lock ref", ".lock': File exists", "cannot create keep file"]

    /// Publishes a batch: one commit per changed package, in order; the result of each request, in order.
    ///
    /// Exactly one revision comes to be per intent and package, whatever is repeated. When this returns `published`, the
    /// commits are on disk and, for a remote, at the remote.
    func publish(_ batch: [PublishRequest]) async -> [PublishResult] {
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
        let results = await self.publishWhileOthersMay(requests)
        _ = consume turn
        return results
    }

    private func publishWhileOthersMay(_ requests: [PublishRequest]) async -> [PublishResult] {
        var last = GitError.moved
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
                if attempt > 2 { try? await Blocking.run { [directory = self.target.directory] in try RepositoryDirectory.removeStaleLocks(in: directory) } }
                let limit = min(10 << attempt, 1_000)
                try? await Task.sleep(for: .milliseconds(Int.random(in: 1...limit)))
            } catch {
                last = error
                break
            }
        }
        self.logger.warning("a batch was not published", metadata: ["requests": "\(requests.count)", "error": "\(last)"])
        return requests.map { _ in .failed(reason: last.description, mayRetry: last.mayRetry) }
    }

    /// Makes the commits on top of the index's head and moves the branch, or throws ``GitError/moved`` and changes nothing.
    private func commit(_ commits: [StagedCommit]) async throws(GitError) -> [ObjectID] {
        let now = CommitTime.now
        let ref = self.target.remote == nil ? self.headRef : "refs/nephoran/outgoing"
        let result = try await self.git.run(
            // A pack per batch is one file to sync instead of hundreds; maintenance joins them later.
            ["-c", "core.fsync=all", "-c", "fastimport.unpackLimit=1", "fast-import", "--quiet"] + (self.target.remote == nil ? [] : ["--force"]),
            input: ImportStream.bytes(of: commits, onto: self.index.head, ref: ref, time: now)
        )
        let ids = result.output.split(separator: UInt8(ascii: "\n")).compactMap { ObjectID(hex: $0) }
        guard result.succeeded, ids.count == commits.count, let last = ids.last else {
            if Self.lostRaces.contains(where: result.message.contains) { throw .moved }
            throw .failed(command: "fast-import", message: result.message.trimmed)
        }
        if let remote = self.target.remote {
            let tags = zip(commits, ids).map { "\($1):refs/tags/\($0.path.tag(revision: $0.revision))" }
            let pushed = try await self.git.run(
                ["push", "--porcelain", "--atomic", "origin", "\(last):\(self.headRef)"] + tags, settings: remote.settings, isolated: false
            )
            if let error = PushReport.error(of: pushed) { throw error }
        }
        self.take(commits, ids, now)
        await self.payOwedTags(movingHeadTo: self.target.remote == nil ? nil : last)
        self.maintainIfNeeded()
        return ids
    }

    /// The branch is at the last of `ids`: index and memory follow.
    private func take(_ commits: [StagedCommit], _ ids: [ObjectID], _ time: CommitTime) {
        for (commit, id) in zip(commits, ids) {
            if let files = commit.files, let tree = commit.tree {
                let summary = PackageSummary(files: files)
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
        self.maintenance.count(packs: 1, tags: commits.count)
    }

    /// Writes the tags of what is published. A failure does not undo a publication: the tags stay owed, and a restart
    /// finds them missing.
    func payOwedTags(movingHeadTo head: ObjectID? = nil) async {
        guard !self.owedTags.isEmpty || head != nil else { return }
        let owed = self.owedTags
        var lines = owed.sorted { $0.key < $1.key }.map { "update refs/tags/\($0.key) \($0.value)\n" }.joined()
        if let head { lines += "update \(self.headRef) \(head)\n" }
        do {
            try await self.git.output(["-c", "core.fsync=none", "update-ref", "--stdin"], input: Array(lines.utf8))
            for (tag, commit) in owed where self.owedTags[tag] == commit { self.owedTags[tag] = nil }
        } catch {
            self.logger.warning("tags are not written yet", metadata: ["tags": "\(owed.count)", "error": "\(error)"])
            try? await Blocking.run { [directory = self.target.directory] in try RepositoryDirectory.removeStaleLocks(in: directory) }
        }
    }
}
