import LedgerRuntime
import ServiceRuntime

/// Everything llm-processor can be told from outside, besides what every service can.
enum LLMSettings {
    static let provider = SettingKey.choice(
        "LLM_PROVIDER", default: "embedded", of: ["embedded", "openai"], "openai: any OpenAI-compatible endpoint, checked against the embedded reading.")
    static let baseURL = SettingKey.url("LLM_BASE_URL", "Of the model server, up to and with /v1.")
    static let model = SettingKey.string("LLM_MODEL", default: "gpt-4o-mini", "Name of the model.")
    static let trust = PeerTrust("LLM", "certificates of model servers are")
    static let apiKey = SettingKey.secret("LLM_API_KEY", "Key of the model server.")
    static let timeout = SettingKey.duration(
        "HTTP_TIMEOUT", default: .seconds(10), in: .milliseconds(100)...(.seconds(300)), "Longest call of the model server.")
    static let maxConcurrent = SettingKey.integer("MAX_CONCURRENT_REQUESTS", default: 100, in: 1...10_000, "Calls of the model server at the same time.")
    static let promptPrice = SettingKey.number("LLM_PRICE_PROMPT_USD", default: 0, in: 0...10_000, "USD per million tokens sent.")
    static let completionPrice = SettingKey.number("LLM_PRICE_COMPLETION_USD", default: 0, in: 0...10_000, "USD per million tokens answered.")
    static let knowledge = SettingKey.string("RAG_API_URL", default: "http://127.0.0.1:8082", "Address of rag-api, for passages shown to the model.")
    static let memoryCacheSize = SettingKey.bytes("MEMORY_CACHE_SIZE", default: 16 << 20, in: 0...(64 << 30), "Bytes of the interpretation cache in memory.")
    static let memoryCacheLifetime = SettingKey.duration(
        "MEMORY_CACHE_TTL", default: .seconds(3600), in: .seconds(1)...(.seconds(30 * 86_400)), "Lifetime of cached interpretations.")
    static let redisCacheLifetime = SettingKey.duration(
        "REDIS_CACHE_TTL", default: .seconds(86_400), in: .seconds(1)...(.seconds(365 * 86_400)), "Lifetime of cached interpretations in Redis.")
    static let cacheRedis = SettingKey.optionalString(
        "CACHE_REDIS_URL", "Redis of the shared cache and of the daily budget; without it each process has its own.")
    static let cacheRedisPassword = SettingKey.secret(
        "CACHE_REDIS_PASSWORD", "Password of CACHE_REDIS_URL, instead of one in it; its file is read again, and counts for the next connection.")
    static let knowledgeInterval = SettingKey.duration(
        "KNOWLEDGE_CHECK_INTERVAL", default: .seconds(1), in: .zero ... .seconds(3_600),
        "How old the known version of the knowledge may be; 0 asks for it every time.")
    static let fallbacks = SettingKey.optionalString("LLM_FALLBACKS", "YAML file of the providers asked after the first, in their order (docs/model.md).")
    static let coolDown = SettingKey.duration(
        "LLM_COOL_DOWN", default: .seconds(60), in: .zero ... .seconds(86_400), "How long a provider rests that refuses the key or has no such model.")
    static let totalTimeout = SettingKey.duration(
        "LLM_TOTAL_TIMEOUT", default: .seconds(30), in: .milliseconds(100)...(.seconds(900)), "Of all providers asked for one sentence together.")
    static let prices = SettingKey.optionalString("LLM_PRICES", "YAML file of what tokens cost by model (docs/model.md).")
    static let dailyBudget = SettingKey.number(
        "LLM_DAILY_BUDGET_USD", default: 0, in: 0...1_000_000, "USD a day (UTC) for models; then the embedded interpreter works alone. 0 is no limit.")
    static let streaming = SettingKey.flag("LLM_STREAMING", default: false, "Ask the model to stream its answer.")
    static let hedge = SettingKey.flag(
        "LLM_HEDGE", default: false, "Ask the model a second time when it takes longer than 95 of 100 answers did; both are paid for.")
    static let batching = SettingKey.flag("LLM_BATCHING", default: false, "Ask about several sentences in one request.")
    static let batchSize = SettingKey.integer("BATCH_SIZE", default: 32, in: 1...256, "Sentences in one request, at most.")
    static let batchTimeout = SettingKey.duration(
        "BATCH_TIMEOUT", default: .milliseconds(500), in: .zero ... .seconds(60), "How long the first sentence waits for others.")
    static let vocabulary = SettingKey.string(
        "VOCABULARY_DIR", default: "", "Directory of YAML files with words of your own, see docs/interpretation.md; empty: none.")
    static let workers = SettingKey.integer("WORKER_POOL_SIZE", default: 2, in: 1...256, "Batches of queued work at the same time.")

    static let declarations =
        LedgerSettings.declarations + ResilienceSettings.declarations + [
            provider.declaration, baseURL.declaration, model.declaration, apiKey.declaration, timeout.declaration, maxConcurrent.declaration,
            promptPrice.declaration, completionPrice.declaration, knowledge.declaration, memoryCacheSize.declaration, memoryCacheLifetime.declaration,
            redisCacheLifetime.declaration, cacheRedis.declaration, cacheRedisPassword.declaration, knowledgeInterval.declaration, fallbacks.declaration,
            coolDown.declaration,
            totalTimeout.declaration, prices.declaration, dailyBudget.declaration, streaming.declaration, hedge.declaration, batching.declaration,
            batchSize.declaration, batchTimeout.declaration, workers.declaration,
            vocabulary.declaration, workers.declaration,
        ] + trust.declarations
}
