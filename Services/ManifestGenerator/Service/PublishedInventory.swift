import Foundation
import GitObjects
import IntentModel
import PackagePlanning
import ServiceClient
import Synchronization

/// The inventory as nephio-bridge publishes it, over HTTP. Contents of packages are kept by the id of their tree: of a package whose content was
/// seen, or rendered, before, only what it is now is asked for.
final class PublishedInventory: Sendable {
    fileprivate struct Items: Decodable { var items: [InventoryItem] }
    fileprivate struct Package: Decodable {
        var item: InventoryItem
        var files: [PackageFile]
    }

    fileprivate let client: ServiceClient
    private let contents = Mutex(PackageFileCache(limit: 24 << 20))
    private let questions: InventoryQuestions
    private let questionsOfPreviews: InventoryQuestions

    init(client: ServiceClient) {
        self.client = client
        self.questions = InventoryQuestions(client: client, isPreview: false)
        self.questionsOfPreviews = InventoryQuestions(client: client, isPreview: true)
    }

    fileprivate func ask(_ question: InventoryQuestions.Question, isPreview: Bool) async throws -> InventoryQuestions.Answer {
        try await (isPreview ? self.questionsOfPreviews : self.questions).ask(question)
    }

    /// What is published, as one planning sees it: asked for once.
    ///
    /// - Parameter isPreview: what previews have published instead.
    func view(isPreview: Bool = false) -> some InventorySource { InventoryView(inventory: self, isPreview: isPreview) }

    /// What was rendered is what will be published, unless somebody comes in between: then its tree is another.
    func remember(_ plan: Plan, _ files: [String: [PackageFile]]) {
        for change in plan.packages { if let tree = change.result, let files = files[change.path] { self.remember(files, tree: tree) } }
    }

    fileprivate func remember(_ files: [PackageFile], tree: String) {
        guard let tree = ObjectID(tree) else { return }
        // In the order in which they are published.
        let sorted = files.sorted { $0.path < $1.path }
        self.contents.withLock { $0.insert(sorted, tree: tree) }
    }

    fileprivate func contents(of tree: String) -> [PackageFile]? {
        guard let tree = ObjectID(tree) else { return nil }
        return self.contents.withLock { $0[tree] }
    }
}

private final class InventoryView: InventorySource {
    private let inventory: PublishedInventory
    private let isPreview: Bool
    /// Packages as they were when they were first asked for; nil for one that is not there.
    private let seen = Mutex<[String: InventoryItem?]>([:])
    /// Lists by their question: of what a function needs is asked more than once.
    private let lists = Mutex<[String: [InventoryItem]]>([:])

    init(inventory: PublishedInventory, isPreview: Bool) {
        self.inventory = inventory
        self.isPreview = isPreview
    }

    private func address(_ path: String) -> String {
        self.isPreview ? path + (path.contains("?") ? "&" : "?") + "preview=true" : path
    }

    func items(function: String?, instance: String?, namespace: String?, cluster: String?) async throws -> [InventoryItem] {
        let criteria = [("function", function), ("instance", instance), ("namespace", namespace), ("cluster", cluster)].compactMap { name, value in
            value.map { "\(name)=\($0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }
        }
        let path = "/v1/packages" + (criteria.isEmpty ? "" : "?" + criteria.joined(separator: "&"))
        if let known = self.lists.withLock({ $0[path] }) { return known }
        let items: [InventoryItem]
        if case .list(let found) = try await self.inventory.ask(
            .list(function: function, instance: instance, namespace: namespace, cluster: cluster), isPreview: self.isPreview)
        {
            items = found
        } else {
            items = try await self.inventory.client.get(PublishedInventory.Items.self, self.address(path))?.items ?? []
        }
        self.lists.withLock { $0[path] = items }
        self.seen.withLock { seen in for item in items where seen[item.path] == nil { seen[item.path] = item } }
        return items
    }

    func files(path: String, revision: String?) async throws -> (tree: String, files: [PackageFile])? {
        guard let revision else { return try await self.current(path) }
        return try await self.read("/v1/packages/\(path)?revision=\(revision)").map { ($0.item.tree, $0.files) }
    }

    func lastPublished(path: String) async throws -> (tree: String, files: [PackageFile])? {
        // Without a person's commit on top, or before any intent, there is nothing to tell apart.
        guard let item = try await self.item(path), item.intentId == nil, item.revision != "v0" else { return nil }
        return try await self.files(path: path, revision: item.revision)
    }

    func revisions(path: String) async throws -> [String] {
        // Revisions of a package are numbered without gaps.
        guard let item = try await self.item(path), let newest = Int(item.revision.dropFirst()), newest > 0 else { return [] }
        return (1...newest).reversed().map { "v\($0)" }
    }

    private func item(_ path: String) async throws -> InventoryItem? {
        if let seen = self.seen.withLock({ $0[path] }) { return seen }
        if case .package(let item) = try await self.inventory.ask(.package(path), isPreview: self.isPreview) {
            self.seen.withLock { $0[path] = .some(item) }
            return item
        }
        return try await self.look(path)?.item
    }

    private func current(_ path: String) async throws -> (tree: String, files: [PackageFile])? {
        guard let item = try await self.item(path) else { return nil }
        if let files = self.inventory.contents(of: item.tree) { return (item.tree, files) }
        return try await self.look(path).map { ($0.item.tree, $0.files) }
    }

    private func look(_ path: String) async throws -> PublishedInventory.Package? {
        let package = try await self.read("/v1/packages/\(path)")
        self.seen.withLock { $0[path] = .some(package?.item) }
        return package
    }

    private func read(_ path: String) async throws -> PublishedInventory.Package? {
        let package = try await self.inventory.client.get(PublishedInventory.Package.self, self.address(path))
        if let package { self.inventory.remember(package.files, tree: package.item.tree) }
        return package
    }
}

extension ServiceCallError {
    /// The cluster was given to another repository and the package did not come along, which no repetition mends.
    var ofMisplacedPackage: Problem? { if case .refused(_, let problem) = self, problem.code == "package_misplaced" { problem } else { nil } }
}
