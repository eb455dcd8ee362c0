import GitObjects

/// What is at the head of the branch, and the highest revision each path ever had.
struct PackageIndex: Sendable, Equatable {
    /// Nil while the branch has no commit.
    var head: ObjectID?
    private(set) var entries: [PackagePath: PackageEntry] = [:]
    /// Of paths without a package: a package that comes back goes on counting.
    private(set) var retired: [PackagePath: Int] = [:]

    /// A function in a namespace. Its name is in lower case.
    private struct Role: Hashable {
        var namespace: String
        var function: String

        init(namespace: String, function: String) {
            self.namespace = namespace
            self.function = function.lowercased()
        }

        init(of entry: PackageEntry) { self.init(namespace: entry.path.namespace, function: entry.function) }
    }

    /// The paths of ``entries`` by what planning asks for: it is one of many.
    private var byInstance: [String: Set<PackagePath>] = [:]
    private var byNamespace: [String: Set<PackagePath>] = [:]
    private var byRole: [Role: Set<PackagePath>] = [:]
    /// How many packages each cluster has.
    private(set) var clusters: [String: Int] = [:]

    init(head: ObjectID?) { self.head = head }

    func revision(of path: PackagePath) -> Int { self.entries[path]?.revision ?? self.retired[path] ?? 0 }

    mutating func put(_ entry: PackageEntry) {
        var entry = entry
        entry.revision = max(entry.revision, self.revision(of: entry.path))
        self.retired[entry.path] = nil
        let earlier = self.entries.updateValue(entry, forKey: entry.path)
        if earlier == nil {
            self.clusters[entry.path.cluster, default: 0] += 1
            self.byInstance[entry.path.instance, default: []].insert(entry.path)
            self.byNamespace[entry.path.namespace, default: []].insert(entry.path)
        }
        guard earlier?.function != entry.function else { return }
        if let earlier { Self.take(entry.path, from: &self.byRole, at: Role(of: earlier)) }
        self.byRole[Role(of: entry), default: []].insert(entry.path)
    }

    mutating func remove(_ path: PackagePath, revision: Int = 0) {
        let revision = max(revision, self.revision(of: path))
        if let entry = self.entries.removeValue(forKey: path) {
            let left = (self.clusters[path.cluster] ?? 1) - 1
            self.clusters[path.cluster] = left > 0 ? left : nil
            Self.take(path, from: &self.byInstance, at: path.instance)
            Self.take(path, from: &self.byNamespace, at: path.namespace)
            Self.take(path, from: &self.byRole, at: Role(of: entry))
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
        let lowercased = function?.lowercased()
        func matches(_ entry: PackageEntry) -> Bool {
            (instance == nil || entry.path.instance == instance) && (namespace == nil || entry.path.namespace == namespace)
                && (cluster == nil || entry.path.cluster == cluster) && (lowercased == nil || entry.function.lowercased() == lowercased)
        }
        let paths: Set<PackagePath>? =
            switch (instance, namespace, function) {
            case (let instance?, _, _): self.byInstance[instance] ?? []
            case (nil, let namespace?, let function?): self.byRole[Role(namespace: namespace, function: function)] ?? []
            case (nil, let namespace?, nil): self.byNamespace[namespace] ?? []
            case (nil, nil, _): nil
            }
        let found = paths.map { $0.compactMap { self.entries[$0] }.filter(matches) } ?? self.entries.values.filter(matches)
        return found.sorted { $0.path < $1.path }
    }

    private static func take<Key: Hashable>(_ path: PackagePath, from paths: inout [Key: Set<PackagePath>], at key: Key) {
        paths[key]?.remove(path)
        if paths[key]?.isEmpty == true { paths[key] = nil }
    }
}
