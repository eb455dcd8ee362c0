import Foundation
import HTTPFetch
import Hummingbird
import Ledger
import LedgerRuntime
import Metrics
import RedisClient
import Resilience
import ServiceClient
import ServiceLifecycle
import ServiceRuntime
import Telemetry

/// Wires the gateway. The only function that names concrete clients.
func buildService(_ context: ServiceContext) async throws -> ServiceParts {
    let settings = context.settings
    let configuration = try LedgerSettings.configuration(context)
    let redis = RedisClient(configuration.redis, label: "ledger")
    LedgerSettings.exportPool(of: redis, to: context.metrics)
    let ledger = Ledger(configuration, redis: redis)
    LedgerSettings.exportRoles(of: ledger, to: context.metrics)
    let feed = EventFeed(ledger: ledger)
    let fetcher = HTTPFetcher(.init().trusting(settings))
    func client(_ name: String, _ key: SettingKey<String>) -> ServiceClient {
        ServiceClient(context.upstream(name), base: settings[key], from: context, fetcher: fetcher)
    }
    let interpreter = client("llm-processor", GatewaySettings.interpreter)
    let knowledge = client("rag-api", GatewaySettings.knowledge)
    let planner = client("manifest-generator", GatewaySettings.planner)
    let adaptor = client("oran-adaptor", GatewaySettings.adaptor)
    let bridge = client("nephio-bridge", GatewaySettings.bridge)

    let backpressure = Backpressure(ledger: ledger, maxBacklog: settings[GatewaySettings.maxBacklog], maxAge: settings[GatewaySettings.maxAge])
    let limiter = ConcurrencyLimiter(
        .init(
            isEnabled: settings[GatewaySettings.limitsConcurrency], least: settings[GatewaySettings.leastConcurrency],
            most: settings[GatewaySettings.mostConcurrency])
    )
    context.metrics.beforeExposing { limiter.export(to: $0) }
    let callbacks = try CallbackWorker(ledger: ledger, settings: settings)
    let archive = try await Archive(ledger: ledger, settings: settings)
    let audit = try await AuditTrail(ledger: ledger, bridge: bridge, settings: settings)
    let reader = IntentReader(ledger: ledger, archive: archive.store)
    let site = try Site(directory: Bundle.module.bundlePath + "/Public")
    let intents = IntentController(
        ledger: ledger, waiter: IntentWaiter(ledger: ledger, feed: feed), dryRun: DryRun(interpreter: interpreter, planner: planner),
        bridge: bridge, admission: Admission(backpressure: backpressure, limiter: limiter), flood: FloodGauge(ledger: ledger),
        maxBytes: settings[GatewaySettings.maxIntentBytes], callbacks: callbacks?.policy, reader: reader,
        quota: TenantQuota(ledger: ledger, authenticator: context.authenticator)
    )
    let notices = NoticeBoard()
    let edge = GatewayEdge(
        authenticator: context.authenticator, limiter: RateLimiter(rate: settings[GatewaySettings.rateLimit]), settings: settings, notices: notices)
    let upstreams = [interpreter, knowledge, planner, adaptor, bridge]
    let writes = LedgerSettings.healthCheck(redis, configuration)

    var parts = ServiceParts(
        routes: { router in
            site.addRoutes(to: router)
            let acts = ActAudit(audit.store.map { .store($0, pending: audit.refusals) } ?? .elsewhere(context.acts))
            let api = router.group().add(middleware: edge).add(middleware: acts)
            intents.addRoutes(to: api)
            DecisionController(ledger: ledger, reader: reader, authenticator: context.authenticator).addRoutes(to: api)
            ArchiveController(store: archive.store).addRoutes(to: api)
            QueueController(ledger: ledger).addRoutes(to: api)
            EventController(ledger: ledger, feed: feed, reader: reader).addRoutes(to: api)
            PackageController(bridge: bridge, authenticator: context.authenticator).addRoutes(to: api)
            KnowledgeController(knowledge: knowledge).addRoutes(to: api)
            AuditController(ledger: ledger).addRoutes(to: api)
            AuditLogController(store: audit.store).addRoutes(to: api)
            // Of services alone, and of who administers them: being on this machine proves nothing here.
            AuditReportController(store: audit.store, knowsServices: context.authenticator.knowsServices).addRoutes(
                to: router.group().add(middleware: context.callers(.admin, installations: "The audit log", sparesLocal: false)))
            KeyController(authenticator: context.authenticator).addRoutes(to: api)
            RolloutController(ledger: ledger).addRoutes(to: api)
            MaintenanceController(ledger: ledger, board: notices).addRoutes(to: api)
            ServiceController(name: context.name, ownMetrics: context.metrics, upstreams: upstreams).addRoutes(to: api)
            OperationsController(
                ledger: ledger, check: writes, backpressure: backpressure, upstreams: upstreams, bridge: bridge, authenticator: context.authenticator
            ).addRoutes(to: api)
        },
        services: [
            fetcher, redis, RoleWatch(ledger: ledger), FeedService(feed: feed, drain: context.drain), QueueGauges(backpressure: backpressure, ledger: ledger),
            NoticeWatch(board: notices, ledger: ledger),
        ]
            + (callbacks?.services ?? [])
            + archive.services + audit.services,
        healthChecks: [writes]
            + (archive.store.map { store in [HealthCheck("archive", isRequired: false) { try await store.check() }] } ?? [])
            + upstreams.map { upstream in
                HealthCheck(upstream.name, isRequired: false) { _ = try await upstream.call("GET", "/healthz", body: nil, mayRepeat: false) }
            },
        problems: GatewayProblems.mapping,
        beforeServing: {
            // Redis may start at the same time as we do; a ledger that may not be used ends us at once.
            let deadline = ContinuousClock.now + .seconds(30)
            while true {
                do throws(LedgerError) {
                    try await ledger.open()
                    // Whether this is a preview must be known before somebody submits.
                    try await ledger.refreshRoles(urgent: true)
                    try await archive.begin()
                    return
                } catch {
                    guard error.code != .misconfigured, ContinuousClock.now < deadline else { throw error }
                    try await Task.sleep(for: .milliseconds(25))
                }
            }
        }
    )
    if audit.store != nil {
        let refusals = audit.refusals
        parts.accessLog = refusals
        context.acts.follow { act in
            if !refusals.hold(act) { AuditTrail.failures.increment() }
        }
    }
    return parts
}

