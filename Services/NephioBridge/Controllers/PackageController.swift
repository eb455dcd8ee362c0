import HTTPTypes
import Hummingbird
import IntentModel
import ServiceRuntime

/// `/v1/packages` and `/v1/deployments`: what is published, and publishing by hand. The pipeline's stages use the repositories directly.
struct PackageController: Sendable {
    private struct Items: Encodable { let items: [InventoryItem] }

    private struct Package: Encodable {
        let item: InventoryItem
        let files: [PackageFile]
    }

    private struct History: Encodable { let items: [PackageHistoryEntry] }

    private struct Deployment: Encodable {
        let intentId: IntentID
        let packages: [PublishedPackage]
        /// Nothing here watches a cluster.
        let observed = "notObserved"
    }

    /// As large as a package may be, with room for JSON's escapes.
    private static let maxBodyBytes = 2 * PackageContent.maxBytes

    let repositories: DeploymentRepositories
    /// Shown instead with `?preview=true`.
    let preview: DeploymentRepositories

    private func repositories(_ request: Request) throws -> DeploymentRepositories {
        try Self.repositories(request, self.repositories, preview: self.preview)
    }

    /// Those that a request is about.
    static func repositories(
        _ request: Request, _ repositories: DeploymentRepositories, preview: DeploymentRepositories
    ) throws -> DeploymentRepositories {
        switch request.uri.queryParameters["preview"] {
        case "true": return preview
        case "false", nil: return repositories
        default: throw ProblemError(.badRequest, code: "invalid_query", detail: "preview must be true or false.")
        }
    }

    /// Mounted at `/v1`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        routes.get("packages") { request, _ in try await self.list(request) }
        routes.post("packages") { request, context in try await self.publish(request, context) }
        routes.get("packages/:cluster/:namespace/:instance") { request, context in try await self.show(request, context) }
        routes.get("packages/:cluster/:namespace/:instance/history") { request, context in try await self.history(request, context) }
        routes.get("deployments/:intentId") { _, context in try await self.deployment(context) }
        return routes
    }

    /// `?function=&instance=&namespace=&cluster=` narrow it down.
    private func list(_ request: Request) async throws -> Response {
        func criterion(_ name: Substring) -> String? { request.uri.queryParameters[name].flatMap { $0.isEmpty ? nil : String($0) } }
        let repositories = try self.repositories(request)
        return try await Self.answering {
            let (function, instance, namespace, cluster) = (criterion("function"), criterion("instance"), criterion("namespace"), criterion("cluster"))
            let items = try await repositories.items(function: function, instance: instance, namespace: namespace, cluster: cluster)
            if items.isEmpty { try await repositories.checkMoved(function: function, instance: instance, namespace: namespace, cluster: cluster) }
            return Response.json(Items(items: items))
        }
    }

    /// The commit that made it what it is is the `ETag`: the same content may come back with another. `?revision=v3` shows an earlier one.
    private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let name = try ["cluster", "namespace", "instance"].map { try context.parameters.require($0) }.joined(separator: "/")
        let revision = request.uri.queryParameters["revision"].map { String($0) }
        let repositories = try self.repositories(request)
        return try await Self.answering {
            guard let path = PackagePath(name) else { throw Self.missing(name, revision) }
            guard let item = try await repositories.read(path.cluster, { try await $0.item(at: path, revision: revision) }) else {
                try await repositories.checkMoved(instance: path.instance, namespace: path.namespace, cluster: path.cluster)
                throw Self.missing(name, revision)
            }
            let tag = "\"\(item.commit)\""
            let known = request.headers[values: .ifNoneMatch].joined(separator: ",").split(separator: ",").map { $0.filter { $0 != " " } }
            if known.contains(where: { $0 == tag || $0 == "W/\(tag)" || $0 == "*" }) { return Response(status: .notModified, headers: [.eTag: tag]) }
            return Response.json(Package(item: item, files: try await repositories.read(path.cluster) { try await $0.files(of: item) }), headers: [.eTag: tag])
        }
    }

    /// Newest first; `?limit=` is 1 to 200, 50 without.
    private func history(_ request: Request, _ context: AppContext) async throws -> Response {
        let name = try ["cluster", "namespace", "instance"].map { try context.parameters.require($0) }.joined(separator: "/")
        guard let limit = Int(request.uri.queryParameters["limit"] ?? "50"), (1...PackageRepository.maxHistory).contains(limit) else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "limit must be a number from 1 to \(PackageRepository.maxHistory).")
        }
        let repositories = try self.repositories(request)
        return try await Self.answering {
            guard let path = PackagePath(name) else { throw Self.missing(name, nil) }
            let items = try await repositories.read(path.cluster) { try await $0.history(of: path, limit: limit) }
            guard !items.isEmpty else { throw Self.missing(name, nil) }
            return Response.json(History(items: items))
        }
    }

    /// A body with `intentId` may be sent again: the revision it made is answered, whatever its files are now.
    private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        // No policy and no approval stands before it.
        try context.principal?.requireInstallation("Publishing by hand")
        let publication = try await JSONBody.decode(DirectPublication.self, from: request, context: context, limit: Self.maxBodyBytes)
        return try await Self.answering {
            switch try await self.repositories.publish(publication) {
            case .published(let packages):
                guard let package = packages.first else { throw Self.missing(publication.path, nil) }
                return Response.json(package, status: package.change == .none ? .ok : .created)
            case .conflict(let path): throw ProblemError(.conflict, code: "package_conflict", detail: "\(path) is not at the base the change was made against.")
            case .failed(let reason, mayRetry: true):
                throw ProblemError(.serviceUnavailable, code: "repository_unavailable", detail: reason, headers: [.retryAfter: "1"])
            case .failed(let reason, mayRetry: false): throw ProblemError(.unprocessableContent, code: "package_invalid", detail: reason)
            }
        }
    }

    private func deployment(_ context: AppContext) async throws -> Response {
        let text = try context.parameters.require("intentId")
        return try await Self.answering {
            guard let intentId = IntentID(text) else { throw ProblemError(.badRequest, code: "invalid_id", detail: "That is not an intent id.") }
            let packages = try await self.repositories.deployments(intentId)
            guard !packages.isEmpty else { throw ProblemError(.notFound, code: "deployment_not_found", detail: "The intent \(intentId) published nothing.") }
            return Response.json(Deployment(intentId: intentId, packages: packages))
        }
    }

    private static func missing(_ name: String, _ revision: String?) -> ProblemError {
        ProblemError(.notFound, code: "package_not_found", detail: "There is no package \(name)\(revision.map { " of revision \($0)" } ?? "").")
    }

    static func answering(_ work: () async throws -> Response) async throws -> Response {
        do {
            return try await work()
        } catch let error as DeploymentRepository.Away {
            // Not 503: who calls would take all of us to be down.
            throw ProblemError(.init(code: 424, reasonPhrase: "Failed Dependency"), code: "repository_unavailable", detail: error.description)
        } catch let error as Misplaced {
            throw ProblemError(.conflict, code: "package_misplaced", detail: error.description)
        } catch let error as GitError {
            guard error.mayRetry else { throw ProblemError(.unprocessableContent, code: "package_unreadable", detail: error.description) }
            throw ProblemError(.serviceUnavailable, code: "repository_unavailable", detail: error.description, headers: [.retryAfter: "1"])
        }
    }
}
