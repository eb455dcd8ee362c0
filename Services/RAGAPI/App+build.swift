import Caching
import Embeddings
import HTTPFetch
import Hummingbird
import IntentLanguage
import IntentModel
import RedisClient
import ServiceLifecycle
import ServiceRuntime

/// Wires rag-api. The only function that names concrete clients.
func buildService(_ context: ServiceContext) async throws -> ServiceParts {
    let settings = context.settings
    let knowledge = KnowledgeDirectory.builtIn
    let additions = settings[RAGSettings.vocabulary]
    let vocabulary = try await blockingWork("knowledge.vocabulary") { try Vocabulary.shipped(additions: additions.isEmpty ? nil : additions) }
    let source = try await embeddingSource(context)
    let embedder = source.embedder
    var configuration = EmbeddedStore.Configuration(path: settings[RAGSettings.store])
    configuration.model = embedder.map { ($0.name, $0.dimensions) }
    configuration.words = QueryWords(stopWords: try await knowledge.stopWords(), vocabulary: vocabulary.summary)
    let store = try await EmbeddedStore.open(configuration)

    let server = try await weaviate(context, model: embedder?.name)
    let usesServer = settings[RAGSettings.vectorStore] == "weaviate"
    if usesServer, server == nil { throw InvalidSetting(key: "VECTOR_STORE", value: "weaviate", allowed: "weaviate together with WEAVIATE_URL") }
    let mirrored = usesServer ? server.map { MirroredBackend(server: $0, mirror: store, logger: context.logger) } : nil
    let backend: any KnowledgeBackend = mirrored ?? store

    var redis: RedisClient?
    if let url = settings[RAGSettings.cacheRedis] {
        do throws(RedisError) {
            let password = settings[RAGSettings.cacheRedisPassword].map { _ in RedisPassword(settings[RAGSettings.cacheRedisPassword]) }
            redis = RedisClient(try RedisConfiguration(url: url, password: password), label: "cache")
        } catch {
            throw InvalidSetting(key: "CACHE_REDIS_URL", reason: error.message)
        }
    }
    var levels = LayeredCache.Configuration(prefix: "nephoran:")
    levels.compresses = true
    RAGSettings.configure(&levels, settings)
    let cache = LayeredAnswerCache(levels, redis: redis, isEnabled: settings[RAGSettings.queryCache])
    let embedding = embedder.map { QueryEmbedding($0, cached: settings[RAGSettings.vectorCache]) }
    let search = KnowledgeSearch(
        backend: backend, cache: cache, embedding: embedding, stopTerms: configuration.words.stopTerms,
        words: configuration.words.identity, alpha: { settings[RAGSettings.alpha] })
    let ingestion = Ingestion(
        backend: backend, chunker: Chunker(limit: settings[RAGSettings.chunkTokens], overlap: settings[RAGSettings.chunkOverlap]),
        embedding: embedder.map { PassageEmbedding(embedder: $0) }, logger: context.logger)
    CacheMetrics.export("search", to: context.metrics) { cache.statistics }
    if let embedding {
        CacheMetrics.export("embedding", to: context.metrics) { LayeredCache.Statistics(memory: embedding.statistics) }
    }
    KnowledgeMetrics.export(backend, to: context.metrics)
    settings.onReload { settings in
        cache.reconfigure(isEnabled: settings[RAGSettings.queryCache]) { RAGSettings.configure(&$0, settings) }
    }

    var services: [any Service] = []
    var checks = [
        HealthCheck("knowledge") { try await store.check() },
        HealthCheck("embeddings", saying: { source.note }),
    ]
    // The start waits for no model: what is new of the shipped knowledge is embedded in the background.
    var quick = ingestion
    quick.embedding = nil
    if let mirrored {
        checks.append(HealthCheck("weaviate", isRequired: false, timeout: .seconds(2)) { try await mirrored.check() })
        let begin = quick
        services.append(
            WeaviateUpkeep(store: mirrored.server, logger: context.logger) {
                _ = try await begin.synchronise(source: "builtin", with: try await knowledge.documents())
            })
    }
    // What answers at once: with a server, the embedded store until the server is there.
    let first = Ingestion(backend: store, chunker: quick.chunker, embedding: nil, logger: context.logger)
    if let redis {
        services.append(redis)
        services.append(
            InvalidationFeed(redis, prefix: LayeredAnswerCache.controlPrefix, logger: context.logger) { _ in cache.clearMemory() })
        checks.append(HealthCheck("cache", isRequired: false) { _ = try await redis.send(RedisCommand("PING")) })
    }
    services.append(IndexUpkeep(store: store, logger: context.logger))
    if let embedder {
        services.append(EmbeddingBackfill(backend: backend, embedding: PassageEmbedding(embedder: embedder), logger: context.logger))
    }
    return ServiceParts(
        routes: { router in
            let documents = DocumentController(backend: backend, ingestion: ingestion)
            let readers = router.group().add(middleware: context.callers(.intentsRead))
            readers.addRoutes(SearchController(search: search).routes, atPath: "/v1/search")
            readers.addRoutes(documents.routes, atPath: "/v1/documents")
            let writers = router.group().add(middleware: context.callers(.intentsWrite, recordsActs: true))
            writers.addRoutes(documents.changes, atPath: "/v1/documents")
            let keepers = router.group().add(middleware: context.callers(.admin, installations: "The knowledge base as a whole", recordsActs: true))
            router.group().add(middleware: context.operators(.admin)).addRoutes(CacheController(cache: cache, embedding: embedding).routes)
            keepers.addRoutes(KeepingController(store: store).routes)
            keepers.addRoutes(MigrationController(store: store, server: server).routes)
        },
        services: services,
        healthChecks: checks,
        problems: ProblemMapping { error in
            (error as? StoreFault).map { ProblemError(Problem($0)) } ?? (error as? WeaviateFault).map { ProblemError(Problem($0)) }
        },
        streamingRoutes: ["/v1/documents"],
        beforeServing: {
            _ = try await first.synchronise(source: "builtin", with: try await knowledge.documents())
        }
    )
}

