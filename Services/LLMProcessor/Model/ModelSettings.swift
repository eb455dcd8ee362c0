/// One OpenAI-compatible endpoint and how it is treated.
package struct ModelSettings: Sendable {
    /// For metrics and provenance, e.g. `openai`.
    package var provider: String
    /// Up to and with the version, e.g. `https://api.openai.com/v1`; `/chat/completions` is added.
    package var baseURL: String
    package var model: String
    /// Sent as a bearer token; nil sends none. Asked for each call: a key may be replaced.
    package var apiKey: @Sendable () -> String?
    /// Of one call, the wait for a place and a connection included.
    package var timeout: Duration = .seconds(10)
    package var maxResponseBytes = 256 << 10
    /// Tokens the answer may have.
    package var maxTokens = 2_048
    /// Of all passages together; what does not fit is left out.
    package var maxPassageBytes = 16 << 10
    package var price = ModelPrice()
    /// Ask for the answer in pieces: what breaks off is noticed when it does.
    package var streams = false
    /// Nil: every sentence is a request of its own.
    package var batching: Batching?

    /// Sentences that go to the model in one request.
    package struct Batching: Sendable, Equatable {
        /// As many at most.
        package var size: Int
        /// As long the first one waits for others.
        package var timeout: Duration

        package init(size: Int = 32, timeout: Duration = .milliseconds(500)) {
            self.size = size
            self.timeout = timeout
        }
    }

    /// How many times the tokens and the passages of one sentence a batch may have.
    static let batchFactor = 4

    package init(provider: String = "openai", baseURL: String, model: String, apiKey: @autoclosure @escaping @Sendable () -> String? = nil) {
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

    package var isCharged: Bool { self.prompt > 0 || self.completion > 0 }

    package func cost(of usage: ModelUsage) -> Double {
        (Double(usage.promptTokens) * self.prompt + Double(usage.completionTokens) * self.completion) / 1_000_000
    }
}

/// Tokens of one or more calls, as the provider counts them.
package struct ModelUsage: Sendable, Equatable {
    package var promptTokens = 0
    package var completionTokens = 0

    package init(promptTokens: Int = 0, completionTokens: Int = 0) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
    }

    package var totalTokens: Int { self.promptTokens + self.completionTokens }
}
