import Hummingbird
import IntentModel
import ServiceRuntime

/// `POST /admin/knowledge/migrate` moves a page of documents between the embedded store and Weaviate, `POST /admin/knowledge/migrate/verify` compares
/// the two. Add at `/`.
struct MigrationController: Sendable {
    let store: EmbeddedStore
    /// Nil without `WEAVIATE_URL`.
    let server: WeaviateStore?

    var routes: RouteCollection<AppContext> {
        RouteCollection(context: AppContext.self)
            .post("admin/knowledge/migrate", use: self.page)
            .post("admin/knowledge/migrate/verify", use: self.compare)
    }

    private struct Order: Decodable {
        var to: String
        var after: String?
        var limit: Int?
    }

    @Sendable func page(_ request: Request, context: AppContext) async throws -> Response {
        let (order, migration) = try await self.migration(request, context)
        let limit = order.limit ?? 100
        guard (1...KnowledgeMigration.largestPage).contains(limit) else {
            throw Problem.invalidBody([.init(pointer: "/limit", detail: "must be 1 to \(KnowledgeMigration.largestPage)")])
        }
        return .json(try await migration.page(after: order.after, limit: limit))
    }

    @Sendable func compare(_ request: Request, context: AppContext) async throws -> Response {
        .json(try await self.migration(request, context).1.compare())
    }

    private func migration(_ request: Request, _ context: AppContext) async throws -> (Order, KnowledgeMigration) {
        let order = try await JSONBody.decode(Order.self, from: request, context: context, limit: 8192, allowsNoContentType: true)
        guard let server = self.server else {
            throw Problem(status: 422, code: "no_weaviate", title: "Unprocessable Content", detail: "rag-api knows no Weaviate; set WEAVIATE_URL.")
        }
        switch order.to {
        case "weaviate":
            try await server.prepare()
            return (order, KnowledgeMigration(source: self.store, target: server))
        case "sqlite":
            try await server.prepare()
            return (order, KnowledgeMigration(source: server, target: self.store))
        default: throw Problem.invalidBody([.init(pointer: "/to", detail: "must be weaviate or sqlite")])
        }
    }
}
