import LedgerRuntime
import ServiceRuntime

/// Everything the gateway can be told from outside, besides what every service can.
struct GatewaySettings: Sendable {
    static let rateLimit = SettingKey.integer("RATE_LIMIT_RPS", default: 1_000, in: 0...1_000_000, "Requests per second and key; 0 is no limit.")
    static let maxBacklog = SettingKey.integer(
        "BACKPRESSURE_MAX_BACKLOG", default: 50_000, in: 1...100_000_000, "Items of waiting work above which new intents are refused, low priority first."
    )
    static let maxAge = SettingKey.duration(
        "BACKPRESSURE_MAX_AGE", default: .seconds(20), in: .milliseconds(100)...(.seconds(86_400)),
        "Age of the oldest waiting work above which low priority is refused; medium at 1.5 times, high at 3, critical at 6. Above 15s, or bursts are refused."
    )
    static let limitsConcurrency = SettingKey.flag(
        "CONCURRENCY_LIMIT_ENABLED", default: true, "Take no more submissions at once than the ledger takes without a queue.")
    static let leastConcurrency = SettingKey.integer(
        "CONCURRENCY_LIMIT_MIN", default: 100, in: 1...100_000, "Submissions at once that the limit never falls below; medium priority gets 0.8 of it, low 0.6."
    )
    static let mostConcurrency = SettingKey.integer(
        "CONCURRENCY_LIMIT_MAX", default: 1_000, in: 1...100_000, "Submissions at once that the limit never rises above.")
    static let maxIntentBytes = SettingKey.bytes("MAX_INTENT_BYTES", default: 64 << 10, in: 1_024...(1 << 20), "Largest body of POST /v1/intents.")
    static let maintenance = SettingKey.choice(
        "MAINTENANCE_MODE", default: "off", of: ["off", "false", "notice", "read-only", "true"], "notice adds a header; read-only (true) refuses writes.")
    static let interpreter = SettingKey.string("LLM_PROCESSOR_URL", default: "http://127.0.0.1:8081", "Address of llm-processor.")
    static let knowledge = SettingKey.string("RAG_API_URL", default: "http://127.0.0.1:8082", "Address of rag-api.")
    static let planner = SettingKey.string("MANIFEST_GENERATOR_URL", default: "http://127.0.0.1:8083", "Address of manifest-generator.")
    static let adaptor = SettingKey.string("ORAN_ADAPTOR_URL", default: "http://127.0.0.1:8084", "Address of oran-adaptor.")
    static let bridge = SettingKey.string("NEPHIO_BRIDGE_URL", default: "http://127.0.0.1:8085", "Address of nephio-bridge.")
    static let callbackTrust = PeerTrust("CALLBACK", "certificates of who is called back are")
    static let callbackSecret = SettingKey.secret("CALLBACK_SECRET", "Signs callbacks, at least 16 characters; without it there are none.")
    static let callbackHosts = SettingKey.list(
        "CALLBACK_ALLOWED_HOSTS", default: ["public"], "Where callbacks may go: public addresses, prefixes (10.1.0.0/16), hosts, .domains.")
    static let callbackRetryFor = SettingKey.duration(
        "CALLBACK_RETRY_FOR", default: .seconds(86_400), in: .seconds(1)...(.seconds(30 * 86_400)), "After this a callback becomes a dead letter.")
    static let callbackTimeout = SettingKey.duration(
        "CALLBACK_TIMEOUT", default: .seconds(5), in: .milliseconds(100)...(.seconds(60)), "Time a receiver has for its answer.")
    static let callbackMaxPerHost = SettingKey.integer("CALLBACK_MAX_PER_HOST", default: 8, in: 1...64, "Callbacks to one receiver at the same time.")
    static let archivePath = SettingKey.optionalString(
        "ARCHIVE_PATH", "SQLite file that ended intents go to before they leave Redis; empty: this gateway keeps none; off: ends the archive.")
    static let archiveRetention = SettingKey.duration(
        "ARCHIVE_RETENTION", default: .zero, in: .zero...(.seconds(100 * 366 * 86_400)), "How long the archive keeps an intent after its end; 0 is for ever.")

    static let auditPath = SettingKey.optionalString("AUDIT_PATH", "Directory of the audit log; empty: this gateway keeps none.")
    static let auditAnchorInterval = SettingKey.duration(
        "AUDIT_ANCHOR_INTERVAL", default: .seconds(300), in: .seconds(1)...(.seconds(86_400)),
        "How often the head of the audit log is anchored in the repository of the packages, if it has changed.")

    static let declarations =
        LedgerSettings.declarations + ResilienceSettings.declarations + [
            rateLimit.declaration, maxBacklog.declaration, maxAge.declaration, limitsConcurrency.declaration, leastConcurrency.declaration,
            mostConcurrency.declaration, maxIntentBytes.declaration, maintenance.declaration,
            callbackSecret.declaration, callbackHosts.declaration, callbackRetryFor.declaration, callbackTimeout.declaration, callbackMaxPerHost.declaration,
            archivePath.declaration, archiveRetention.declaration,
            auditPath.declaration, auditAnchorInterval.declaration,
            interpreter.declaration, knowledge.declaration, planner.declaration, adaptor.declaration, bridge.declaration,
        ] + callbackTrust.declarations
}
