import Metrics

/// Metric handles of one provider and model, made once.
struct ModelMetrics: Sendable {
    private let duration: Metrics.Timer
    private let promptTokens: Counter
    private let completionTokens: Counter
    private let cost: FloatingPointCounter
    private let outcomes: [String: Counter]
    private let batches: Counter
    private let batched: Counter

    init(_ settings: ModelSettings) { self.init(provider: settings.provider, model: settings.model) }

    /// Of the embedded interpreter where no model is configured: who watches these finds them in every installation.
    static let embedded = ModelMetrics(provider: "embedded", model: "rules")

    private init(provider: String, model: String) {
        let labels = [("provider", provider), ("model", model)]
        let outcomes = ["ok", "timeout", "unreachable", "rate_limited", "error", "malformed", "suspended", "busy", "over_budget", "resting"]
        self.duration = Metrics.Timer(label: "llm_request_duration_seconds", dimensions: labels)
        self.promptTokens = Counter(label: "llm_tokens_total", dimensions: labels + [("kind", "prompt")])
        self.completionTokens = Counter(label: "llm_tokens_total", dimensions: labels + [("kind", "completion")])
        self.cost = FloatingPointCounter(label: "llm_token_costs_usd_total", dimensions: labels)
        self.batches = Counter(label: "llm_batches_total", dimensions: labels)
        self.batched = Counter(label: "llm_batched_intents_total", dimensions: labels)
        self.outcomes = Dictionary(uniqueKeysWithValues: outcomes.map { ($0, Counter(label: "llm_requests_total", dimensions: labels + [("outcome", $0)])) })
        // There from the start.
        self.record(ModelUsage(promptTokens: 0, completionTokens: 0), cost: 0)
        self.outcomes["ok"]?.increment(by: 0)
    }

    /// - Parameter sentences: asked about in one request.
    func record(outcome: String, took: Duration, sentences: Int = 1) {
        if sentences > 1 {
            self.batches.increment()
            self.batched.increment(by: sentences)
        }
        self.outcomes[outcome]?.increment()
        self.duration.recordNanoseconds(Int64(took / .nanoseconds(1)))
    }

    func record(_ usage: ModelUsage, cost: Double) {
        self.promptTokens.increment(by: usage.promptTokens)
        self.completionTokens.increment(by: usage.completionTokens)
        self.cost.increment(by: cost)
    }
}
