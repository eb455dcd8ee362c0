import LedgerRuntime
import ServiceRuntime

/// Everything the gateway can be told from outside, besides what every service can.
struct GatewaySettings: Sendable {
    static let rateLimit = SettingKey.integer("RATE_LIMIT_RPS", default: 1_000, in: 0...1_000_000, "Requests per second and key; 0 is no limit.")
    static let maxBacklog = SettingKey.integer(
        "BACKPRESSURE_MAX_BACKLOG", default: 50_000, in: 1...100_000_000, "Items of waiting work above which new intents are refused, low priority first."
    )
    static let maxIntentBytes = SettingKey.bytes("MAX_INTENT_BYTES", default: 64 << 10, in: 1_024...(1 << 20), "Largest body of POST /v1/intents.")
    static let maintenance = SettingKey.choice(
        "MAINTENANCE_MODE", default: "off", of: ["off", "false", "notice", "read-only", "true"], "notice adds a header; read-only (true) refuses writes.")
    static let interpreter = SettingKey.string("LLM_PROCESSOR_URL", default: "http://127.0.0.1:8081", "Address of llm-processor.")
    static let knowledge = SettingKey.string("RAG_API_URL", default: "http://127.0.0.1:8082", "Address of rag-api.")
    static let planner = SettingKey.string("MANIFEST_GENERATOR_URL", default: "http://127.0.0.1:8083", "Address of manifest-generator.")
    static let adaptor = SettingKey.string("ORAN_ADAPTOR_URL", default: "http://127.0.0.1:8084", "Address of oran-adaptor.")
    static let bridge = SettingKey.string("NEPHIO_BRIDGE_URL", default: "http://127.0.0.1:8085", "Address of nephio-bridge.")

    static let declarations =
        LedgerSettings.declarations + [
            rateLimit.declaration, maxBacklog.declaration, maxIntentBytes.declaration, maintenance.declaration,
            interpreter.declaration, knowledge.declaration, planner.declaration, adaptor.declaration, bridge.declaration,
        ]
}
