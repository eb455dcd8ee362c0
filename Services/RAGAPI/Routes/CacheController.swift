import Hummingbird
import ServiceRuntime

/// `POST /admin/cache/clear` empties all levels, `POST /cache/cleanup` drops what has expired. Add at `/`.
struct CacheController<Cache: AnswerCache>: Sendable {
    let cache: Cache
    var embedding: QueryEmbedding?

    var routes: RouteCollection<AppContext> {
        RouteCollection(context: AppContext.self)
            .post("admin/cache/clear", use: self.clear)
            .post("cache/cleanup", use: self.cleanUp)
            .post("admin/cache/cleanup", use: self.cleanUp)
    }

    @Sendable func clear(_ request: Request, context: AppContext) async throws -> Response {
        try await self.cache.clear()
        self.embedding?.clear()
        return .json(["cleared": CacheLevel.allCases.filter { $0 != .miss }])
    }

    @Sendable func cleanUp(_ request: Request, context: AppContext) async throws -> Response {
        .json(["removed": try await self.cache.removeExpired()])
    }
}
