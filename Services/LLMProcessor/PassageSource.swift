import ServiceClient

/// Passages about a text from rag-api, for a model to read.
struct PassageSource: Sendable {
    private struct Query: Encodable {
        var query: String
        var limit: Int
    }

    private struct Answer: Decodable {
        struct Result: Decodable {
            var chunkId: String
            var text: String
        }
        var results: [Result]
    }

    let client: ServiceClient
    var limit = 4

    func passages(for text: String) async throws(ServiceCallError) -> [Passage] {
        let answer = try await self.client.query(Answer.self, "/v1/search", Query(query: String(text.prefix(1_000)), limit: self.limit))
        return answer.results.map { Passage(id: $0.chunkId, text: $0.text) }
    }
}