/// The server the settings name; nil without one.
private func weaviate(_ context: ServiceContext, model: String?) async throws -> WeaviateStore? {
    let settings = context.settings
    guard let url = settings[RAGSettings.weaviateURL] else { return nil }
    let upstream = context.upstream("weaviate") { upstream in
        upstream.timeout = settings[RAGSettings.weaviatePoolTimeout]
        upstream.concurrency = settings[RAGSettings.weaviatePoolSize]
        upstream.waitAtMost = settings[RAGSettings.weaviatePoolTimeout]
    }
    let fetcher = HTTPFetcher(try HTTPFetcher.Configuration().trusting(RAGSettings.weaviateTrust, settings))
    let client = WeaviateClient(baseURL: url, apiKey: settings[RAGSettings.weaviateKey], fetcher: fetcher, upstream: upstream)
    return WeaviateStore(client, schema: try await WeaviateSchema.shipped(), model: model)
}

/// The model the settings choose. One that is not there leaves keyword search; one that is configured wrongly stops the service.
private func embeddingSource(_ context: ServiceContext) async throws -> EmbeddingSource {
    let settings = context.settings
    switch settings[RAGSettings.embeddingProvider] {
    case "off": return .none(reason: "EMBEDDING_PROVIDER is off")
    case "openai":
        guard let url = settings[RAGSettings.embeddingURL], let model = settings[RAGSettings.embeddingModel] else {
            throw InvalidSetting(key: "EMBEDDING_PROVIDER", value: "openai", allowed: "openai together with EMBEDDING_BASE_URL and EMBEDDING_MODEL")
        }
        let endpoint = EmbeddingEndpointSettings(
            baseURL: url, model: model, dimensions: settings[RAGSettings.embeddingDimensions], apiKey: settings[RAGSettings.embeddingKey])
        let fetcher = HTTPFetcher(try HTTPFetcher.Configuration().trusting(RAGSettings.embeddingTrust, settings))
        return .model(OpenAIEmbedder(endpoint, fetcher: fetcher, upstream: context.upstream("embeddings") { $0.timeout = endpoint.timeout }))
    default:
        let directory = settings[RAGSettings.embeddingDirectory]
        do throws(EmbeddingError) {
            return .model(try await TransformerEmbedder.load(TransformerEmbedder.Configuration(directory: directory)))
        } catch {
            context.logger.notice("keyword search only", metadata: ["reason": .string(error.description)])
            return .none(reason: error.description)
        }
    }
}
