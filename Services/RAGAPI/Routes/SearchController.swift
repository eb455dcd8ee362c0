import Hummingbird
import IntentModel
import Metrics
import ServiceRuntime

/// `POST /v1/search`. Add at `/v1/search`.
struct SearchController<Cache: AnswerCache>: Sendable {
    /// A query of 4096 characters with filters fits many times.
    static var maxBodyBytes: Int { 256 << 10 }

    let search: KnowledgeSearch<Cache>
    private let latency: [SearchMode: Metrics.Timer]

    init(search: KnowledgeSearch<Cache>) {
        self.search = search
        self.latency = Dictionary(
            uniqueKeysWithValues: SearchMode.allCases.map { ($0, Metrics.Timer(label: "rag_query_latency_seconds", dimensions: [("mode", $0.rawValue)])) })
    }

    var routes: RouteCollection<AppContext> {
        RouteCollection(context: AppContext.self)
            .post(use: self.post)
    }

    /// `Cache-Control: no-cache` skips the caches; `?explain=true` asks for the parts of each score.
    @Sendable func post(_ request: Request, context: AppContext) async throws -> Response {
        let body = try await JSONBody.bytes(of: request, limit: Self.maxBodyBytes, allowsNoContentType: true)
        var search = try SearchRequest(json: Array(body.readableBytesView))
        if let explain = request.uri.queryParameters["explain"] { search.explains = try Self.flag(explain) }
        let readers = try Readers(of: context.principal, naming: search.access)
        let answer = try await self.search.answer(search, for: readers, skippingCache: request.headers[.cacheControl]?.contains("no-cache") == true)
        self.latency[answer.mode]?.record(duration: answer.took)
        return .json(bytes: ByteBuffer(bytes: answer.json))
    }

    private static func flag(_ text: Substring) throws -> Bool {
        switch text {
        case "true", "1", "": return true
        case "false", "0": return false
        default: throw ProblemError(.badRequest, code: "invalid_query", detail: "explain must be true or false.")
        }
    }
}
