import Caching
import Foundation
import ServiceRuntime

/// Everything rag-api can be told from outside, besides what every service can.
enum RAGSettings {
    static let store = SettingKey.string("KNOWLEDGE_STORE", default: "knowledge.sqlite", "File of the embedded knowledge store.")
    static let vectorStore = SettingKey.choice(
        "VECTOR_STORE", default: "sqlite", of: ["sqlite", "weaviate"], "Where passages are kept: in the embedded store, or on the server of WEAVIATE_URL.")
    static let weaviateURL = SettingKey.url("WEAVIATE_URL", "Weaviate, without a path; needed by VECTOR_STORE=weaviate and for migrations.")
    static let weaviateTrust = PeerTrust("WEAVIATE", "Weaviate's certificate is")
    static let weaviateKey = SettingKey.secret("WEAVIATE_API_KEY", "Bearer token of Weaviate.")
    static let weaviatePoolSize = SettingKey.integer("WEAVIATE_POOL_SIZE", default: 20, in: 1...1_000, "Calls to Weaviate at the same time.")
    static let weaviatePoolTimeout = SettingKey.duration(
        "WEAVIATE_POOL_TIMEOUT", default: .seconds(30), in: .milliseconds(100)...(.seconds(300)), "Longest call to Weaviate, the wait for a place included.")
    static let cacheRedis = SettingKey.optionalString("CACHE_REDIS_URL", "Redis of the shared cache; without it there is one cache level.")
    static let cacheRedisPassword = SettingKey.secret(
        "CACHE_REDIS_PASSWORD", "Password of CACHE_REDIS_URL, instead of one in it; its file is read again, and counts for the next connection.")
    static let queryCache = SettingKey.flag("QUERY_CACHE_ENABLED", default: true, "Cache the answers of searches.")
    static let memoryCacheSize = SettingKey.bytes("MEMORY_CACHE_SIZE", default: 32 << 20, in: 0...(64 << 30), "Bytes of the cache in memory.")
    static let memoryCacheLifetime = SettingKey.duration(
        "MEMORY_CACHE_TTL", default: .seconds(3600), in: .seconds(1)...(.seconds(30 * 86_400)), "Lifetime of answers in memory.")
    static let redisCacheLifetime = SettingKey.duration(
        "REDIS_CACHE_TTL", default: .seconds(86_400), in: .seconds(1)...(.seconds(365 * 86_400)), "Lifetime of answers in Redis.")

    static let vectorCache = SettingKey.integer("VECTOR_CACHE_SIZE", default: 1000, in: 0...1_000_000, "Embeddings of queries kept in memory.")
    static let alpha = SettingKey.number("SEARCH_ALPHA", default: 0.5, in: 0...1, "Weight of meaning against words in a hybrid search.")

    static let vocabulary = SettingKey.string(
        "VOCABULARY_DIR", default: "", "Directory of words of your own, whose abbreviations and names find each other in searches.")

    static let embeddingProvider = SettingKey.choice(
        "EMBEDDING_PROVIDER", default: "embedded", of: ["embedded", "openai", "off"],
        "embedded computes in this process, openai asks an endpoint, off searches by words only.")
    static let embeddingDirectory = SettingKey.string(
        "EMBEDDING_MODEL_DIR", default: Self.besideExecutable("all-MiniLM-L6-v2"),
        "Directory of the embedded model: model.safetensors, vocab.txt and its configuration. Without it search is by words only.")
    static let embeddingURL = SettingKey.url("EMBEDDING_BASE_URL", "OpenAI-compatible endpoint, up to and with /v1.")
    static let embeddingTrust = PeerTrust("EMBEDDING", "the endpoint's certificate is")
    static let embeddingKey = SettingKey.secret("EMBEDDING_API_KEY", "Bearer token of the endpoint.")
    static let embeddingModel = SettingKey.optionalString("EMBEDDING_MODEL", "Model the endpoint is asked for.")
    static let embeddingDimensions = SettingKey.integer("EMBEDDING_DIMENSIONS", default: 1536, in: 2...8192, "Numbers of a vector of that model.")

    private static func besideExecutable(_ name: String) -> String {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments.first ?? "."
        return URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(name).path
    }

    static let chunkTokens = SettingKey.integer("CHUNK_TOKENS", default: 220, in: 32...4096, "Size of a passage, in tokens of a sentence model, about.")
    static let chunkOverlap = SettingKey.integer("CHUNK_OVERLAP", default: 32, in: 0...1024, "Tokens that a passage repeats of the one before, at most.")
    static let staleLifetime = SettingKey.duration(
        "CACHE_STALE_TTL", default: .seconds(60), in: .zero ... .seconds(86_400),
        "How long an answer in memory is still given after its time, while it is made anew.")

    /// The part of the settings that is read again while the service runs.
    static func configure(_ levels: inout LayeredCache.Configuration, _ settings: Settings) {
        levels.memoryBytes = settings[self.memoryCacheSize]
        levels.memoryLifetime = CacheLifetime(settings[self.memoryCacheLifetime])
        levels.redisLifetime = CacheLifetime(settings[self.redisCacheLifetime])
        levels.staleLifetime = settings[self.staleLifetime]
    }

    static let declarations =
        ResilienceSettings.declarations + [
            store.declaration, vectorStore.declaration, cacheRedis.declaration, cacheRedisPassword.declaration, queryCache.declaration,
            memoryCacheSize.declaration,
            memoryCacheLifetime.declaration, redisCacheLifetime.declaration, vectorCache.declaration, alpha.declaration, vocabulary.declaration,
            chunkTokens.declaration,
            chunkOverlap.declaration, staleLifetime.declaration, embeddingProvider.declaration, embeddingDirectory.declaration, embeddingURL.declaration,
            embeddingKey.declaration, embeddingModel.declaration, embeddingDimensions.declaration,
            weaviateURL.declaration, weaviateKey.declaration, weaviatePoolSize.declaration, weaviatePoolTimeout.declaration,
        ] + weaviateTrust.declarations + embeddingTrust.declarations
}
