import Foundation
import HTTPFetch
import Hummingbird
import Ledger
import LedgerRuntime
import RedisClient
import Resilience
import ServiceClient
import ServiceLifecycle
import ServiceRuntime

/// Wires oran-adaptor. The only function that names concrete clients.
func buildService(_ context: ServiceContext) async throws -> ServiceParts {
    let settings = context.settings
    InterfaceMetrics.expose()
    let configuration = try LedgerSettings.configuration(context)
    let redis = RedisClient(configuration.redis, label: "ledger")
    LedgerSettings.exportPool(of: redis, to: context.metrics)
    let fetcher = HTTPFetcher(try HTTPFetcher.Configuration().trusting(ORANSettings.a1Trust, settings))
    let statuses = StatusBoard()
    let notifications = settings[ORANSettings.notify].map { NotificationAddress(base: $0, secret: settings[AccessSettings.token]) }
    let fleet = try A1Wiring.fleet(context, fetcher, notifications, redis)
    let executor = PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue(), statuses: statuses)
    let inventory = PolicyInventory(fleet: fleet)

    let elements = try settings[ORANSettings.elements].map { path in
        ElementConfiguration(
            try ManagedElementFile.read(path: path).map { element in ElementClient(element, upstream: o1Upstream(element, context)) },
            classes: try ManagedClassCatalogue())
    }

    let desired = DesiredPolicies(redis: redis)
    let ledger = Ledger(configuration, redis: redis)
    LedgerSettings.exportRoles(of: ledger, to: context.metrics)
    let (alarms, intents, objects) = (AlarmBoard(redis: redis), ElementIntents(redis: redis, ledger: ledger), DesiredObjects(redis: redis))
    let degrades = AlarmSeverity(rawValue: settings[ORANSettings.degrades])
    let fulfilment = PolicyFulfilment(desired: desired, intents: intents, alarms: alarms, degrades: degrades)
    let stage = PolicyStage(
        executor: executor, elements: ElementExecutor(elements), intents: intents, desired: desired, objects: objects,
        enforcement: EnforcementWatch(within: settings[ORANSettings.enforceWithin]))
    let worker = StageWorker(ledger: ledger, handler: stage)
    let drift = DriftWatch(
        fleet: fleet, executor: executor, desired: desired, fulfilment: fulfilment, interval: settings[ORANSettings.driftInterval],
        instance: UUID().uuidString, logger: context.logger)
    let watches = elements.map { elements in
        elementWatches(
            ElementDrift(
                configuration: elements, desired: objects, deviations: intents.deviations,
                fulfilment: ElementFulfilment(intents: intents, alarms: alarms, degrades: degrades), restores: settings[ORANSettings.elementDrift] == "restore",
                instance: UUID().uuidString, claim: settings[ORANSettings.elementInterval] * 2, acts: { ledger.leads }, logger: context.logger),
            settings, ledger)
    }
    let listener = EventListener(
        elements: Set(elements?.elements.map(\.element.name) ?? []), alarms: alarms, intents: intents, degrades: degrades, logger: context.logger)
    let events = EventController(format: try CommonEventFormat(), listener: listener, credentials: try vesCredentials(settings))
    // Each is trusted by its own authorities, and shown what is meant for it.
    var fetchers = [fetcher]
    func peer(_ name: String, _ key: SettingKey<String?>, _ trust: PeerTrust, token: SettingKey<String?>? = nil) throws -> ServiceClient? {
        guard let url = settings[key] else { return nil }
        let own = HTTPFetcher(try HTTPFetcher.Configuration().trusting(trust, settings))
        fetchers.append(own)
        return ServiceClient(
            context.upstream(name) { $0.timeout = settings[ORANSettings.timeout] }, base: url, bearer: { token.flatMap { settings[$0] } }, fetcher: own)
    }
    let peers = (
        o2: try peer("o2", ORANSettings.o2, ORANSettings.o2Trust, token: ORANSettings.o2Token),
        e2: try peer("e2", ORANSettings.e2Manager, ORANSettings.e2Trust)
    )
    let cloud = peers.o2.map { client in
        CloudInventory(
            InfrastructureInventory(client: client), interval: settings[ORANSettings.o2Interval], redis: redis, logger: context.logger)
    }
    let address = settings[ORANSettings.o2Notify].map { InventoryAddress(base: $0, secret: settings[AccessSettings.token]) }
    let cloudWatch = cloud.map { CloudWatch($0, address: address, filter: settings[ORANSettings.o2Filter], logger: context.logger) }
    return ServiceParts(
        routes: { router in
            // Its proof is in the address: a RIC has no key of ours.
            if let notifications {
                let controller = NotificationController(address: notifications, statuses: statuses, fulfilment: fulfilment)
                router.addRoutes(controller.routes, atPath: "/v1/a1/notifications")
            }
            if let address, let cloudWatch {
                router.addRoutes(InventoryNotificationController(address: address, watch: cloudWatch).routes, atPath: "/v1/o2/notifications")
            }
            // Its user and password are the proof.
            if events.credentials != nil { router.addRoutes(events.routes, atPath: "/eventListener/v7") }
            if events.credentials == nil {
                router.group().add(middleware: context.callers(.admin, installations: "The RAN")).addRoutes(events.routes, atPath: "/eventListener/v7")
            }
            let api = router.group().add(middleware: context.callers(.admin, installations: "The RAN", recordsActs: true))
            api.addRoutes(A1Controller(inventory: inventory, executor: executor, desired: desired).routes, atPath: "/v1/a1")
            if let elements {
                api.addRoutes(
                    ElementController(configuration: elements, alarms: alarms, deviations: intents.deviations, desired: objects).routes, atPath: "/v1/o1")
            }
            if elements == nil { api.addRoutes(UnconfiguredController.o1.routes, atPath: "/v1/o1") }
            if let client = peers.o2, let cloud {
                let controller = O2Controller(inventory: cloud.source, provisioning: ProvisioningClient(client: client), clouds: cloud)
                api.addRoutes(controller.routes, atPath: "/v1/o2")
            } else {
                api.addRoutes(UnconfiguredController.o2.routes, atPath: "/v1/o2")
            }
            api.addRoutes(peers.e2.map { E2Controller(manager: E2Manager(client: $0)).routes } ?? UnconfiguredController.e2.routes, atPath: "/v1/e2")
        },
        services: fetchers + [redis, RoleWatch(ledger: ledger), worker, WhileActive(drift, ledger: ledger)] + (watches ?? [])
            + (cloudWatch.map { [$0] } ?? []),
        healthChecks: [LedgerSettings.healthCheck(redis, configuration), LedgerSettings.workerCheck(worker)] + A1Wiring.healthChecks(fleet),
        problems: ORANProblems.mapping
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

/// Every installation shows its elements; the one that leads is told by them, and compares.
private func elementWatches(_ drift: ElementDrift, _ settings: Settings, _ ledger: Ledger) -> [any Service] {
    let inspection = ElementInspection(configuration: drift.configuration, drift: drift, logger: drift.logger)
    let interval = settings[ORANSettings.elementInterval]
    let watch = ElementWatch(inspection, interval: interval)
    guard settings[ORANSettings.elementEvents] else { return [watch] }
    return [watch, WhileActive(ElementSubscriptions(inspection, interval: interval), ledger: ledger)]
}

/// Both or none; as they are when somebody shows his, and nobody is let in while one is gone.
private func vesCredentials(_ settings: Settings) throws -> (@Sendable () -> EventController.Credentials?)? {
    switch (settings[ORANSettings.vesUser], settings[ORANSettings.vesPassword]) {
    case (.some, .some):
        return {
            guard let user = settings[ORANSettings.vesUser], let password = settings[ORANSettings.vesPassword] else { return nil }
            return .init(user: user, password: password)
        }
    case (nil, nil): return nil
    default: throw InvalidSetting(key: "VES_PASSWORD", reason: "it goes with VES_USERNAME: both are set, or neither")
    }
}
