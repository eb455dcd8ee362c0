import IntentLanguage
import IntentModel
import Synchronization
import TestSupport
import Testing

@testable import LLMProcessor

/// What a model's server answers, from its bytes to the reading that is acted on.
@Suite(.timeLimit(.minutes(15))) struct ModelMutationTests {
    /// A model whose answer is there at once.
    private struct Said: Interpreter {
        let result: Result<Interpretation, ModelError>

        func interpret(_ request: InterpretationRequest, passages: [Passage]) async throws -> Interpretation { try self.result.get() }

        func begin(
            _ request: InterpretationRequest, passages: [Passage], _ answer: @escaping @Sendable (Result<Interpretation, ModelError>?) -> Void
        ) -> Bool {
            answer(self.result)
            return true
        }
    }

    private static func interpretation(_ bytes: [UInt8], _ request: InterpretationRequest, _ prompt: Prompt) throws(ModelError) -> Interpretation {
        let content = try ChatCompletion(bytes).content.get()
        let reading = OpenAIInterpreter.Reading(answer: try ModelAnswer(content, prompt: prompt), tokens: 1, cost: 0, passages: [])
        return OpenAIInterpreter.interpretation(reading, request, ModelSettings(baseURL: "http://127.0.0.1", model: "m"), prompt.version)
    }

    @Test("whatever a model answers, what is acted on is what the sentence says: it asks and adds a note, and what it adds is asked about")
    func answers() throws {
        let interpreter = try #require(ShippedVocabulary.interpreter)
        let prompt = try Prompt.load()
        let request = InterpretationRequest(intent: "Scale the AMF in namespace core5g to 3 replicas")
        let embedded = interpreter.interpret(request)
        try #require(embedded.decision == .accepted && embedded.expectations.count == 1)
        let answers = [
            #"{"decision":"accepted","refusalReason":null,"expectations":[{"verb":"scale","kind":"NetworkFunction","type":"AMF","name":null,"evidence":"AMF","targets":[{"attribute":"replicas","condition":"equals","value":5,"evidence":"3 replicas"}],"context":{"namespace":"core5g"}}],"clarifications":[]}"#,
            #"{"decision":"refused","refusalReason":"prompt_injection","refusalEvidence":"core5g","expectations":[],"clarifications":[]}"#,
            #"{"decision":"needs_clarification","expectations":[],"clarifications":[{"question":"Which AMF?"}]}"#, "Here it is: ```json {\"decision\": 1}```",
        ]
        let seeds = answers.map { answer in
            let text = answer.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            let choice = #"{"index":0,"message":{"role":"assistant","content":"\#(text)"},"finish_reason":"stop"}"#
            return Array(#"{"id":"c","choices":[\#(choice)],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"#.utf8)
        }
        // The first three are answers, or nothing would be reached behind the first check.
        for seed in seeds.prefix(3) { _ = try Self.interpretation(seed, request, prompt) }
        try Mutations("model-answer", seeds: seeds).run(rounds: 3_000) { bytes throws in
            let result: Result<Interpretation, ModelError>
            do throws(ModelError) { result = .success(try Self.interpretation(bytes, request, prompt)) } catch { result = .failure(error) }
            let grounded = GroundedInterpreter(model: Said(result: result), modelName: "test/m", vocabulary: interpreter.vocabulary)
            let acted = Mutex<Interpretation?>(nil)
            try #require(grounded.begin(request, embedded: embedded, passages: []) { answer in acted.withLock { $0 = answer } })
            let reading = try #require(acted.withLock { $0 })
            // Whether it is asked about or not; what only the model read is not done without a yes.
            try #require(Array(reading.expectations.prefix(embedded.expectations.count)) == embedded.expectations)
            for extra in reading.expectations.dropFirst(embedded.expectations.count) {
                try #require(reading.clarifications.contains { $0.expectation == extra.id && $0.field == "confirm" })
                try #require(reading.decision == .needsClarification)
            }
            try #require(reading.decision == .accepted || (reading.decision == .needsClarification && !reading.clarifications.isEmpty))
        }
    }
}
