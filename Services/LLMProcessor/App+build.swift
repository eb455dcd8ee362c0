import Caching
import Foundation
import HTTPFetch
import Hummingbird
import IntentLanguage
import Ledger
import LedgerRuntime
import RedisClient
import ServiceClient
import ServiceLifecycle
import ServiceRuntime

/// Wires llm-processor. The only function that names concrete clients.
func buildService(_ context: ServiceContext) async throws -> ServiceParts {
    let settings = context.settings
    let words = settings[LLMSettings.vocabulary]
    let vocabulary = try Vocabulary.shipped(additions: words.isEmpty ? nil : words)
    let embedded = EmbeddedInterpreter(vocabulary: vocabulary)
    let fetcher = HTTPFetcher()

    var model: GroundedInterpreter?
    var passages: PassageSource?
    if settings[LLMSettings.provider] == "openai" {
        guard let baseURL = settings[LLMSettings.baseURL] else {
            throw InvalidSetting(key: "LLM_BASE_URL", allowed: "the address of the model server, because LLM_PROVIDER is openai")
        }
        var endpoint = ModelSettings(baseURL: baseURL, model: settings[LLMSettings.model], apiKey: settings[LLMSettings.apiKey])
        endpoint.timeout = settings[LLMSettings.timeout]
        endpoint.price = ModelPrice(prompt: settings[LLMSettings.promptPrice], completion: settings[LLMSettings.completionPrice])
        let prompt = try Prompt.load()
        let guards = context.upstream("model") {
            $0.timeout = settings[LLMSettings.timeout]
            // A slow answer is normal for a model; one as slow as the time-out is not.
            $0.breaker.slowCall = settings[LLMSettings.timeout]
            $0.concurrency = settings[LLMSettings.maxConcurrent]
            $0.waiting = settings[LLMSettings.maxConcurrent]
            $0.waitAtMost = .seconds(2)
            $0.attempts = 1
        }
        model = GroundedInterpreter(
            model: OpenAIInterpreter(settings: endpoint, prompt: prompt, fetcher: fetcher, upstream: guards),
            modelName: "\(endpoint.provider)/\(endpoint.model)",
            embedded: { embedded.interpret($0) }
        )
        passages = PassageSource(
            client: ServiceClient(
                context.upstream("rag-api") { $0.timeout = .seconds(1) }, base: settings[LLMSettings.knowledge],
                token: settings[CommonSettings.authToken], fetcher: fetcher
            )
        )
    }
    let reading = IntentReading(
        embedded: embedded, model: model, passages: passages,
        cache: MemoryCache(byteLimit: settings[LLMSettings.memoryCacheSize], lifetime: CacheLifetime(settings[LLMSettings.memoryCacheLifetime])),
        rate: RequestRate(context.metrics)
    )

    let configuration = try LedgerSettings.configuration(context)
    let redis = RedisClient(configuration.redis, label: "ledger")
    LedgerSettings.exportPool(of: redis, to: context.metrics)
    let worker = StageWorker(
        ledger: Ledger(configuration, redis: redis), handler: InterpretStage(concurrency: settings[LLMSettings.workers], reading: reading)
    )
    return ServiceParts(
        routes: { router in
            let api = router.group().add(middleware: context.authenticator.requiresUnlessLocal(.intentsRead))
            api.addRoutes(InterpretController(reading: reading).routes, atPath: "/v1/interpret")
            api.addRoutes(VocabularyController(vocabulary: vocabulary).routes, atPath: "/v1/vocabulary")
        },
        services: [fetcher, redis, worker],
        healthChecks: [LedgerSettings.healthCheck(redis), LedgerSettings.workerCheck(worker)]
    )
}
