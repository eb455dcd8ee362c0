import GitObjects
import IntentModel

/// What waits for a person, as branches. They are derived from the ledger like tags from the history: made again when missing, removed when nobody waits.
/// Branches without our trailers are somebody else's and left alone.
extension PackageRepository {
    private static let draftRefs = DraftBranch.Lifecycle.allCases.map { "refs/heads/\($0.rawValue)/" }

    /// The intents that have branches.
    func draftOwners() async throws -> Set<IntentID> {
        try await self.turns.take {
            try await self.becomeCurrent(fetching: false)
            return Set(try await self.knownDrafts().ours.map(\.publication.intentId))
        }
    }

    /// Makes the branches those of `proposals`, and removes those of all intents but these and `keeping`.
    /// - Returns: the intents that have branches now.
    /// - Throws: ``GitError``; repeating it goes on where it ended.
    func show(_ proposals: [PublishRequest], keeping: Set<IntentID>) async throws -> Set<IntentID> {
        try await self.turns.take { try await self.showInTurn(proposals, keeping: keeping) }
    }

    private func showInTurn(_ proposals: [PublishRequest], keeping: Set<IntentID>) async throws -> Set<IntentID> {
        try await self.becomeCurrent(fetching: true)
        let (ours, taken) = try await self.knownDrafts()
        var stands = keeping
        // What a crash left half-way is made again; what is shown stays as long as it says what would be published.
        let leftovers = ours.filter { $0.branch.lifecycle == .drafts }
        try await self.change(leftovers.map { RefChange(ref: $0.branch.ref, old: $0.commit, new: nil) })
        var names = taken.subtracting(leftovers.map(\.branch.ref))
        var obsolete = ours.filter { $0.branch.lifecycle == .proposed && !keeping.contains($0.publication.intentId) }
        for proposal in proposals {
            for change in proposal.changes {
                guard let staged = self.staged(change, of: proposal) else { continue }
                stands.insert(proposal.intentId)
                let standing = obsolete.firstIndex {
                    $0.branch.path == staged.path && $0.publication.intentId == proposal.intentId && $0.publication.revision == staged.revision
                }
                if let known = standing.map({ obsolete.remove(at: $0) }) {
                    if known.tree != staged.tree {
                        try await self.change([RefChange(ref: known.branch.ref, old: known.commit, new: try await self.write([staged]))])
                    }
                    continue
                }
                let free = DraftBranch.workspaces(revision: staged.revision).first { workspace in
                    !DraftBranch.Lifecycle.allCases.contains { names.contains(DraftBranch($0, staged.path, workspace: workspace).ref) }
                }
                guard let free else {
                    self.logger.warning("a proposal is not shown in Git: there are too many", metadata: ["package": "\(staged.path)"])
                    continue
                }
                let (draft, proposed) = (DraftBranch(.drafts, staged.path, workspace: free), DraftBranch(.proposed, staged.path, workspace: free))
                names.formUnion([draft.ref, proposed.ref])
                let commit = try await self.write([staged])
                try self.passing(.draft(.written))
                try await self.change([RefChange(ref: draft.ref, old: nil, new: commit)])
                try self.passing(.draft(.drafted))
                // One lifecycle at a time, as with Porch: never both, never none.
                try await self.change([RefChange(ref: proposed.ref, old: nil, new: commit), RefChange(ref: draft.ref, old: commit, new: nil)])
                try self.passing(.draft(.proposed))
            }
        }
        try await self.change(obsolete.map { RefChange(ref: $0.branch.ref, old: $0.commit, new: nil) })
        if !obsolete.isEmpty { try self.passing(.draft(.removed)) }
        return stands
    }

