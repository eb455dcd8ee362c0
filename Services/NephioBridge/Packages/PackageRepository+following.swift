import GitObjects
import IntentModel

/// For packages that somebody else commits at our wish: what the branch has now, the remote asked each time.
extension PackageRepository {
    /// The tree of the package's directory; nil when there is none.
    func currentTree(of path: PackagePath) async throws -> String? {
        try await self.follow()
        return self.index.entries[path]?.tree.description
    }

    /// The head of the branch when it has no package at `path`; nil while it has one.
    func headWithout(_ path: PackagePath) async throws -> String? {
        try await self.follow()
        return self.index.entries[path] == nil ? self.index.head?.description : nil
    }

    /// Whether a commit is on the branch.
    func holds(_ commit: String) async throws -> Bool {
        guard let id = ObjectID(commit) else { return false }
        try await self.follow()
        return try await self.reader.object("\(id)")?.kind == .commit ? self.isOnBranch(id) : false
    }

    /// The tree of the package in a commit of the branch.
    func tree(of path: PackagePath, in commit: String) async throws -> String? {
        guard let id = ObjectID(commit) else { return nil }
        try await self.becomeFresh()
        guard let object = try await self.reader.object("\(id):\(path)"), object.kind == .tree else { return nil }
        return object.id.description
    }

    private func follow() async throws {
        try await self.turns.take { try await self.becomeCurrent(fetching: true) }
    }
}
