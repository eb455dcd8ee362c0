import GitObjects
import IntentModel

extension PackageRepository {
    /// Packages at the head of the branch, in the order of their paths; nil matches everything, functions in any case.
    func items(function: String? = nil, instance: String? = nil, namespace: String? = nil, cluster: String? = nil) async throws -> [InventoryItem] {
        try await self.becomeFresh()
        return self.itemsAsLastSeen(function: function, instance: instance, namespace: namespace, cluster: cluster)
    }

    /// The same without a look at the branch; none before the first.
    func itemsAsLastSeen(function: String? = nil, instance: String? = nil, namespace: String? = nil, cluster: String? = nil) -> [InventoryItem] {
        self.index.entries(function: function, instance: instance, namespace: namespace, cluster: cluster).map(\.item)
    }

    /// The clusters that there are packages of, without a look at the branch.
    var clustersAsLastSeen: [String] { self.index.clusters.keys.sorted() }

    /// The package as it stands, or as a revision (`v3`) left it, also when it is gone by now; nil when there is none.
    func item(at path: PackagePath, revision: String? = nil) async throws -> InventoryItem? {
        try await self.becomeFresh()
        guard let revision, revision != self.index.entries[path]?.item.revision || self.index.entries[path]?.intentId == nil else {
            return self.index.entries[path]?.item
        }
        guard let number = Self.number(of: revision), let tree = try await self.tree(of: path, revision: revision),
            let commit = try await self.reader.object(self.commitName(of: path, revision: number)), let files = try await self.files(of: [tree]).first
        else { return nil }
        let summary = PackageSummary(files: files.files)
        return PackageEntry(
            path: path, tree: tree, revision: number, commit: commit.id, intentId: CommitObject.intent(of: commit.content, publishing: path),
            updatedAt: CommitObject.time(of: commit.content), function: summary.function ?? "unknown", replicas: summary.replicas
        ).item
    }

    /// The files of an item, sorted by path.
    /// - Throws: ``GitError/tooLarge(_:)`` when a file is larger than the reader holds: an edit of the rest would lose it.
    func files(of item: InventoryItem) async throws -> [PackageFile] {
        guard let tree = ObjectID(item.tree) else { return [] }
        return try await self.files(tree: tree)
    }

    /// The files of a package as it stands, sorted by path; nil when there is none.
    /// - Throws: ``GitError/tooLarge(_:)`` when a file is larger than the reader holds: an edit of the rest would lose it.
    func files(path: String) async throws -> [PackageFile]? {
        try await self.becomeFresh()
        guard let path = PackagePath(path), let entry = self.index.entries[path] else { return nil }
        return try await self.files(tree: entry.tree)
    }

    /// The files of an earlier revision (`v3`); nil when there is no such revision or it deleted the package.
    func files(path: String, revision: String) async throws -> [PackageFile]? {
        try await self.becomeFresh()
        guard let path = PackagePath(path), let tree = try await self.tree(of: path, revision: revision) else { return nil }
        return try await self.files(tree: tree)
    }

    /// The git tree id of a revision.
    func tree(of path: PackagePath, revision: String) async throws -> ObjectID? {
        guard let number = Self.number(of: revision) else { return nil }
        guard let object = try await self.reader.object("\(self.commitName(of: path, revision: number)):\(path)"), object.kind == .tree else { return nil }
        return object.id
    }

    /// Only digits pass: the number becomes part of what git is asked for.
    private static func number(of revision: String) -> Int? {
        guard revision.hasPrefix("v"), revision.utf8.count <= 10,
            revision.dropFirst().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(revision.dropFirst()), number > 0
        else { return nil }
        return number
    }

    func commitName(of path: PackagePath, revision: Int) -> String {
        let tag = path.tag(revision: revision)
        return self.owedTags[tag]?.description ?? "refs/tags/\(tag)"
    }

    /// What an intent published, oldest first; also from before this process began.
    func deployments(_ intentId: IntentID) async throws -> [PublishedPackage] {
        try await self.becomeFresh()
        let from = CommitTime(seconds: intentId.milliseconds / 1_000 - 86_400)
        if self.memory.publications(of: intentId).isEmpty, !self.memory.covers(from) {
            for commit in try await self.history(matching: ["--grep=^\(CommitMessage.Trailer.intent.rawValue): \(intentId)$"], from: from) {
                if let publication = commit.publication { self.memory.remember(publication) }
            }
        }
        return self.memory.publications(of: intentId).map { $0.published(repository: self.target.name) }
    }

    /// The files of a package's tree, sorted by path.
    func files(tree: ObjectID) async throws -> [PackageFile] {
        if let known = self.cache[tree] { return known }
        guard let read = try await self.files(of: [tree]).first else { return [] }
        if let large = read.tooLarge.first { throw GitError.tooLarge(large) }
        self.cache.insert(read.files, tree: tree)
        return read.files
    }

    /// Looks whether the branch moved, unless that was done just now or a publication is at it anyway.
    func becomeFresh() async throws {
        if self.isOpen {
            if let checkedAt = self.checkedAt, self.clock.now - checkedAt < self.freshness { return }
            if !self.turns.isIdle { return }
        }
        try await self.turns.take {
            if await self.isOpen, let checkedAt = await self.checkedAt, ContinuousClock().now - checkedAt < self.freshness { return }
            try await self.becomeCurrent(fetching: true)
        }
    }
}
