import HTTPFetch
import Hummingbird
import Ledger
import LedgerRuntime
import RedisClient
import ServiceLifecycle
import ServiceRuntime

/// Wires oran-adaptor. The only function that names concrete clients.
func buildService(_ context: ServiceContext) async throws -> ServiceParts {
    let settings = context.settings
    let fetcher = HTTPFetcher()
    let sessions = try RIC.list(fromSetting: settings[ORANSettings.rics]).map { ric in
        let upstream = context.upstream("a1/\(ric.name)") {
            $0.timeout = settings[ORANSettings.timeout]
            $0.breaker.slowCall = settings[ORANSettings.timeout]
            // Short, since a RIC that returns should get its policies soon.
            $0.breaker.openAtMost = min($0.breaker.openAtMost, .seconds(15))
            // The executor retries whole steps, the queue whole intents.
            $0.attempts = 1
        }
        return RICSession(ric: ric, fetcher: fetcher, upstream: upstream)
    }
    let executor = PolicyExecutor(sessions: sessions, catalogue: try PolicyTypeCatalogue())
    let inventory = PolicyInventory(sessions: sessions)

    let configuration = try LedgerSettings.configuration(context)
    let redis = RedisClient(configuration.redis, label: "ledger")
    LedgerSettings.exportPool(of: redis, to: context.metrics)
    let worker = StageWorker(ledger: Ledger(configuration, redis: redis), handler: PolicyStage(executor: executor))
    return ServiceParts(
        routes: { router in
            let api = router.group().add(middleware: context.authenticator.requiresUnlessLocal(.admin))
            api.addRoutes(A1Controller(inventory: inventory, executor: executor).routes, atPath: "/v1/a1")
            for controller in [UnconfiguredController.o1, .o2, .e2] { api.addRoutes(controller.routes, atPath: RouterPath("/v1/\(controller.interface)")) }
        },
        services: [fetcher, redis, worker],
        healthChecks: [LedgerSettings.healthCheck(redis), LedgerSettings.workerCheck(worker)]
    )
}
