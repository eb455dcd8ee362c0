import Foundation
import Hummingbird
import ServiceClient
import ServiceRuntime

/// Searching the knowledge base with a key of the gateway; it is asked for what this key may read.
struct KnowledgeController: Sendable {
    let knowledge: ServiceClient

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/knowledge", use: self.search)
    }

    private struct Search: Encodable {
        var query: String
        var limit: Int
        var access: [String]
    }

    @Sendable private func search(_ request: Request, context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.intentsRead)
        let parameters = request.uri.queryParameters
        guard let query = parameters["query"].map(String.init), !query.isEmpty, query.count <= 4096 else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "query must have 1 to 4096 characters.")
        }
        guard let limit = Int(parameters["limit"] ?? "10"), (1...100).contains(limit) else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "limit must be a number from 1 to 100.")
        }
        let body = try JSONEncoder().encode(Search(query: query, limit: limit, access: ["key:\(principal.name)", "tenant:\(principal.tenant)"]))
        let answer = try await self.knowledge.call("POST", "/v1/search", body: Array(body), mayRepeat: true)
        guard answer.status == 200 else { throw self.knowledge.refusal(answer) }
        return Response.json(bytes: ByteBuffer(bytes: answer.body))
    }
}
