import Foundation
import HTTPFetch
import Hummingbird
import Ledger
import LedgerRuntime
import RedisClient
import Resilience
import ServiceLifecycle
import ServiceRuntime

/// Wires oran-adaptor. The only function that names concrete clients.
func buildService(_ context: ServiceContext) async throws -> ServiceParts {
    let settings = context.settings
    let fetcher = HTTPFetcher(
        .init(
            caFile: settings[ORANSettings.caFile],
            certificate: settings[ORANSettings.certificate].map {
                .init(certificateFile: $0, keyFile: settings[ORANSettings.key], password: settings[ORANSettings.keyPassword])
            }))
    let statuses = StatusBoard()
    let notifications = settings[ORANSettings.notify].map { NotificationAddress(base: $0, secret: settings[CommonSettings.authToken]) }
    let fleet = try A1Wiring.fleet(context, fetcher, notifications)
    let executor = PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue(), statuses: statuses)
    let inventory = PolicyInventory(fleet: fleet)

    let elements = try settings[ORANSettings.elements].map { path in
        ElementConfiguration(try ManagedElementFile.read(path: path).map { element in ElementClient(element, upstream: o1Upstream(element, context)) })
    }

    let configuration = try LedgerSettings.configuration(context)
    let redis = RedisClient(configuration.redis, label: "ledger")
    LedgerSettings.exportPool(of: redis, to: context.metrics)
    let desired = DesiredPolicies(redis: redis)
    let stage = PolicyStage(executor: executor, desired: desired, enforcement: EnforcementWatch(within: settings[ORANSettings.enforceWithin]))
    let worker = StageWorker(ledger: Ledger(configuration, redis: redis), handler: stage)
    let drift = DriftWatch(
        fleet: fleet, executor: executor, desired: desired, interval: settings[ORANSettings.driftInterval], instance: UUID().uuidString, logger: context.logger)
    return ServiceParts(
        routes: { router in
            // Its proof is in the address: a RIC has no key of ours.
            if let notifications {
                router.addRoutes(NotificationController(address: notifications, statuses: statuses).routes, atPath: "/v1/a1/notifications")
            }
            let api = router.group().add(middleware: context.authenticator.requiresUnlessLocal(.admin))
            api.addRoutes(A1Controller(inventory: inventory, executor: executor, desired: desired).routes, atPath: "/v1/a1")
            if let elements { api.addRoutes(ElementController(configuration: elements).routes, atPath: "/v1/o1") }
            for controller in [elements == nil ? UnconfiguredController.o1 : nil, .o2, .e2].compactMap(\.self) {
                api.addRoutes(controller.routes, atPath: RouterPath("/v1/\(controller.interface)"))
            }
        },
        services: [fetcher, redis, worker, drift],
        healthChecks: [LedgerSettings.healthCheck(redis), LedgerSettings.workerCheck(worker)]
    )
}

/// An element has one session at a time; a change of it is short, and its own timeout.
private func o1Upstream(_ element: ManagedElement, _ context: ServiceContext) -> Upstream {
    context.upstream("o1/\(element.name)") {
        $0.timeout = context.settings[ORANSettings.timeout] * 4
        $0.breaker.slowCall = $0.timeout
        $0.concurrency = 1
        $0.waitAtMost = $0.timeout
        $0.attempts = 1
    }
}
