import Foundation
import HTTPFetch
import Hummingbird
import IntentModel
import PackagePlanning
import Ledger
import LedgerRuntime
import RedisClient
import ServiceClient
import ServiceLifecycle
import ServiceRuntime

/// Wires manifest-generator. The only function that names concrete clients.
func buildService(_ context: ServiceContext) async throws -> ServiceParts {
    let settings = context.settings
    let catalogue = try Catalogue.bundled(extensions: settings[PlanningSettings.catalogueDirectory])
    let fetcher = HTTPFetcher(.init().trusting(settings))
    let bridge = ServiceClient(context.upstream("nephio-bridge"), base: settings[PlanningSettings.bridge], from: context, fetcher: fetcher)
    let adaptor = ServiceClient(
        context.upstream("oran-adaptor") { $0.timeout = .seconds(5) }, base: settings[PlanningSettings.adaptor], from: context, fetcher: fetcher)
    let inventory = try settings[PlanningSettings.clusterInventory].map { path throws(CatalogueError) in try ClusterEntry.all(inFile: path) } ?? []
    if let plmn = settings[PlanningSettings.plmn], let allowed = catalogue.fault(ofPLMN: plmn) {
        throw InvalidSetting(key: "PLMN", value: plmn, allowed: allowed)
    }
    let policies = try PolicyPlanner(directory: RICDirectoryClient(client: adaptor), plmn: settings[PlanningSettings.plmn])
    let policyFile = settings[AccessSettings.policyFile]
    let planners = try CurrentPlanner(
        reading: {
            try ApprovalPolicy.read(policyFile, over: catalogue.approval).inInstallation(
                environment: context.environment, productionNamespaces: settings[PlanningSettings.productionNamespaces],
                productionClusters: settings[PlanningSettings.productionClusters])
        },
        {
            Planner(
                catalogue: catalogue, policy: $0, clusters: settings[PlanningSettings.clusters], inventory: inventory,
                form: ClusterEntry.Form(rawValue: settings[PlanningSettings.packageForm]) ?? .kubernetes, policies: policies)
        })
    let clouds = CloudWatch(client: adaptor, planners: planners, isExpected: settings[PlanningSettings.cloud] != nil)
    let watch = FileWatch(name: "policy", logger: context.logger, paths: { [policyFile].compactMap { $0 } }, reload: { try planners.reload() })

    let configuration = try LedgerSettings.configuration(context)
    let redis = RedisClient(configuration.redis, label: "ledger")
    LedgerSettings.exportPool(of: redis, to: context.metrics)
    let ledger = Ledger(configuration, redis: redis)
    LedgerSettings.exportRoles(of: ledger, to: context.metrics)
    let onPartialFailure = PartialFailurePolicy(rawValue: settings[PlanningSettings.onPartialFailure]) ?? .rollback
    let turns = TurnTaking(ledger: ledger)
    let planning = IntentPlanning(
        planners: planners, inventory: PublishedInventory(client: bridge),
        rooms: RoomTaking(ledger: ledger, lasts: settings[PlanningSettings.roomHeldFor]))
    let stage = PlanStage(planning: planning, turns: turns, onPartialFailure: onPartialFailure)
    let worker = StageWorker(ledger: ledger, handler: stage)
    return ServiceParts(
        routes: { router in
            PlanController(planning: planning, turns: turns).addRoutes(
                to: router.group().add(middleware: context.callers(.intentsRead)))
        },
        services: [fetcher, redis, RoleWatch(ledger: ledger), watch, clouds, worker],
        healthChecks: [LedgerSettings.healthCheck(redis, configuration), LedgerSettings.workerCheck(worker)]
            + [bridge, adaptor].map { upstream in
                HealthCheck(upstream.name, isRequired: false) { _ = try await upstream.call("GET", "/healthz", body: nil, mayRepeat: false) }
            }
    )
}