    /// As it would be published on the branch as it is; nil for what changes nothing, is published already or cannot be.
    private func staged(_ change: PackageChange, of proposal: PublishRequest) -> StagedCommit? {
        guard change.change != .none, let path = PackagePath(change.path),
            self.memory.publication(of: proposal.intentId, at: path) == nil
        else { return nil }
        let current = self.index.entries[path]?.tree
        var content: GitTree?
        if change.change != .delete {
            guard let files = proposal.files[change.path], PackageContent.objection(to: files) == nil else { return nil }
            content = GitTree(of: files)
        }
        guard content?.id != current else { return nil }
        let kind: PackageChange.Change = content == nil ? .delete : current == nil ? .create : .update
        let revision = self.index.revision(of: path) + 1
        return StagedCommit(
            path: path, change: kind, files: nil, content: content, revision: revision, intentId: proposal.intentId, function: change.function,
            message: CommitMessage.text(of: proposal, figures: change.figures, path: path, change: kind, revision: revision), isReversal: false)
    }

    /// Commits on the head of the branch, one after the other, in a pack; no ref knows them yet.
    /// - Returns: the last.
    func write(_ staged: [StagedCommit]) async throws -> ObjectID {
        let head = self.index.head
        let root = try await self.learn(above: staged.map(\.path.description), at: head)
        let time = CommitTime.now
        let commit = try await Blocking.run { [packs, spine, signer] in
            let publication = try PublicationPack(staged, onto: head, root: root, spine: spine, time: time, signer: signer, isKnown: { _ in false })
            try packs.add(publication.pack)
            return publication.ids.last
        }
        self.maintenance.count(packs: 1, tags: 0)
        self.maintainIfNeeded()
        guard let commit else { throw GitError.failed(command: "commit", message: "nothing was written for \(staged.map(\.path))") }
        return commit
    }

    /// All of `changes` or none, at the remote and here.
    private func change(_ changes: [RefChange]) async throws(GitError) {
        guard !changes.isEmpty else { return }
        if let remote = self.target.remote {
            let leases = changes.map { "--force-with-lease=\($0.ref):\($0.old?.description ?? "")" }
            let refs = changes.map { "\($0.new?.description ?? ""):\($0.ref)" }
            let pushed = try await self.git.run(
                ["push", "--porcelain", "--atomic"] + leases + ["origin"] + refs, settings: remote.settings, isolated: false)
            if let error = PushReport.error(of: pushed) { throw error }
        }
        let lines = "start\n" + changes.map(\.line).joined() + "commit\n"
        try await self.git.output(["update-ref", "--stdin"], input: Array(lines.utf8))
    }

    /// The branches that we made, and the names of all.
    private func knownDrafts() async throws(GitError) -> (ours: [KnownDraft], names: Set<String>) {
        if let remote = self.target.remote {
            let fetched = try await self.git.run(
                ["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "origin"]
                    + Self.draftRefs.map { "+\($0)*:\($0)*" }, settings: remote.settings, isolated: false)
            guard fetched.succeeded else { throw .remote(fetched) }
        }
        let output = try await self.git.output(["for-each-ref", "--format=%(objectname) %(refname)"] + Self.draftRefs)
        var names: Set<String> = []
        var found: [(branch: DraftBranch, commit: ObjectID)] = []
        for line in output.split(separator: UInt8(ascii: "\n")) {
            let name = String(decoding: line.dropFirst(41), as: UTF8.self)
            names.insert(name)
            guard let commit = ObjectID(hex: line.prefix(40)), let branch = DraftBranch(ref: name) else { continue }
            found.append((branch, commit))
        }
        let objects = try await self.reader.objects(found.flatMap { [$0.commit.description, "\($0.commit):\($0.branch.path)"] })
        var ours: [KnownDraft] = []
        for (position, item) in found.enumerated() {
            guard let object = objects[2 * position], object.kind == .commit, let publication = CommitObject.publication(of: object),
                publication.path == item.branch.path
            else { continue }
            let directory = objects[2 * position + 1]
            ours.append(
                KnownDraft(branch: item.branch, commit: item.commit, publication: publication, tree: directory?.kind == .tree ? directory?.id : nil))
        }
        return (ours, names)
    }
}
