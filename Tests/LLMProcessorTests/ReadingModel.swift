@testable import IntentLanguage
import Caching
import IntentModel
import RedisClient
import ServiceRuntime
import Synchronization
import Telemetry
import Testing

@testable import LLMProcessor

/// A model that reads as the embedded interpreter does, marks each answer with a number of its own, and may be held up.
final class ReadingModel: Interpreter {
    private let embedded: EmbeddedInterpreter
    private let state = Mutex<[InterpretationRequest]>([])
    private let hold: @Sendable () async -> Void

    init(_ embedded: EmbeddedInterpreter, hold: @escaping @Sendable () async -> Void = {}) {
        self.embedded = embedded
        self.hold = hold
    }

    /// What it was asked, in order; the tokens of an answer are its place, from 1.
    var asked: [InterpretationRequest] { self.state.withLock { $0 } }

    func interpret(_ request: InterpretationRequest, passages: [Passage]) async throws -> Interpretation {
        let number = self.state.withLock { asked in
            asked.append(request)
            return asked.count
        }
        await self.hold()
        var reading = self.embedded.interpret(request)
        reading.provenance = Provenance(interpreter: "test", model: "model", promptVersion: "p", passages: passages.map(\.id), tokens: number)
        return reading
    }

    func reading(knowledge: KnowledgeSource? = nil, redis: RedisClient? = nil, models: String = "test/model", prompt: String = "p") -> IntentReading {
        var levels = LayeredCache.Configuration(prefix: "nephoran:")
        levels.memoryBytes = 64 << 20
        levels.redisTimeout = .seconds(5)
        return IntentReading(
            embedded: self.embedded,
            model: .init(
                interpreter: GroundedInterpreter(model: self, modelName: "test/model", vocabulary: self.embedded.vocabulary), knowledge: knowledge,
                cache: LayeredCache(levels, redis: redis), models: models, prompt: prompt, first: "test/model", budget: nil),
            rate: RequestRate(PrometheusRegistry()))
    }
}
