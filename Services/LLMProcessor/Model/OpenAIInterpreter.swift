package import HTTPFetch
package import IntentLanguage
package import IntentModel
package import Resilience
import Synchronization
import Telemetry

/// Asks an OpenAI-compatible endpoint. Its answer has the right shape and nothing more: it is the caller's to hold it against the text
/// (``GroundedInterpreter``).
package struct OpenAIInterpreter: Interpreter {
    package let settings: ModelSettings
    package let prompt: Prompt
    private let upstream: Upstream
    private let fetcher: HTTPFetcher
    private let metrics: ModelMetrics
    private let format = KnownFormat()

    /// What the provider was last found to take.
    private final class KnownFormat: Sendable {
        let value = Mutex(ChatCompletion.Format.jsonSchema)
    }

    package init(settings: ModelSettings, prompt: Prompt, fetcher: HTTPFetcher, upstream: Upstream) {
        self.settings = settings
        self.prompt = prompt
        self.fetcher = fetcher
        self.upstream = upstream
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
            let completion = try await self.complete(question)
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
        var next: ChatCompletion.Format? = self.format.value.withLock { $0 }
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
                self.format.value.withLock { if fallback.rawValue > $0.rawValue { $0 = fallback } }
                next = fallback
            case 429: throw .rateLimited(retryAfter: response.retryAfter)
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
            method: "POST", url: "\(base)/chat/completions", headers: headers, body: body.bytes, maxResponseBytes: self.settings.maxResponseBytes)
        let deadline = Correlation.current?.deadline.map { Deadline(unixMilliseconds: $0) }
        let result: Result<FetchResponse, FetchError>
        do throws(UpstreamRefusal) {
            // An answer is paid for: it is not asked for twice.
            result = try await self.upstream.call(deadline: deadline, timeout: self.settings.timeout, mayRepeat: false, judge: Self.judge) {
                [fetcher] left, cancellation in
                var request = request
                request.timeout = left
                return await fetcher.result(of: request) { cancellation?.onCancel($0) }
            }
        } catch {
            switch error {
            case .tooLate: throw .timedOut
            case .busy, .cancelled: throw .busy
            case .open: throw .suspended
            case .paused(let retryAfter): throw .rateLimited(retryAfter: retryAfter)
            }
        }
        do throws(FetchError) {
            return try result.get()
        } catch {
            switch error {
            case .timedOut: throw .timedOut
            case .tooLarge(let limit): throw .tooLarge(limit: limit)
            default: throw .unreachable(error.description)
            }
        }
    }

    @Sendable private static func judge(_ result: Result<FetchResponse, FetchError>) -> Judgement {
        switch result {
        case .success(let response) where response.status == 429: Judgement(.ignored, pause: response.retryAfter ?? .seconds(1))
        case .success(let response): Judgement(response.status >= 500 ? .failure : .success)
        case .failure(.cancelled), .failure(.stopped), .failure(.invalid), .failure(.overloaded): Judgement(.ignored)
        case .failure: Judgement(.failure)
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
