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
    levels.compresses = true
    RAGSettings.configure(&levels, settings)
    let cache = LayeredAnswerCache(levels, redis: redis, isEnabled: settings[RAGSettings.queryCache])
    let embedding = embedder.map { QueryEmbedding($0, cached: settings[RAGSettings.vectorCache]) }
    let search = KnowledgeSearch(backend: store, cache: cache, embedding: embedding, alpha: { settings[RAGSettings.alpha] })
    let ingestion = Ingestion(
        backend: store, chunker: Chunker(limit: settings[RAGSettings.chunkTokens], overlap: settings[RAGSettings.chunkOverlap]),
        embedding: embedder.map { PassageEmbedding(embedder: $0) }, logger: context.logger)
    CacheMetrics.export("search", to: context.metrics) { cache.statistics }
    if let embedding {
        CacheMetrics.export("embedding", to: context.metrics) { LayeredCache.Statistics(memory: embedding.statistics) }
    }
    KnowledgeMetrics.export(store, to: context.metrics)
    settings.onReload { settings in
        cache.reconfigure(isEnabled: settings[RAGSettings.queryCache]) { RAGSettings.configure(&$0, settings) }
    }

    var services: [any Service] = []
    var checks = [
        HealthCheck("knowledge") { try await store.check() },
        HealthCheck(
            "embeddings", isRequired: false, note: { embedder.map { "hybrid search with \($0.name)" } ?? "keyword search only: there is no embedding model" }),
    ]
    if let redis {
        services.append(redis)
        services.append(
            InvalidationFeed(redis, prefix: LayeredAnswerCache.controlPrefix, logger: context.logger) { _ in cache.clearMemory() })
        checks.append(HealthCheck("cache", isRequired: false) { _ = try await redis.send(RedisCommand("PING")) })
    }
    if let embedder {
        services.append(EmbeddingBackfill(backend: store, embedding: PassageEmbedding(embedder: embedder), logger: context.logger))
    }
    return ServiceParts(
        routes: { router in
            let documents = DocumentController(backend: store, ingestion: ingestion)
            let readers = router.group().add(middleware: context.authenticator.requiresUnlessLocal(.intentsRead))
            readers.addRoutes(SearchController(search: search).routes, atPath: "/v1/search")
            readers.addRoutes(documents.routes, atPath: "/v1/documents")
            let writers = router.group().add(middleware: context.authenticator.requiresUnlessLocal(.intentsWrite))
            writers.addRoutes(documents.changes, atPath: "/v1/documents")
            let keepers = router.group().add(middleware: context.authenticator.requiresUnlessLocal(.admin))
            keepers.addRoutes(CacheController(cache: cache, embedding: embedding).routes)
            keepers.addRoutes(KeepingController(store: store).routes)
        },
        services: services,
        healthChecks: checks,
        problems: ProblemMapping { error in (error as? StoreFault).map { ProblemError(Problem($0)) } },
        beforeServing: {
            _ = try await ingestion.synchronise(source: "builtin", with: try await knowledge.documents())
        }
    )
}
