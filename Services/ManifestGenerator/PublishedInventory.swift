import Foundation
import IntentModel
import PackagePlanning
import ServiceClient
import Synchronization

/// The inventory as nephio-bridge publishes it, over HTTP. A package's files are kept by tree id, which never lies.
final class PublishedInventory: InventorySource {
    private struct Items: Decodable { var items: [InventoryItem] }
    private struct Package: Decodable {
        var item: InventoryItem
        var files: [PackageFile]
    }

    private static let maxCached = 256
    private let client: ServiceClient
    private let known = Mutex<[String: Package]>([:])

    init(client: ServiceClient) { self.client = client }

    func items(function: String?, instance: String?, namespace: String?, cluster: String?) async throws -> [InventoryItem] {
        let criteria = [("function", function), ("instance", instance), ("namespace", namespace), ("cluster", cluster)].compactMap { name, value in
            value.map { "\(name)=\($0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }
        }
        let path = "/v1/packages" + (criteria.isEmpty ? "" : "?" + criteria.joined(separator: "&"))
        return try await self.client.get(Items.self, path)?.items ?? []
    }

    func files(path: String, revision: String?) async throws -> (tree: String, files: [PackageFile])? {
        guard revision == nil else {
            let package = try await self.client.get(Package.self, "/v1/packages/\(path)?revision=\(revision ?? "")")
            return package.map { ($0.item.tree, $0.files) }
        }
        // The tree of the last answer is offered; an unchanged package answers 304 without its files.
        let tree = self.known.withLock { known in known.keys.first { $0.hasPrefix(path + "@") }.map { String($0.dropFirst(path.count + 1)) } }
        let response = try await self.client.call(
            "GET", "/v1/packages/\(path)", body: nil, headers: tree.map { [("if-none-match", "\"\($0)\"")] } ?? [], mayRepeat: true
        )
        if response.status == 304, let tree, let known = self.known.withLock({ $0["\(path)@\(tree)"] }) { return (tree, known.files) }
        guard response.status == 200 else {
            if response.status == 404 { return nil }
            throw ServiceCallError.nonsense(self.client.name, "status \(response.status)")
        }
        let package = try JSONDecoder().decode(Package.self, from: Data(response.body))
        self.known.withLock { known in
            if let tree { known["\(path)@\(tree)"] = nil }
            if known.count >= Self.maxCached { known.removeAll(keepingCapacity: true) }
            known["\(path)@\(package.item.tree)"] = package
        }
        return (package.item.tree, package.files)
    }

    func lastPublished(path: String) async throws -> (tree: String, files: [PackageFile])? {
        // The files were read just before; what a package is by now, publishing finds out.
        guard let item = self.known.withLock({ $0.first { $0.key.hasPrefix(path + "@") }?.value.item }) else { return nil }
        // Without a person's commit on top, or before any intent, there is nothing to tell apart.
        if item.intentId != nil || item.revision == "v0" { return nil }
        return try await self.files(path: path, revision: item.revision)
    }

    func revisions(path: String) async throws -> [String] {
        // Revisions of a package are numbered without gaps.
        guard let item = try await self.client.get(Package.self, "/v1/packages/\(path)")?.item, let newest = Int(item.revision.dropFirst()), newest > 0 else {
            return []
        }
        return (1...newest).reversed().map { "v\($0)" }
    }
}
