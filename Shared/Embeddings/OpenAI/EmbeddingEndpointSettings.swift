/// An OpenAI-compatible endpoint of embeddings and how it is treated.
package struct EmbeddingEndpointSettings: Sendable {
    /// Up to and with the version, e.g. `https://api.openai.com/v1`; `/embeddings` is added.
    package var baseURL: String
    package var model: String
    /// Sent as a bearer token; nil sends none. Asked for each call: a key may be replaced.
    package var apiKey: @Sendable () -> String?
    /// Numbers of every vector; an answer with others is refused.
    package var dimensions: Int
    /// Of one call, the wait for a place and a connection included.
    package var timeout: Duration = .seconds(10)
    /// Texts and bytes of text in one request, at most.
    package var batchTexts = 64
    package var batchBytes = 256 << 10
    /// Requests of one call at the same time.
    package var requestsAtOnce = 4
    package var maxResponseBytes = 16 << 20

    package init(baseURL: String, model: String, dimensions: Int, apiKey: @autoclosure @escaping @Sendable () -> String? = nil) {
        self.baseURL = baseURL
        self.model = model
        self.dimensions = dimensions
        self.apiKey = apiKey
    }
}
