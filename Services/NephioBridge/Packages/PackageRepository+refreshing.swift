import GitObjects
import IntentModel
import Logging

/// Following the branch. Only called in a turn.
extension PackageRepository {
    /// Commits of the latest history whose trailers are remembered from the start.
    private static let rememberedCommits = 10_000

    /// Brings index and memory up to the head of the branch.
    /// - Parameter fetching: ask the remote, too. A publication need not: the push finds out.
    func becomeCurrent(fetching: Bool) async throws(GitError) {
        if !self.isOpen { try await self.create() }
        if let remote = self.target.remote, fetching || !self.isOpen { try await self.fetch(remote, tags: !self.isOpen) }
        var head = try await self.readHead()
        for _ in 0..<20 where head == nil {
            try await self.plantRoot()
            head = try await self.readHead()
            // Another process may hold the lock and be at it at this moment.
            if head == nil { try? await Task.sleep(for: .milliseconds(Int.random(in: 5...50))) }
        }
        guard let head else { throw .failed(command: "rev-parse", message: "the branch \(self.branch) has no commit") }
        if !self.isOpen {
            if try await !self.resume(at: head) { try await self.load(head) }
            self.isOpen = true
        } else if let old = self.index.head, old != head {
            let forward = try await self.git.run(["merge-base", "--is-ancestor", old.description, head.description])
            if forward.succeeded { try await self.follow(from: old, to: head) } else { try await self.load(head) }
        }
        self.checkedAt = self.clock.now
    }

    private func readHead() async throws(GitError) -> ObjectID? {
        try await Blocking.run { [refs, headRef = self.headRef] in try refs.value(of: headRef) }
    }

    private func create() async throws(GitError) {
        let found = try await Blocking.run { [directory = self.target.directory] in try RepositoryDirectory.prepare(directory) }
        self.maintenance = MaintenanceNeed()
        self.maintenance.count(packs: found.packs, tags: found.looseTags)
        for attempt in 0... {
            if try await self.git.run(["rev-parse", "--is-bare-repository"]).output.starts(with: "true".utf8) { return }
            let made = try await self.git.run(["init", "--quiet", "--bare", "--template=", "--initial-branch=\(self.branch)", self.target.directory])
            if made.succeeded { return }
            // Another process may be making it at this moment.
            guard attempt < 20, made.message.contains("File exists") else { throw .failed(command: "init", message: made.message.trimmed) }
            try? await Task.sleep(for: .milliseconds(Int.random(in: 5...50)))
        }
    }

    private func fetch(_ remote: RemoteRepository, tags: Bool) async throws(GitError) {
        var arguments = [
            // As a pack, which is merged with others; loose objects would stay as they are.
            "-c", "fetch.unpackLimit=1", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "origin",
            "+\(self.headRef):\(self.headRef)",
        ]
        if tags { arguments.append("+refs/tags/*:refs/tags/*") }
        let result = try await self.git.run(arguments, settings: remote.settings, isolated: false)
        // A remote without the branch gets it with the first commit.
        guard result.succeeded || result.message.contains("couldn't find remote ref") else { throw .remote(result) }
    }

    private static let rootText = "Packages of network functions at `<cluster>/<namespace>/<instance>/`, published by Nephoran.\n"

    /// The first commit of an empty repository.
    private func plantRoot() async throws(GitError) {
        let now = CommitTime.now
        let planted = try await Blocking.run { [packs, refs, signer, headRef = self.headRef] in
            let root = try PublicationPack(root: Self.rootText, message: "Begin the package repository\n", time: now, signer: signer)
            try packs.add(root.pack)
            guard let commit = root.ids.last else { return false }
            do { try refs.move(headRef, from: nil, to: commit) } catch RefFiles.Failure.moved, RefFiles.Failure.locked { return false }
            return true
        }
        // Whoever was first won; the caller looks.
        guard let remote = self.target.remote, planted else { return }
        let pushed = try await self.git.run(
            ["push", "--porcelain", "origin", "\(self.headRef):\(self.headRef)"], settings: remote.settings, isolated: false
        )
        if let error = PushReport.error(of: pushed) {
            guard error == .moved else {
                // Nothing must look as if it had been there.
                _ = try await self.git.run(["update-ref", "-d", self.headRef])
                throw error
            }
            try await self.fetch(remote, tags: true)
        }
    }

    // MARK: From nothing

