/// One OpenAI-compatible endpoint and how it is treated.
package struct ModelSettings: Sendable {
    /// For metrics and provenance, e.g. `openai`.
    package var provider: String
    /// Up to and with the version, e.g. `https://api.openai.com/v1`; `/chat/completions` is added.
    package var baseURL: String
    package var model: String
    /// Sent as a bearer token; nil sends none.
    package var apiKey: String?
    /// Of one call, the wait for a place and a connection included.
    package var timeout: Duration = .seconds(10)
    package var maxResponseBytes = 256 << 10
    /// Tokens the answer may have.
    package var maxTokens = 2_048
    /// Of all passages together; what does not fit is left out.
    package var maxPassageBytes = 16 << 10
    package var price = ModelPrice()

    package init(provider: String = "openai", baseURL: String, model: String, apiKey: String? = nil) {
        self.provider = provider
        self.baseURL = baseURL
        self.model = model
        self.apiKey = apiKey
    }
}

/// What tokens cost; nothing unless configured.
package struct ModelPrice: Sendable, Equatable {
    /// USD per million tokens sent.
    package var prompt: Double
    /// USD per million tokens answered.
    package var completion: Double

    package init(prompt: Double = 0, completion: Double = 0) {
        self.prompt = prompt
        self.completion = completion
    }

    package func cost(of usage: ModelUsage) -> Double {
        (Double(usage.promptTokens) * self.prompt + Double(usage.completionTokens) * self.completion) / 1_000_000
    }
}

/// Tokens of one or more calls, as the provider counts them.
package struct ModelUsage: Sendable, Equatable {
    package var promptTokens = 0
    package var completionTokens = 0

    package var totalTokens: Int { self.promptTokens + self.completionTokens }
}