/// Ends all event streams when the gateway drains, so that their connections do not hold it up.
struct FeedService: Service {
    let feed: EventFeed
    let drain: Drain

    func run() async throws {
        // The server is stopped before this service, and waits for its connections: only the drain itself comes early enough.
        let ending = Task { [feed, drain] in
            await drain.wait()
            feed.stop()
        }
        try? await gracefulShutdown()
        ending.cancel()
        self.feed.stop()
    }
}

/// Keeps the gauges of the ledger fresh for the scraper when nobody else asks.
struct QueueGauges: Service {
    let backpressure: Backpressure
    let ledger: Ledger

    func run() async throws {
        // Being cancelled is its ordinary end.
        try? await cancelWhenGracefulShutdown {
            while true {
                await self.backpressure.refresh()
                if let size = try? await self.ledger.size() {
                    Gauge(label: MetricName.ledgerBytes).record(size.bytes)
                    Gauge(label: MetricName.ledgerLiveIntents).record(size.intents)
                    Gauge(label: MetricName.ledgerBytesPerIntent).record(size.bytesPerIntent)
                }
                // While work is shed it must be seen when that may end, also by those who were told to come back later.
                try await Task.sleep(for: self.backpressure.level > 0 ? Backpressure.interval : .seconds(5))
            }
        }
    }
}
