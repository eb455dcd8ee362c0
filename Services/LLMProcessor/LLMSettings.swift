import LedgerRuntime
import ServiceRuntime

/// Everything llm-processor can be told from outside, besides what every service can.
enum LLMSettings {
    static let provider = SettingKey.choice(
        "LLM_PROVIDER", default: "embedded", of: ["embedded", "openai"], "openai: any OpenAI-compatible endpoint, checked against the embedded reading.")
    static let baseURL = SettingKey.url("LLM_BASE_URL", "Of the model server, up to and with /v1.")
    static let model = SettingKey.string("LLM_MODEL", default: "gpt-4o-mini", "Name of the model.")
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
    static let vocabulary = SettingKey.string(
        "VOCABULARY_DIR", default: "", "Directory of YAML files with words of your own, see docs/interpretation.md; empty: none.")
    static let workers = SettingKey.integer("WORKER_POOL_SIZE", default: 2, in: 1...256, "Batches of queued work at the same time.")

    static let declarations =
        LedgerSettings.declarations + ResilienceSettings.declarations + [
            provider.declaration, baseURL.declaration, model.declaration, apiKey.declaration, timeout.declaration, maxConcurrent.declaration,
            promptPrice.declaration, completionPrice.declaration, knowledge.declaration, memoryCacheSize.declaration, memoryCacheLifetime.declaration,
            vocabulary.declaration, workers.declaration,
        ]
}
