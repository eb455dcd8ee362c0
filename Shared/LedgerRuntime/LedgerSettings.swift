package import Ledger
package import RedisClient
package import ServiceRuntime
package import Telemetry

/// The settings of every service that works on the ledger.
package enum LedgerSettings {
    static let redisURL = SettingKey.string(
        "REDIS_URL", default: "redis://127.0.0.1:6379",
        "Redis of the ledger: redis://:password@host:port/db; redis://host:port,host:port,… for a cluster; redis+sentinel://host:port,…/name.")
    static let redisPassword = SettingKey.secret(
        "REDIS_PASSWORD", "Password of REDIS_URL, instead of one in it; its file is read again, and counts for the next connection.")
    static let poolSize = SettingKey.integer("REDIS_POOL_SIZE", default: 2, in: 1...256, "Connections that commands are pipelined over.")
    static let partitions = SettingKey.integer("LEDGER_PARTITIONS", default: 16, in: 1...256, "Fixed when the ledger is created.")
    static let lease = SettingKey.duration(
        "LEDGER_LEASE", default: .seconds(3), in: .milliseconds(500)...(.seconds(300)), "Work not finished or renewed in this time is another's.")
    static let retention = SettingKey.duration(
        "LEDGER_RETENTION", default: .seconds(7 * 86_400), in: .seconds(1)...(.seconds(366 * 86_400)), "How long ended intents and idempotency keys are kept."
    )
    static let maxAttempts = SettingKey.integer("LEDGER_MAX_ATTEMPTS", default: 40, in: 1...1_000, "Attempts before work becomes a dead letter.")
    static let allowsVolatile = SettingKey.flag("LEDGER_ALLOW_VOLATILE", default: false, "Accept a Redis that may lose acknowledged intents.")

    static let waitReplicas = SettingKey.integer("LEDGER_WAIT_REPLICAS", default: 0, in: 0...16, "Replicas that must have an intent before it is accepted.")
    static let waitTimeout = SettingKey.duration(
        "LEDGER_WAIT_TIMEOUT", default: .seconds(1), in: .milliseconds(10)...(.seconds(30)), "How long acceptance waits for them.")

    static let claims = SettingKey.flag(
        "LEDGER_CLAIM", default: false, "Make this colour the active one where none is; for deployments in which colours follow each other.")

    static let fault = SettingKey.string("LEDGER_FAULT", default: "none", "A deliberate defect for tests; never set it on an installation.")

    package static let declarations = [
        redisURL.declaration, redisPassword.declaration, poolSize.declaration, partitions.declaration, lease.declaration, retention.declaration,
        maxAttempts.declaration, allowsVolatile.declaration, waitReplicas.declaration, waitTimeout.declaration, claims.declaration,
        fault.declaration,
    ]

    /// - Throws: ``InvalidSetting`` when `REDIS_URL` is none.
    package static func configuration(_ context: ServiceContext) throws(InvalidSetting) -> LedgerConfiguration {
        let settings = context.settings
        var redis: RedisConfiguration
        do throws(RedisError) {
            redis = try RedisConfiguration(url: settings[LedgerSettings.redisURL], password: settings.redisPassword(LedgerSettings.redisPassword))
        } catch {
            throw InvalidSetting(key: "REDIS_URL", reason: error.message)
        }
        redis.poolSize = settings[LedgerSettings.poolSize]
        var configuration = LedgerConfiguration(redis: redis)
        configuration.partitions = settings[LedgerSettings.partitions]
        configuration.lease = settings[LedgerSettings.lease]
        configuration.retention = settings[LedgerSettings.retention]
        configuration.maxAttempts = settings[LedgerSettings.maxAttempts]
        configuration.colour = context.colour
        configuration.claims = settings[LedgerSettings.claims]
        configuration.allowsVolatile = settings[LedgerSettings.allowsVolatile]
        configuration.waitReplicas = settings[LedgerSettings.waitReplicas]
        configuration.waitTimeout = settings[LedgerSettings.waitTimeout]
        guard let fault = LedgerFault(settings[LedgerSettings.fault]) else {
            throw InvalidSetting(
                key: "LEDGER_FAULT", value: settings[LedgerSettings.fault], allowed: "none, ack-before-step, crash:<point>:<stage> or crash:<point>")
        }
        configuration.fault = fault
        return configuration
    }

    /// `connection_pool_*` of the ledger's Redis, read when the metrics are scraped.
    package static func exportPool(of redis: RedisClient, to metrics: PrometheusRegistry) {
        metrics.beforeExposing { registry in
            let status = redis.poolStatus
            registry.gauge(MetricName.connectionPoolSize, [("pool", "ledger")]).set(Double(status.size))
            registry.gauge(MetricName.connectionPoolInUse, [("pool", "ledger")]).set(Double(status.inUse))
        }
    }

    /// `nephoran_role_partitions`, read when the metrics are scraped.
    package static func exportRoles(of ledger: Ledger, to metrics: PrometheusRegistry) {
        metrics.beforeExposing { registry in
            let counts = ledger.roleCounts
            for role in Role.allCases { registry.gauge(MetricName.rolePartitions, [("role", role.rawValue)]).set(Double(counts[role] ?? 0)) }
        }
    }

    /// Takes writes.
    package static func healthCheck(_ redis: RedisClient, _ configuration: LedgerConfiguration) -> HealthCheck {
        let probe = WriteProbe(redis, partitions: configuration.partitions)
        return HealthCheck("redis") { try await probe.check() }
    }
}

extension Settings {
    /// The password that `key` says now and whenever it has been read again; nil where it says none at the start.
    package func redisPassword(_ key: SettingKey<String?>) -> RedisPassword? { self[key] == nil ? nil : RedisPassword(self[key]) }
}

extension LedgerSettings {
    /// Ready once work is leased.
    package static func workerCheck<Handler: StageHandler>(_ worker: StageWorker<Handler>) -> HealthCheck {
        HealthCheck("queue") { if !worker.isReady { throw NotLeasing() } }
    }
}

private struct NotLeasing: Error, CustomStringConvertible {
    var description: String { "no work is leased yet" }
}
