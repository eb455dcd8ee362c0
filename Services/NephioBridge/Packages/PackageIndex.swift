import GitObjects

/// What is at the head of the branch, and the highest revision each path ever had.
struct PackageIndex: Sendable, Equatable {
    /// Nil while the branch has no commit.
    var head: ObjectID?
    private(set) var entries: [PackagePath: PackageEntry] = [:]
    /// Of paths without a package: a package that comes back goes on counting.
    private(set) var retired: [PackagePath: Int] = [:]

    /// The paths of ``entries`` by their last two names: what is looked for is one of many.
    private var byInstance: [String: Set<PackagePath>] = [:]
    private var byNamespace: [String: Set<PackagePath>] = [:]

    init(head: ObjectID?) { self.head = head }

    func revision(of path: PackagePath) -> Int { self.entries[path]?.revision ?? self.retired[path] ?? 0 }

    mutating func put(_ entry: PackageEntry) {
        var entry = entry
        entry.revision = max(entry.revision, self.revision(of: entry.path))
        self.retired[entry.path] = nil
        if self.entries.updateValue(entry, forKey: entry.path) == nil {
            self.byInstance[entry.path.instance, default: []].insert(entry.path)
            self.byNamespace[entry.path.namespace, default: []].insert(entry.path)
        }
    }

    mutating func remove(_ path: PackagePath, revision: Int = 0) {
        let revision = max(revision, self.revision(of: path))
        if self.entries.removeValue(forKey: path) != nil {
            Self.take(path, from: &self.byInstance, at: path.instance)
            Self.take(path, from: &self.byNamespace, at: path.namespace)
        }
        if revision > 0 { self.retired[path] = revision }
    }

    /// The number `revision` of a path is taken.
    mutating func raise(_ path: PackagePath, to revision: Int) {
        guard revision > self.revision(of: path) else { return }
        if self.entries[path] != nil { self.entries[path]?.revision = revision } else { self.retired[path] = revision }
    }

    /// In the order of their paths; nil matches everything, functions in any case.
    func entries(function: String?, instance: String?, namespace: String?, cluster: String?) -> [PackageEntry] {
        let function = function?.lowercased()
        func matches(_ entry: PackageEntry) -> Bool {
            (instance == nil || entry.path.instance == instance) && (namespace == nil || entry.path.namespace == namespace)
                && (cluster == nil || entry.path.cluster == cluster) && (function == nil || entry.function.lowercased() == function)
        }
        let paths = instance.map { self.byInstance[$0] ?? [] } ?? namespace.map { self.byNamespace[$0] ?? [] }
        let found = paths.map { $0.compactMap { self.entries[$0] }.filter(matches) } ?? self.entries.values.filter(matches)
        return found.sorted { $0.path < $1.path }
    }

    private static func take(_ path: PackagePath, from paths: inout [String: Set<PackagePath>], at key: String) {
        paths[key]?.remove(path)
        if paths[key]?.isEmpty == true { paths[key] = nil }
    }
}
