import Hummingbird
import IntentModel
import ServiceRuntime

/// `/v1/inventory`: many questions about what is published in one request, as those have who plan many intents at once. Each answer is the plain route's;
/// null says that there is more to say, and that the question is to be asked there.
struct InventoryController: Sendable {
    private struct Answers: Encodable {
        let lists: [[InventoryItem]?]
        let packages: [Package?]
    }

    /// Without an item where there is no such package.
    struct Package: Encodable { let item: InventoryItem? }

    /// Between function, instance, namespace and cluster of a list; no name has it.
    static let separator: Character = "\u{1f}"
    /// Questions of each kind in one request.
    static let most = 128

    let repositories: DeploymentRepositories
    /// Asked instead with `?preview=true`.
    let preview: DeploymentRepositories

    /// Mounted at `/v1`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        routes.get("inventory") { request, _ in try await self.answer(request) }
        return routes
    }

    private func answer(_ request: Request) async throws -> Response {
        let repositories = try PackageController.repositories(request, self.repositories, preview: self.preview)
        let query = request.uri.queryParameters
        let lists = try query[values: "list"].map { text in
            let parts = text.split(separator: Self.separator, omittingEmptySubsequences: false).map { $0.isEmpty ? nil : String($0) }
            guard parts.count == 4 else {
                throw ProblemError(.badRequest, code: "invalid_query", detail: "A list is asked for by function, instance, namespace and cluster.")
            }
            return PackageQuestion(function: parts[0], instance: parts[1], namespace: parts[2], cluster: parts[3])
        }
        let packages = query[values: "package"].map { PackagePath(String($0)) }
        guard lists.count <= Self.most, packages.count <= Self.most else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "At most \(Self.most) lists and packages are asked for at once.")
        }
        return try await PackageController.answering {
            let answers = try await repositories.answers(lists: lists, packages: packages)
            return Response.json(Answers(lists: answers.lists, packages: answers.packages))
        }
    }
}

/// Which packages are asked for; nil matches everything.
struct PackageQuestion: Sendable {
    var function: String?
    var instance: String?
    var namespace: String?
    var cluster: String?
}

extension DeploymentRepositories {
    typealias Answers = (lists: [[InventoryItem]?], packages: [InventoryController.Package?])

    /// In the order of the questions. With several repositories each question has a repository to be asked, and reasons to fail, of its own: such are
    /// left to the plain routes.
    fileprivate func answers(lists: [PackageQuestion], packages: [PackagePath?]) async throws -> Answers {
        guard self.others.isEmpty else { return (lists.map { _ in nil }, packages.map { _ in nil }) }
        return try await self.main.packages.answers(lists: lists, packages: packages)
    }
}

extension PackageRepository {
    /// One look at the branch for all.
    fileprivate func answers(lists: [PackageQuestion], packages: [PackagePath?]) async throws -> DeploymentRepositories.Answers {
        try await self.becomeFresh()
        return (
            lists.map { self.itemsAsLastSeen(function: $0.function, instance: $0.instance, namespace: $0.namespace, cluster: $0.cluster) },
            packages.map { path in path.map { InventoryController.Package(item: self.index.entries[$0]?.item) } }
        )
    }
}
