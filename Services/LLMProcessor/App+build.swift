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
    // Models are trusted by the authorities of peers outside, services by the installation's.
    let fetcher = HTTPFetcher(
        try HTTPFetcher.Configuration(maxConnectionsPerHost: max(64, settings[LLMSettings.maxConcurrent])).trusting(LLMSettings.trust, settings),
        on: EventLoopsForFetching())
    let calls = HTTPFetcher(.init().trusting(settings), on: EventLoopsForFetching())
    var services: [any Service] = [fetcher, calls]
    var checks: [HealthCheck] = []

    var model: IntentReading.ModelPath?
    if settings[LLMSettings.provider] == "openai" {
        let cache = try cacheRedis(context)
        if let cache {
            services.append(cache)
            checks.append(HealthCheck("cache", isRequired: false) { _ = try await cache.send(RedisCommand("PING")) })
        }
        let (models, keys) = try modelProviders(settings)
        services.append(FileWatch(name: "keys of models", logger: context.logger, files: keys))
        model = try modelPath(context, models, vocabulary: vocabulary, fetcher: fetcher, calls: calls, redis: cache)
    }
    // There from the start.
    if model == nil { _ = ModelMetrics.embedded }
    let reading = IntentReading(embedded: embedded, model: model, rate: RequestRate(context.metrics))

    let configuration = try LedgerSettings.configuration(context)
    let redis = RedisClient(configuration.redis, label: "ledger")
    LedgerSettings.exportPool(of: redis, to: context.metrics)
    let ledger = Ledger(configuration, redis: redis)
    LedgerSettings.exportRoles(of: ledger, to: context.metrics)
    let worker = StageWorker(
        ledger: ledger, handler: InterpretStage(concurrency: settings[LLMSettings.workers], reading: reading)
    )
    return ServiceParts(
        routes: { router in
            let api = router.group().add(middleware: context.callers(.intentsRead))
            api.addRoutes(InterpretController(reading: reading).routes, atPath: "/v1/interpret")
            api.addRoutes(VocabularyController(vocabulary: vocabulary).routes, atPath: "/v1/vocabulary")
        },
        // Queued sentences come in batches, which take their time.
        services: services + [redis, RoleWatch(ledger: ledger), PooledService(worker)],
        healthChecks: [LedgerSettings.healthCheck(redis, configuration), LedgerSettings.workerCheck(worker)] + checks,
        quickRoute: QuickInterpretation(reading: reading)
    )
}

private func cacheRedis(_ context: ServiceContext) throws -> RedisClient? {
    guard let url = context.settings[LLMSettings.cacheRedis] else { return nil }
    do throws(RedisError) {
        return RedisClient(try RedisConfiguration(url: url, password: context.settings.redisPassword(LLMSettings.cacheRedisPassword)), label: "cache")
    } catch {
        throw InvalidSetting(key: "CACHE_REDIS_URL", reason: error.message)
    }
}

/// Everything that has a model read along: providers in their order, budget, knowledge, caches.
private func modelPath(
    _ context: ServiceContext, _ models: [ModelList.Provider], vocabulary: Vocabulary, fetcher: HTTPFetcher, calls: HTTPFetcher, redis: RedisClient?
) throws -> IntentReading.ModelPath {
    let settings = context.settings
    let prompt = try Prompt.load()
    var budget: DailyBudget?
    if settings[LLMSettings.dailyBudget] > 0 {
        budget = DailyBudget(usd: settings[LLMSettings.dailyBudget], redis: redis)
        budget?.export(to: context.metrics)
    }
    let interpreters = models.enumerated().map { index, provider in
        let guards = context.upstream(index == 0 ? "model" : "model-\(provider.settings.provider)") {
            $0.timeout = provider.settings.timeout
            // A slow answer is normal for a model; one as slow as the time-out is not.
            $0.breaker.slowCall = provider.settings.timeout
            $0.concurrency = provider.maxConcurrent
            $0.waiting = provider.maxConcurrent
            $0.waitAtMost = .seconds(2)
            // Only what was certainly not taken is sent again (`ModelEndpoint.judge`).
            $0.attempts = 2
            $0.hedge.isEnabled = settings[LLMSettings.hedge]
        }
        return OpenAIInterpreter(settings: provider.settings, prompt: prompt, fetcher: fetcher, upstream: guards, budget: budget)
    }
    let names = interpreters.map(\.name)
    let knowledge = KnowledgeSource(
        client: ServiceClient(
            context.upstream("rag-api") { $0.timeout = .seconds(1) }, base: settings[LLMSettings.knowledge], from: context, fetcher: calls
        ), interval: settings[LLMSettings.knowledgeInterval])
    var levels = LayeredCache.Configuration(prefix: "nephoran:")
    levels.memoryBytes = settings[LLMSettings.memoryCacheSize]
    levels.memoryLifetime = CacheLifetime(settings[LLMSettings.memoryCacheLifetime])
    levels.redisLifetime = CacheLifetime(settings[LLMSettings.redisCacheLifetime])
    let cache = LayeredCache(levels, redis: redis)
    CacheMetrics.export("interpretation", to: context.metrics) { cache.statistics }
    return IntentReading.ModelPath(
        interpreter: GroundedInterpreter(
            model: FailoverInterpreter(interpreters, coolDown: settings[LLMSettings.coolDown], timeout: settings[LLMSettings.totalTimeout]),
            modelName: names.joined(separator: ", "), vocabulary: vocabulary),
        knowledge: knowledge, cache: cache, models: names.joined(separator: ","), prompt: prompt.version, first: names[0], budget: budget)
}

/// The first provider, which the plain settings describe, and those of the list, whose keys are in files of their own.
private func modelProviders(_ settings: Settings) throws(InvalidSetting) -> ([ModelList.Provider], keys: [FileValue<String>]) {
    guard let baseURL = settings[LLMSettings.baseURL] else {
        throw InvalidSetting(key: "LLM_BASE_URL", value: "", allowed: "the address of the model server, because LLM_PROVIDER is openai")
    }
    let batching = ModelSettings.Batching(size: settings[LLMSettings.batchSize], timeout: settings[LLMSettings.batchTimeout])
    var first = ModelSettings(baseURL: baseURL, model: settings[LLMSettings.model], apiKey: settings[LLMSettings.apiKey])
    first.timeout = settings[LLMSettings.timeout]
    first.streams = settings[LLMSettings.streaming]
    first.batching = settings[LLMSettings.batching] ? batching : nil
    let table = try settings[LLMSettings.prices].map { (path) throws(InvalidSetting) in try PriceTable(path: path) } ?? PriceTable()
    var providers = [ModelList.Provider(settings: first, maxConcurrent: settings[LLMSettings.maxConcurrent])]
    var keys: [FileValue<String>] = []
    if let path = settings[LLMSettings.fallbacks] {
        let list = try ModelList(path: path, first: providers[0], batching: batching)
        providers += list.providers
        keys = list.keys
    }
    for index in providers.indices { providers[index].settings.price = table.price(of: providers[index].settings) ?? ModelPrice() }
    if settings.isSet(LLMSettings.promptPrice) || settings.isSet(LLMSettings.completionPrice) {
        providers[0].settings.price = ModelPrice(prompt: settings[LLMSettings.promptPrice], completion: settings[LLMSettings.completionPrice])
    }
    return (providers, keys)
}
