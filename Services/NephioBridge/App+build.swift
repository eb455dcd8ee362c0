import Foundation
import HTTPFetch
import Glibc
import Hummingbird
import Kubernetes
import Ledger
import LedgerRuntime
import Logging
import RedisClient
import ServiceClient
import ServiceLifecycle
import ServiceRuntime

/// Wires nephio-bridge. The only function that names concrete clients.
func buildService(_ context: ServiceContext) async throws -> ServiceParts {
    let settings = context.settings
    let deadly = try BridgeSettings.deadlyPoint(settings)
    let passing: @Sendable (PublicationPoint) -> Void = { point in
        if point == deadly { kill(getpid(), SIGKILL) }
    }

    let configuration = try LedgerSettings.configuration(context)
    let redis = RedisClient(configuration.redis, label: "ledger")
    LedgerSettings.exportPool(of: redis, to: context.metrics)
    let ledger = Ledger(configuration, redis: redis)
    LedgerSettings.exportRoles(of: ledger, to: context.metrics)
    let kubernetes = try KubernetesConnections(context)
    let made = try RepositorySettings(context, cluster: kubernetes?.home, passing: passing)
    let repositories = try made.repositories()
    let preview = try made.preview(beside: repositories.main)
    let publisher = StageWorker(
        ledger: ledger,
        handler: PublishStage(
            repositories: repositories, preview: preview, authenticator: context.authenticator, colour: context.colour,
            lastAttempt: configuration.maxAttempts))
    let fetcher = HTTPFetcher(.init().trusting(settings))
    let adaptor = ServiceClient(
        context.upstream("oran-adaptor") { $0.timeout = .seconds(5) }, base: settings[BridgeSettings.adaptor], from: context, fetcher: fetcher)
    let observer = RolloutObserver(clusters: kubernetes?.observed ?? [], repositories: repositories, nodeSets: E2NodeSets(client: adaptor))
    let rollout = RolloutPolicy(observer: observer, settings: settings)
    let verifier = StageWorker(
        ledger: ledger, handler: VerifyStage(repositories: repositories, preview: preview, rollout: rollout))
    let controller = kubernetes.map { KubernetesParts($0, ledger: ledger, context, repositories: repositories, adaptor: adaptor) }
    var proposals: [any Service] = []
    if BridgeSettings.deliveryMode(settings) == .draft {
        for repository in repositories.all {
            let configuration = ProposalController.Configuration(
                colour: context.colour, pace: repository.packages.target.remote == nil ? .milliseconds(100) : .seconds(1))
            let controller = ProposalController(
                repository: repository, of: repositories, ledger: ledger, feed: EventFeed(ledger: ledger), authenticator: context.authenticator,
                configuration: configuration)
            proposals.append(WhileActive(controller, ledger: ledger))
        }
    }
    return ServiceParts(
        routes: { router in
            let whole = "The repository as a whole"
            router.group().add(middleware: context.callers(.intentsRead, installations: whole, recordsActs: true)).addRoutes(
                PackageController(repositories: repositories, preview: preview).routes, atPath: "/v1"
            ).addRoutes(InventoryController(repositories: repositories, preview: preview).routes, atPath: "/v1")
            // An anchor that were an entry itself would be followed by another one.
            router.group().add(middleware: context.callers(.intentsRead, installations: whole)).addRoutes(
                AuditAnchorController(repository: repositories.main.packages).routes, atPath: "/v1")
        },
        services: [fetcher, FileWatch(name: "signing keys", logger: context.logger, files: made.signers.files)]
            + [redis, RoleWatch(ledger: ledger), RepositoryService(repositories: repositories, preview: preview), publisher, verifier]
            + proposals + (made.forge.map { [$0.fetcher] } ?? []) + (controller?.services ?? []),
        healthChecks: [
            LedgerSettings.healthCheck(redis, configuration), LedgerSettings.workerCheck(publisher), LedgerSettings.workerCheck(verifier),
        ] + repositories.healthChecks + (controller?.healthChecks ?? [])
    )
}

/// Opens the repositories early and ends their git processes last.
struct RepositoryService: Service {
    let repositories: DeploymentRepositories
    /// Opened when a preview needs it.
    let preview: DeploymentRepositories

    func run() async throws {
        // Whoever needs one waits for it; one whose server does not answer keeps nobody from stopping.
        for repository in self.repositories.all { Task { try? await repository.packages.open() } }
        try? await gracefulShutdown()
        for repository in self.repositories.all + self.preview.all { await repository.packages.stop() }
    }
}

extension DeploymentRepositories {
    /// Where one of the others is away, what is for it waits, and nothing else.
    fileprivate var healthChecks: [HealthCheck] {
        [HealthCheck("git") { [main] in try await main.packages.becomeFresh() }]
            + self.others.map { repository in
                HealthCheck("git.\(repository.name)", isRequired: false) {
                    // One whose turn is taken for long is no better than one that does not answer.
                    if repository.publishing.isOverdue { throw GitError.unreachable("a publication has not ended yet") }
                    try await repository.read(within: .milliseconds(800)) { try await $0.becomeFresh() }
                }
            }
            + (self.others.isEmpty
                ? []
                : [
                    HealthCheck("git.moved", isRequired: false) {
                        if let stray = await self.stray() { throw stray }
                    }
                ])
    }
}

/// What runs only where there is a cluster: its clients, the notices of changes, and the controller of `NetworkIntent`s.
private struct KubernetesParts {
    let services: [any Service]
    let healthChecks: [HealthCheck]

    init(_ connections: KubernetesConnections, ledger: Ledger, _ context: ServiceContext, repositories: DeploymentRepositories, adaptor: ServiceClient) {
        let settings = context.settings
        var services: [any Service] = connections.clients.map { $0 as any Service } + connections.observed.map { $0.changes as any Service }
        if settings[KubernetesSettings.controller] {
            let fetcher = HTTPFetcher(.init().trusting(settings))
            let base = settings[CommonSettings.gateway] ?? KubernetesSettings.gateway
            let installation = ServiceClient(
                context.upstream("api-gateway") { $0.hedge.isEnabled = false }, base: base,
                bearer: { [authenticator = context.authenticator] in authenticator.token }, fetcher: fetcher)
            let gateways = NamespaceGateways(
                installation: installation, keys: settings[KubernetesSettings.namespaceKeys].map { NamespaceKeys(directory: $0) }, base: base, fetcher: fetcher)
            let duration = settings[KubernetesSettings.leaseDuration]
            let lease = LeaderElection.Configuration(
                namespace: settings[KubernetesSettings.leaseNamespace], name: "nephoran-network-intents",
                identity: "\(ProcessInfo.processInfo.hostName)-\(UUID().uuidString.lowercased())", duration: duration, renewWithin: duration * 2 / 3,
                retryEvery: duration / 8)
            let feed = EventFeed(ledger: ledger)
            let controller = NetworkIntentController(
                client: connections.home, gateways: gateways, ledger: ledger, feed: feed,
                configuration: .init(namespace: settings[KubernetesSettings.namespace], lease: lease)
            ) { mayAct in
                RANProjection(
                    client: connections.home, repositories: repositories, adaptor: adaptor,
                    configuration: .init(namespace: settings[KubernetesSettings.leaseNamespace]), mayAct: mayAct)
            }
            services += [fetcher as any Service, WhileActive(controller, ledger: ledger)]
        }
        self.services = services
        // A cluster that is away is waited for; nothing else stops.
        self.healthChecks = connections.clients.map { client in
            HealthCheck(client.upstream.name, isRequired: false) { _ = try await client.version() }
        }
    }
}
