import Caching
import Hummingbird
import RedisClient
import ServiceLifecycle
import ServiceRuntime

/// Wires rag-api. The only function that names concrete clients.
func buildService(_ context: ServiceContext) async throws -> ServiceParts {
    let settings = context.settings
    let knowledge = KnowledgeDirectory.builtIn
    let store = try await KnowledgeStore.open(path: settings[RAGSettings.store], stopWords: try await knowledge.stopWords())

    var redis: RedisClient?
    if let url = settings[RAGSettings.cacheRedis] {
        do throws(RedisError) {
            redis = RedisClient(try RedisConfiguration(url: url), label: "cache")
        } catch {
            throw InvalidSetting(key: "CACHE_REDIS_URL", allowed: error.message)
        }
    }
    var levels = LayeredCache.Configuration(prefix: "nephoran:")
    levels.memoryBytes = settings[RAGSettings.memoryCacheSize]
    levels.memoryLifetime = CacheLifetime(settings[RAGSettings.memoryCacheLifetime])
    levels.redisLifetime = CacheLifetime(settings[RAGSettings.redisCacheLifetime])
    let cache = LayeredAnswerCache(levels, redis: settings[RAGSettings.queryCache] ? redis : nil)
    let search = KnowledgeSearch(store: store, cache: cache)
    let metrics = KnowledgeMetrics()
    CacheMetrics.export("search", to: context.metrics) { cache.statistics }

    var services: [any Service] = []
    var checks = [HealthCheck("knowledge") { _ = try await store.stats() }]
    if let redis {
        services.append(redis)
        checks.append(HealthCheck("cache", isRequired: false) { _ = try await redis.send(RedisCommand("PING")) })
    }
    return ServiceParts(
        routes: { router in
            let readers = router.group().add(middleware: context.authenticator.requiresUnlessLocal(.intentsRead))
            readers.addRoutes(SearchController(search: search).routes, atPath: "/v1/search")
            readers.addRoutes(DocumentController(store: store, metrics: metrics).routes, atPath: "/v1/documents")
            router.group().add(middleware: context.authenticator.requiresUnlessLocal(.admin)).addRoutes(CacheController(cache: cache).routes)
        },
        services: services,
        healthChecks: checks,
        beforeServing: {
            _ = try await store.synchronise(source: "builtin", with: try await knowledge.documents())
            metrics.record(try await store.stats())
        }
    )
}
