import Caching
import Embeddings
import Hummingbird
import IntentLanguage
import RedisClient
import ServiceLifecycle
import ServiceRuntime

/// Wires rag-api. The only function that names concrete clients.
func buildService(_ context: ServiceContext) async throws -> ServiceParts {
    let settings = context.settings
    let knowledge = KnowledgeDirectory.builtIn
    let additions = settings[RAGSettings.vocabulary]
    let vocabulary = try await blockingWork("knowledge.vocabulary") { try Vocabulary.shipped(additions: additions.isEmpty ? nil : additions) }
    let embedder: (any TextEmbedder)? = nil
    var configuration = EmbeddedStore.Configuration(path: settings[RAGSettings.store])
    configuration.model = embedder.map { ($0.name, $0.dimensions) }
    configuration.words = QueryWords(stopWords: try await knowledge.stopWords(), vocabulary: vocabulary.summary)
    let store = try await EmbeddedStore.open(configuration)

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
    let search = KnowledgeSearch(
        backend: store, cache: cache, embedding: embedder.map { QueryEmbedding($0, cached: settings[RAGSettings.vectorCache]) },
        alpha: settings[RAGSettings.alpha])
    let ingestion = Ingestion(backend: store, chunker: Chunker())
    CacheMetrics.export("search", to: context.metrics) { cache.statistics }
    KnowledgeMetrics.export(store, to: context.metrics)

    var services: [any Service] = []
    var checks = [HealthCheck("knowledge") { try await store.check() }]
    if let redis {
        services.append(redis)
        checks.append(HealthCheck("cache", isRequired: false) { _ = try await redis.send(RedisCommand("PING")) })
    }
    return ServiceParts(
        routes: { router in
            let documents = DocumentController(backend: store, ingestion: ingestion)
            let readers = router.group().add(middleware: context.authenticator.requiresUnlessLocal(.intentsRead))
            readers.addRoutes(SearchController(search: search).routes, atPath: "/v1/search")
            readers.addRoutes(documents.routes, atPath: "/v1/documents")
            let writers = router.group().add(middleware: context.authenticator.requiresUnlessLocal(.intentsWrite))
            writers.addRoutes(documents.changes, atPath: "/v1/documents")
            router.group().add(middleware: context.authenticator.requiresUnlessLocal(.admin)).addRoutes(CacheController(cache: cache).routes)
        },
        services: services,
        healthChecks: checks,
        beforeServing: {
            _ = try await ingestion.synchronise(source: "builtin", with: try await knowledge.documents())
        }
    )
}
