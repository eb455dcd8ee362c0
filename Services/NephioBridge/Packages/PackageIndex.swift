import GitObjects

/// What is at the head of the branch, and the highest revision each path ever had.
struct PackageIndex: Sendable, Equatable {
    /// Nil while the branch has no commit.
    var head: ObjectID?
    private(set) var entries: [PackagePath: PackageEntry] = [:]
    /// Of paths without a package: a package that comes back goes on counting.
    private(set) var retired: [PackagePath: Int] = [:]

    init(head: ObjectID?) { self.head = head }

    func revision(of path: PackagePath) -> Int { self.entries[path]?.revision ?? self.retired[path] ?? 0 }

    mutating func put(_ entry: PackageEntry) {
        var entry = entry
        entry.revision = max(entry.revision, self.revision(of: entry.path))
        self.retired[entry.path] = nil
        self.entries[entry.path] = entry
    }

    mutating func remove(_ path: PackagePath, revision: Int = 0) {
        let revision = max(revision, self.revision(of: path))
        self.entries[path] = nil
        if revision > 0 { self.retired[path] = revision }
    }

    /// The number `revision` of a path is taken.
    mutating func raise(_ path: PackagePath, to revision: Int) {
        guard revision > self.revision(of: path) else { return }
        if self.entries[path] != nil { self.entries[path]?.revision = revision } else { self.retired[path] = revision }
    }

    /// In the order of their paths.
    func entries(where matches: (PackageEntry) -> Bool) -> [PackageEntry] { self.entries.values.filter(matches).sorted { $0.path < $1.path } }
}
