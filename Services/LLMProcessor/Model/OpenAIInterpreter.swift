package import HTTPFetch
package import IntentLanguage
package import IntentModel
package import Resilience

/// Asks an OpenAI-compatible endpoint. Its answer has the right shape and nothing more: it is the caller's to hold it against the text
/// (``GroundedInterpreter``).
package struct OpenAIInterpreter: Interpreter {
    package let settings: ModelSettings
    package let prompt: Prompt
    private let endpoint: ModelEndpoint
    private let request: ChatRequest
    /// Nil: every sentence is a request of its own.
    private let batcher: MicroBatcher<Question, Reading>?

    private struct Question: Sendable {
        var request: InterpretationRequest
        var passages: [Passage]
    }

    struct Reading: Sendable {
        var answer: ModelAnswer
        var tokens: Int
        var cost: Double
        var passages: [String]
    }

    package init(settings: ModelSettings, prompt: Prompt, fetcher: HTTPFetcher, upstream: Upstream, budget: DailyBudget? = nil) {
        self.settings = settings
        self.prompt = prompt
        let endpoint = ModelEndpoint(settings: settings, fetcher: fetcher, upstream: upstream, budget: budget)
        self.endpoint = endpoint
        self.request = ChatRequest(
            model: settings.model, instructions: prompt.instructions, schema: prompt.schema.source, maxTokens: settings.maxTokens, streams: settings.streams)
        guard let batching = settings.batching else {
            self.batcher = nil
            return
        }
        let several = ChatRequest(
            model: settings.model, instructions: prompt.batchInstructions, schema: prompt.batchSchema,
            maxTokens: settings.maxTokens * ModelSettings.batchFactor, streams: settings.streams)
        let one = self.request
        self.batcher = MicroBatcher(batching) { questions in
            if let only = questions.first, questions.count == 1 {
                do throws(ModelError) { return [.success(try await Self.read(only, endpoint, one, prompt))] } catch { return [.failure(error)] }
            }
            return await Self.read(questions, endpoint, several, prompt)
        }
    }

    /// `provider/model`, for people and keys.
    package var name: String { "\(self.settings.provider)/\(self.settings.model)" }

    /// Throws ``ModelError``.
    package func interpret(_ request: InterpretationRequest, passages: [Passage]) async throws -> Interpretation {
        let question = Question(request: request, passages: passages)
        let reading: Reading
        if let batcher {
            reading = try await batcher.answer(to: question, lane: request.tenant ?? "default")
        } else {
            reading = try await Self.read(question, self.endpoint, self.request, self.prompt)
        }
        return Self.interpretation(reading, request, self.settings, self.prompt.version)
    }

    /// Not for batches.
    package func begin(_ request: InterpretationRequest, passages: [Passage], _ answer: @escaping @Sendable (Result<Interpretation, ModelError>?) -> Void)
        -> Bool
    {
        guard self.batcher == nil else { return false }
        let shown = Self.shown(passages, limit: self.settings.maxPassageBytes)
        let (prompt, settings) = (self.prompt, self.settings)
        return self.endpoint.begin(prompt.question(request, passages: shown), self.request) { (answer) throws(ModelError) in
            let reading = Reading(
                answer: try ModelAnswer(answer.content, prompt: prompt), tokens: answer.usage.totalTokens, cost: answer.cost, passages: shown.map(\.id))
            return Self.interpretation(reading, request, settings, prompt.version)
        } answer: {
            answer($0)
        }
    }

    static func interpretation(_ reading: Reading, _ request: InterpretationRequest, _ settings: ModelSettings, _ version: String) -> Interpretation {
        let answer = reading.answer
        return Interpretation(
            decision: answer.decision, priority: request.priority ?? .medium, expectations: answer.expectations,
            clarifications: answer.questions.map { Clarification(expectation: answer.expectations.first?.id ?? "e1", field: "confirm", question: $0) },
            refusal: answer.decision == .refused ? Refusal(reason: answer.refusalReason ?? .outOfScope, detail: answer.refusalEvidence ?? "") : nil,
            provenance: Provenance(
                interpreter: settings.provider, model: settings.model, promptVersion: version, passages: reading.passages,
                tokens: reading.tokens, costUSD: reading.cost))
    }

    // MARK: One

    private static func read(_ question: Question, _ endpoint: ModelEndpoint, _ request: ChatRequest, _ prompt: Prompt) async throws(ModelError) -> Reading {
        let shown = self.shown(question.passages, limit: endpoint.settings.maxPassageBytes)
        return try await endpoint.ask(prompt.question(question.request, passages: shown), request) { (answer) throws(ModelError) in
            Reading(
                answer: try ModelAnswer(answer.content, prompt: prompt), tokens: answer.usage.totalTokens, cost: answer.cost, passages: shown.map(\.id))
        }
    }

    /// Passages until the limit, the best first.
    private static func shown(_ passages: [Passage], limit: Int) -> [Passage] {
        var left = limit
        return Array(
            passages.prefix { passage in
                left -= passage.text.utf8.count
                return left >= 0
            })
    }

    // MARK: Several

    /// One request for all, split again: each sentence has its own answer, checked by itself, and its share of the price.
    private static func read(_ questions: [Question], _ endpoint: ModelEndpoint, _ request: ChatRequest, _ prompt: Prompt) async -> [Result<
        Reading, ModelError
    >] {
        let limit = min(endpoint.settings.maxPassageBytes, endpoint.settings.maxPassageBytes * ModelSettings.batchFactor / questions.count)
        let shown = questions.map { Question(request: $0.request, passages: self.shown($0.passages, limit: limit)) }
        do throws(ModelError) {
            let question = prompt.question(shown.map { ($0.request, $0.passages) })
            return try await endpoint.ask(question, request, sentences: shown.count) { (answer) throws(ModelError) in
                let parts = try BatchAnswer(answer.content, count: shown.count)
                let tokens = answer.usage.totalTokens
                return shown.indices.map { index in
                    do throws(ModelError) {
                        return .success(
                            Reading(
                                answer: try ModelAnswer(value: try parts.part(index), schema: prompt.schema),
                                tokens: tokens / shown.count + (index < tokens % shown.count ? 1 : 0), cost: answer.cost / Double(shown.count),
                                passages: shown[index].passages.map(\.id)))
                    } catch {
                        return .failure(error)
                    }
                }
            }
        } catch {
            return questions.map { _ in .failure(error) }
        }
    }
}
