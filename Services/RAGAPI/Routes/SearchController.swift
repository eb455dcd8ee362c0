import Hummingbird
import Metrics
import ServiceRuntime

/// `POST /v1/search`. Add at `/v1/search`.
struct SearchController<Context: RequestContext, Cache: AnswerCache>: Sendable {
    /// A query of 4096 characters with filters fits many times.
    static var maxBodyBytes: Int { 256 << 10 }

    let search: KnowledgeSearch<Cache>
    private let latency: Metrics.Timer

    init(search: KnowledgeSearch<Cache>) {
        self.search = search
        self.latency = Metrics.Timer(label: "rag_query_latency_seconds", dimensions: [("mode", SearchMode.keyword.rawValue)])
    }

    var routes: RouteCollection<Context> {
        RouteCollection(context: Context.self)
            .post(use: self.post)
    }

    /// `Cache-Control: no-cache` skips the caches.
    @Sendable func post(_ request: Request, context: Context) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.maxBodyBytes)
        let search = try SearchRequest(json: Array(body.readableBytesView))
        let answer = try await self.search.answer(search, skippingCache: request.headers[.cacheControl]?.contains("no-cache") == true)
        self.latency.record(duration: answer.took)
        return .json(bytes: ByteBuffer(bytes: answer.json))
    }
}
