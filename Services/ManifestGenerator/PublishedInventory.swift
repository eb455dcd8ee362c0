import Foundation
import IntentModel
import PackagePlanning
import ServiceClient
import Synchronization

/// The inventory as nephio-bridge publishes it, over HTTP. The latest packages are kept, each with the commit that made it what it is.
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
        let package =
            if let revision { try await self.client.get(Package.self, "/v1/packages/\(path)?revision=\(revision)") } else { try await self.current(path) }
        return package.map { ($0.item.tree, $0.files) }
    }

    func lastPublished(path: String) async throws -> (tree: String, files: [PackageFile])? {
        // Without a person's commit on top, or before any intent, there is nothing to tell apart.
        guard let item = try await self.current(path)?.item, item.intentId == nil, item.revision != "v0" else { return nil }
        return try await self.files(path: path, revision: item.revision)
    }

    /// The commit of the last answer is offered; a package that has none since is answered with 304, without its files.
    private func current(_ path: String) async throws -> Package? {
        let known = self.known.withLock { $0[path] }
        let response = try await self.client.call(
            "GET", "/v1/packages/\(path)", body: nil, headers: known.map { [("if-none-match", "\"\($0.item.commit)\"")] } ?? [], mayRepeat: true
        )
        if response.status == 304, let known { return known }
        guard response.status == 200 else {
            if response.status == 404 { return nil }
            throw ServiceCallError.nonsense(self.client.name, "status \(response.status)")
        }
        let package = try JSONDecoder().decode(Package.self, from: Data(response.body))
        self.known.withLock { known in
            if known[path] == nil, known.count >= Self.maxCached { known.removeAll(keepingCapacity: true) }
            known[path] = package
        }
        return package
    }

    func revisions(path: String) async throws -> [String] {
        // Revisions of a package are numbered without gaps.
        guard let item = try await self.current(path)?.item, let newest = Int(item.revision.dropFirst()), newest > 0 else {
            return []
        }
        return (1...newest).reversed().map { "v\($0)" }
    }
}