    /// Builds the index of `head` from its trees and the tags; the history is only walked for what tags do not explain.
    private func load(_ head: ObjectID) async throws(GitError) {
        var index = PackageIndex(head: head)
        var (tagged, tags) = try await self.taggedRevisions()
        for (path, tag) in tagged { index.remove(path, revision: tag.revision) }

        // The trailers of the latest commits: repeats are recognised by them, and tags that a crash left unwritten.
        let recent = CommitLog.commits(try await self.git.output(["log", "-\(Self.rememberedCommits)"] + CommitLog.format + [head.description]))
        var memory = PublicationMemory(
            completeSince: recent.count < Self.rememberedCommits ? CommitTime(seconds: 0) : CommitTime(seconds: (recent.map(\.time.seconds).min() ?? 0) + 1)
        )
        for publication in recent.reversed().compactMap(\.publication) {
            memory.remember(publication)
            let tag = publication.path.tag(revision: publication.revision)
            if !tags.contains(tag) {
                self.owedTags[tag] = publication.commit
                if publication.revision > tagged[publication.path]?.revision ?? 0 {
                    tagged[publication.path] = (publication.revision, publication.commit)
                    index.remove(publication.path, revision: publication.revision)
                }
            }
        }

        let directories = try await self.git.output(["ls-tree", "-r", "-d", "-z", "--full-tree", head.description])
        var trees: [(path: PackagePath, tree: ObjectID)] = []
        for entry in directories.split(separator: 0) {
            guard let tab = entry.firstIndex(of: UInt8(ascii: "\t")), let path = PackagePath(String(decoding: entry[(tab + 1)...], as: UTF8.self)),
                let tree = ObjectID(hex: entry[..<tab].suffix(40))
            else { continue }
            trees.append((path, tree))
        }
        var unexplained: [PackagePath: PackageEntry] = [:]
        for start in stride(from: 0, to: trees.count, by: 128) {
            let part = trees[start..<min(start + 128, trees.count)]
            let files = try await self.files(of: part.map(\.tree), where: PackageSummary.mayTell)
            let names = part.flatMap { package in
                tagged[package.path].map { [$0.commit.description, "\($0.commit):\(package.path)"] } ?? []
            }
            var objects = try await self.reader.objects(names)[...]
            for (position, package) in part.enumerated() {
                let summary = PackageSummary(files: files[position].files)
                var entry = PackageEntry(
                    path: package.path, tree: package.tree, revision: tagged[package.path]?.revision ?? 0, commit: head, intentId: nil,
                    updatedAt: CommitTime(seconds: 0), function: summary.function ?? "unknown", replicas: summary.replicas
                )
                if tagged[package.path] != nil, let object = objects.popFirst(), let directory = objects.popFirst() {
                    if let commit = object, commit.kind == .commit, directory?.id == package.tree {
                        entry.commit = commit.id
                        entry.updatedAt = CommitObject.time(of: commit.content)
                        entry.intentId = CommitObject.intent(of: commit.content, publishing: package.path)
                        index.put(entry)
                        continue
                    }
                }
                unexplained[package.path] = entry
            }
        }
        try await self.explain(unexplained, from: head, into: &index)
        self.index = index
        self.memory = memory
        // The branch may have been set back, and what only its past needs may be gone.
        self.recent = RecentObjects()
        await self.payOwedTags()
        self.maintainIfNeeded()
        self.logger.info("opened the package repository", metadata: ["packages": "\(index.entries.count)", "head": "\(head)"])
    }

    /// The highest revision of each path that has a tag, also of commits that are not on the branch any more, and the names of all tags.
    private func taggedRevisions() async throws(GitError) -> (latest: [PackagePath: (revision: Int, commit: ObjectID)], names: Set<String>) {
        var latest: [PackagePath: (revision: Int, commit: ObjectID)] = [:]
        var names: Set<String> = []
        let refs = try await self.git.output(["for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/tags/"])
        for line in refs.split(separator: UInt8(ascii: "\n")) {
            let name = String(decoding: line.dropFirst(41), as: UTF8.self)
            guard let id = ObjectID(hex: line.prefix(40)), let path = PackagePath(containing: name), let slash = name.lastIndex(of: "/"),
                name[slash...].hasPrefix("/v"), let revision = Int(name[slash...].dropFirst(2))
            else { continue }
            if revision > latest[path]?.revision ?? 0 { latest[path] = (revision, id) }
            names.insert(name)
        }
        return (latest, names)
    }

    /// Finds the last commit of packages that their tags do not explain: a person's work. Walks back in growing pages and
    /// stops as soon as every package has its commit.
    private func explain(_ packages: [PackagePath: PackageEntry], from head: ObjectID, into index: inout PackageIndex) async throws(GitError) {
        var open = packages
        var next = head
        var page = 256
        while !open.isEmpty {
            let output = try await self.git.output(["log", "-\(page)"] + CommitLog.names + CommitLog.format + [next.description])
            let commits = CommitLog.commits(output)
            for commit in commits {
                for path in commit.touched {
                    guard var entry = open.removeValue(forKey: path) else { continue }
                    entry.commit = commit.id
                    entry.updatedAt = commit.time
                    entry.intentId = commit.publication?.path == path ? commit.publication?.intentId : nil
                    index.put(entry)
                }
            }
            // A page overlaps the last by one commit.
            guard commits.count == page, let last = commits.last?.id else { break }
            next = last
            page = min(page * 4, 65_536)
        }
        for entry in open.values { index.put(entry) }
    }

