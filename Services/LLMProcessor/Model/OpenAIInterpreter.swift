package import HTTPFetch
package import IntentModel
package import Resilience
import Synchronization

/// Asks an OpenAI-compatible endpoint. Its answer has the right shape and nothing more: it is the caller's to hold it against the text
/// (``GroundedInterpreter``).
package struct OpenAIInterpreter: Interpreter {
    package let settings: ModelSettings
    package let prompt: Prompt
    package let breaker: CircuitBreaker
    private let fetcher: HTTPFetcher
    private let bulkhead: Bulkhead
    private let metrics: ModelMetrics
    private let state = SharedState()

    private final class SharedState: Sendable {
        struct Value {
            /// What the provider was last found to take.
            var format = ChatCompletion.Format.jsonSchema
            /// End of the pause a 429 asked for.
            var pausedUntil: ContinuousClock.Instant?
        }
        let value = Mutex(Value())
    }

    package init(settings: ModelSettings, prompt: Prompt, fetcher: HTTPFetcher, breaker: CircuitBreaker? = nil) {
        self.settings = settings
        self.prompt = prompt
        self.fetcher = fetcher
        // A call as slow as the time-out is a failure; a slow one is normal for a model.
        self.breaker = breaker ?? CircuitBreaker(.init(slowCall: settings.timeout, openFor: .seconds(30)))
        self.bulkhead = Bulkhead(limit: settings.concurrency, waitingLimit: settings.concurrency, waitAtMost: settings.maxWait)
        self.metrics = ModelMetrics(settings)
    }

    /// Throws ``ModelError``.
    package func interpret(_ request: InterpretationRequest, passages: [Passage]) async throws -> Interpretation {
        let answered = try await self.answer(request, passages: passages)
        let answer = answered.answer
        return Interpretation(
            decision: answer.decision, priority: request.priority ?? .medium, expectations: answer.expectations,
            clarifications: answer.questions.map { Clarification(expectation: answer.expectations.first?.id ?? "e1", field: "confirm", question: $0) },
            refusal: answer.decision == .refused ? Refusal(reason: answer.refusalReason ?? .outOfScope, detail: "The model refuses it.") : nil,
            provenance: answered.provenance
        )
    }

    private func answer(_ request: InterpretationRequest, passages: [Passage]) async throws(ModelError) -> (answer: ModelAnswer, provenance: Provenance) {
        let shown = self.shown(passages)
        let question = self.prompt.question(request, passages: shown)
        let start = ContinuousClock.now
        do {
            let completion = try await self.bounded { () async throws(ModelError) in try await self.complete(question) }
            let cost = self.settings.price.cost(of: completion.usage)
            self.metrics.record(completion.usage, cost: cost)
            let answer = try ModelAnswer(completion.content, schema: self.prompt.schema)
            self.metrics.record(outcome: "ok", took: start.duration(to: .now))
            let provenance = Provenance(
                interpreter: self.settings.provider, model: self.settings.model, promptVersion: self.prompt.version, passages: shown.map(\.id),
                tokens: completion.usage.totalTokens, costUSD: cost
            )
            return (answer, provenance)
        } catch {
            self.metrics.record(outcome: error.outcome, took: start.duration(to: .now))
            throw error
        }
    }

    private func bounded(_ body: @Sendable () async throws(ModelError) -> ChatCompletion) async throws(ModelError) -> ChatCompletion {
        do {
            return try await self.bulkhead.run { try await body() }
        } catch let error as ModelError {
            throw error
        } catch {
            throw .busy
        }
    }

    /// Passages until the limit, the best first.
    private func shown(_ passages: [Passage]) -> [Passage] {
        var left = self.settings.maxPassageBytes
        return passages.prefix { passage in
            left -= passage.text.utf8.count
            return left >= 0
        }
    }

    // MARK: Calls

    private func complete(_ question: String) async throws(ModelError) -> ChatCompletion {
        let (format, paused) = self.state.value.withLock { ($0.format, $0.pausedUntil) }
        if let paused, paused > .now { throw .rateLimited(retryAfter: ContinuousClock.now.duration(to: paused)) }
        var next: ChatCompletion.Format? = format
        while let format = next {
            let response = try await self.call(question, format)
            switch response.status {
            case 200:
                return try ChatCompletion(response.body)
            case 400, 415, 422:
                // Some providers know no schema, some no format at all; the first that works is kept.
                let words = String(decoding: response.body.prefix(4_096), as: UTF8.self).lowercased()
                guard words.contains("response_format") || words.contains("json_schema") || words.contains("json_object"), let fallback = format.fallback else {
                    throw .status(response.status, self.excerpt(response))
                }
                self.state.value.withLock { if fallback.rawValue > $0.format.rawValue { $0.format = fallback } }
                next = fallback
            case 429:
                let pause = response.header("retry-after").flatMap { Int($0) }.map { Duration.seconds(min(max($0, 0), 600)) }
                self.state.value.withLock { $0.pausedUntil = .now + (pause ?? .seconds(1)) }
                throw .rateLimited(retryAfter: pause)
            default: throw .status(response.status, self.excerpt(response))
            }
        }
        throw .malformed("no answer format is accepted")
    }

    private func call(_ question: String, _ format: ChatCompletion.Format) async throws(ModelError) -> FetchResponse {
        let body = ChatCompletion.request(
            model: self.settings.model, prompt: self.prompt, question: question, format: format, maxTokens: self.settings.maxTokens)
        var headers = [("content-type", "application/json"), ("accept", "application/json")]
        if let key = self.settings.apiKey { headers.append(("authorization", "Bearer \(key)")) }
        let base = self.settings.baseURL.hasSuffix("/") ? String(self.settings.baseURL.dropLast()) : self.settings.baseURL
        let request = FetchRequest(
            method: "POST", url: "\(base)/chat/completions", headers: headers, body: body.bytes, timeout: self.settings.timeout,
            maxResponseBytes: self.settings.maxResponseBytes
        )
        let permit: CircuitBreaker.Permit
        do { permit = try self.breaker.permit() } catch { throw .suspended }
        let start = ContinuousClock.now
        do {
            let response = try await self.fetcher.fetch(request)
            self.breaker.record(permit, response.status == 429 ? .ignored : response.status >= 500 ? .failure : .success, took: start.duration(to: .now))
            return response
        } catch {
            self.breaker.record(permit, error == .cancelled ? .ignored : .failure, took: start.duration(to: .now))
            switch error {
            case .timedOut: throw .timedOut
            case .tooLarge(let limit): throw .tooLarge(limit: limit)
            default: throw .unreachable(error.description)
            }
        }
    }

    /// The provider's own message; never more than a line, and never our key.
    private func excerpt(_ response: FetchResponse) -> String {
        let message = (try? JSONMessage(response.body))?.text ?? ""
        let line = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard let key = self.settings.apiKey, !key.isEmpty else { return String(line.prefix(200)) }
        return String(line.replacing(key, with: "…").prefix(200))
    }
}
