import GitObjects
import IntentModel

@testable import PackagePlanning

/// An inventory of packages as they would be in Git, with their earlier revisions.
struct PublishedPackages: InventorySource {
    private(set) var revisions: [String: [[PackageFile]]] = [:]
    private var functions: [String: String] = [:]
    /// How many of the last revisions are a person's own.
    private var byHand: [String: Int] = [:]

    /// What a plan would leave behind when it is published.
    mutating func publish(_ outcome: PlanOutcome) {
        guard case .plan(let plan, let files) = outcome else { return }
        for change in plan.packages {
            switch change.change {
            case .create, .update:
                self.revisions[change.path, default: []].append(files[change.path] ?? [])
                self.functions[change.path] = change.function
                self.byHand[change.path] = nil
            case .delete: self.revisions[change.path] = nil
            case .none: break
            }
        }
    }

    /// A person's own edit of a file.
    mutating func edit(_ path: String, _ file: String, _ edit: (inout String) -> Void) {
        guard var files = self.revisions[path]?.last, let index = files.firstIndex(where: { $0.path == file }) else { return }
        edit(&files[index].content)
        self.revisions[path]?.append(files)
        self.byHand[path, default: 0] += 1
    }

    func lastPublished(path: String) async throws -> (tree: String, files: [PackageFile])? {
        guard let all = self.revisions[path], let byHand = self.byHand[path], all.count > byHand else { return nil }
        let files = all[all.count - 1 - byHand]
        return (GitTree.id(of: files), files)
    }

    func items(function: String?, instance: String?, namespace: String?, cluster: String?) async throws -> [InventoryItem] {
        self.revisions.keys.sorted().compactMap { path in
            let parts = path.split(separator: "/").map(String.init)
            let item = InventoryItem(
                instance: parts[2], function: self.functions[path] ?? "Custom", cluster: parts[0], namespace: parts[1], path: path,
                revision: "v\(self.revisions[path]?.count ?? 0)", commit: "0", tree: GitTree.id(of: self.revisions[path]?.last ?? []),
                intentId: "0192a4b0-7c11-7003-9c1e-0242ac120002", updatedAt: "2026-01-01T00:00:00.000Z", replicas: 1)
            let isMeant =
                (function == nil || function == item.function) && (instance == nil || instance == item.instance)
                && (namespace == nil || namespace == item.namespace) && (cluster == nil || cluster == item.cluster)
            return isMeant ? item : nil
        }
    }

    func files(path: String, revision: String?) async throws -> (tree: String, files: [PackageFile])? {
        guard let all = self.revisions[path], !all.isEmpty else { return nil }
        let index = revision.flatMap { Int($0.dropFirst()) }.map { $0 - 1 } ?? all.count - 1
        guard all.indices.contains(index) else { return nil }
        return (GitTree.id(of: all[index]), all[index])
    }

    func revisions(path: String) async throws -> [String] { (self.revisions[path] ?? []).indices.reversed().map { "v\($0 + 1)" } }
}