    // MARK: From where we were

    /// Starts from the index that was kept, if the branch went on from there.
    private func resume(at head: ObjectID) async throws(GitError) -> Bool {
        let kept = try await Blocking.run { [directory = self.target.directory] in PackageIndexFile.read(in: directory) }
        guard let kept, let old = kept.head, let commit = try await self.reader.object(old.description), commit.kind == .commit else { return false }
        guard try await self.git.run(["merge-base", "--is-ancestor", old.description, head.description]).succeeded else { return false }
        self.index = kept
        self.memory = PublicationMemory(completeSince: CommitTime(seconds: CommitObject.time(of: commit.content).seconds + 1))
        if old != head { try await self.follow(from: old, to: head) }
        // A revision whose commit was taken off the branch after the index was kept has its number still.
        for (path, tag) in try await self.taggedRevisions().latest { self.index.raise(path, to: tag.revision) }
        self.maintainIfNeeded()
        self.logger.info("opened the package repository", metadata: ["packages": "\(self.index.entries.count)", "head": "\(head)", "kept": "\(old)"])
        return true
    }

    /// Takes over what others pushed since `old`.
    private func follow(from old: ObjectID, to head: ObjectID) async throws(GitError) {
        // Trailers of all commits, also those a merge brought in …
        let all = CommitLog.commits(try await self.git.output(["log"] + CommitLog.format + ["\(old)..\(head)"]))
        // … and the packages changed, as the branch saw it.
        let line = CommitLog.commits(try await self.git.output(["log"] + CommitLog.names + CommitLog.format + ["\(old)..\(head)"]))
        var index = self.index
        var latest: [PackagePath: LoggedCommit] = [:]
        for commit in line { for path in commit.touched where latest[path] == nil { latest[path] = commit } }
        var published: [PackagePath: Publication] = [:]
        for publication in all.compactMap(\.publication) where publication.revision > published[publication.path]?.revision ?? 0 {
            published[publication.path] = publication
        }
        let revisions = published.mapValues(\.revision)

        let paths = latest.keys.sorted()
        for start in stride(from: 0, to: paths.count, by: 128) {
            let part = paths[start..<min(start + 128, paths.count)]
            let objects = try await self.reader.objects(part.map { "\(head):\($0)" })
            let trees = zip(part, objects).compactMap { path, object in object?.kind == .tree ? object.map { (path: path, tree: $0.id) } : nil }
            let files = try await self.files(of: trees.map(\.tree), where: PackageSummary.mayTell)
            for path in part where !trees.contains(where: { $0.path == path }) { index.remove(path, revision: revisions[path] ?? 0) }
            let merged = try await self.merged(part.compactMap { path in latest[path]?.publication?.path == path ? nil : published[path] })
            for ((path, tree), files) in zip(trees, files) {
                guard let commit = latest[path] else { continue }
                let summary = PackageSummary(files: files.files)
                let own = merged[path].flatMap { $0.tree == tree ? $0.publication : nil } ?? commit.publication.flatMap { $0.path == path ? $0 : nil }
                index.put(
                    PackageEntry(
                        path: path, tree: tree, revision: revisions[path] ?? 0, commit: own?.commit ?? commit.id, intentId: own?.intentId,
                        updatedAt: own?.time ?? commit.time,
                        function: summary.function ?? "unknown", replicas: summary.replicas
                    )
                )
            }
        }
        index.head = head
        self.index = index
        for publication in all.reversed().compactMap(\.publication) { self.memory.remember(publication) }
        try await self.oweMissingTags(of: all.compactMap(\.publication))
        await self.payOwedTags()
        self.logger.info("followed the package repository", metadata: ["packages": "\(paths.count)", "head": "\(head)"])
    }

    /// What publications left that a merge brought onto the branch: the content is an intent's where it is still that.
    private func merged(_ publications: [Publication]) async throws(GitError) -> [PackagePath: (publication: Publication, tree: ObjectID)] {
        guard !publications.isEmpty else { return [:] }
        let objects = try await self.reader.objects(publications.map { "\($0.commit):\($0.path)" })
        var found: [PackagePath: (publication: Publication, tree: ObjectID)] = [:]
        for (publication, object) in zip(publications, objects) {
            if let object, object.kind == .tree { found[publication.path] = (publication, object.id) }
        }
        return found
    }

    /// Whoever made these commits may have been killed before their tags, and a mirror fetches no tags.
    private func oweMissingTags(of publications: [Publication]) async throws(GitError) {
        let tags = publications.map { (name: $0.path.tag(revision: $0.revision), commit: $0.commit) }
        for start in stride(from: 0, to: tags.count, by: 1_024) {
            let part = tags[start..<min(start + 1_024, tags.count)]
            for (tag, object) in zip(part, try await self.reader.objects(part.map { "refs/tags/\($0.name)" })) where object == nil {
                self.owedTags[tag.name] = tag.commit
            }
        }
    }
}
