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
    let place = settings[BridgeSettings.repository]
    let target: PublishTarget
    // A token in a file is read again for each command, so that a rotated one takes effect.
    let credential: GitCredential =
        settings[BridgeSettings.tokenFile].map { .file($0) } ?? settings[BridgeSettings.token].map { .token($0) } ?? .none
    if place.contains("://") || place.contains("@") {
        let ssh = SSHAccess(keyFile: settings[BridgeSettings.sshKey], knownHostsFile: settings[BridgeSettings.sshHosts])
        target = .remote(
            RemoteRepository(url: place, credential: credential, ssh: ssh, authorities: settings[BridgeSettings.authorities]),
            mirror: settings[BridgeSettings.mirror])
    } else {
        target = .directory(place)
    }
    let deadly = try BridgeSettings.deadlyPoint(settings)
    let passing: @Sendable (PublicationPoint) -> Void = { point in
        if point == deadly { kill(getpid(), SIGKILL) }
    }
    let repository = PackageRepository(
        target: target, branch: settings[BridgeSettings.branch], signer: try BridgeSettings.signer(settings), logger: Logger(label: "packages"),
        passing: passing)

    let preview = PackageRepository(
        target: .directory(BridgeSettings.previewDirectory(settings, beside: target.directory)), branch: settings[BridgeSettings.branch],
        signer: try BridgeSettings.signer(settings), logger: Logger(label: "packages.preview"))

    let configuration = try LedgerSettings.configuration(context)
    let redis = RedisClient(configuration.redis, label: "ledger")
    LedgerSettings.exportPool(of: redis, to: context.metrics)
    let ledger = Ledger(configuration, redis: redis)
    LedgerSettings.exportRoles(of: ledger, to: context.metrics)
    let kubernetes = try KubernetesConnections(context)
    let porch = try PorchSettings.delivery(settings, cluster: kubernetes?.home)
    let forge = try ForgeSettings.delivery(context, credential: credential, isRemote: target.remote != nil)
    var pulls = forge?.delivery
    pulls?.passing = { passing(.pull($0)) }
    let delivery: (any PackageDelivery)? = porch ?? pulls
    let publisher = StageWorker(
        ledger: ledger,
        handler: PublishStage(
            repository: repository, preview: preview, repositoryName: settings[BridgeSettings.repository], authenticator: context.authenticator,
            colour: context.colour, delivery: delivery))
    let fetcher = HTTPFetcher(.init().trusting(settings))
    let adaptor = ServiceClient(
        context.upstream("oran-adaptor") { $0.timeout = .seconds(5) }, base: settings[BridgeSettings.adaptor], from: context, fetcher: fetcher)
    let observer = RolloutObserver(clusters: kubernetes?.observed ?? [], repository: repository, nodeSets: E2NodeSets(client: adaptor))
    let rollout = RolloutPolicy(observer: observer, settings: settings)
    let verifier = StageWorker(
        ledger: ledger, handler: VerifyStage(repository: repository, preview: preview, rollout: rollout, isCommittedElsewhere: delivery != nil))
    let controller = kubernetes.map { KubernetesParts($0, ledger: ledger, context, repository: repository, adaptor: adaptor) }
    var proposals: [any Service] = []
    if BridgeSettings.deliveryMode(settings) == .draft {
        let configuration = ProposalController.Configuration(
            repositoryName: place, colour: context.colour, pace: target.remote == nil ? .milliseconds(100) : .seconds(1))
        let controller = ProposalController(
            repository: repository, ledger: ledger, feed: EventFeed(ledger: ledger), authenticator: context.authenticator, configuration: configuration)
        proposals.append(WhileActive(controller, ledger: ledger))
    }
    return ServiceParts(
        routes: { router in
            let whole = "The repository as a whole"
            router.group().add(middleware: context.callers(.intentsRead, installations: whole, recordsActs: true)).addRoutes(
                PackageController(repository: repository, preview: preview, delivery: delivery).routes, atPath: "/v1")
            // An anchor that were an entry itself would be followed by another one.
            router.group().add(middleware: context.callers(.intentsRead, installations: whole)).addRoutes(
                AuditAnchorController(repository: repository).routes, atPath: "/v1")
        },
        services: [fetcher, redis, RoleWatch(ledger: ledger), RepositoryService(repository: repository, preview: preview), publisher, verifier]
            + proposals + (forge.map { [$0.fetcher] } ?? []) + (controller?.services ?? []),
        healthChecks: [
            LedgerSettings.healthCheck(redis), LedgerSettings.workerCheck(publisher), LedgerSettings.workerCheck(verifier),
            HealthCheck("git") { try await repository.becomeFresh() },
        ] + (controller?.healthChecks ?? [])
    )
}

/// Opens the repository early and ends its git processes last.
struct RepositoryService: Service {
    let repository: PackageRepository
    /// Opened when a preview needs it.
    let preview: PackageRepository

    func run() async throws {
        try? await self.repository.open()
        try? await gracefulShutdown()
        await self.repository.stop()
        await self.preview.stop()
    }
}

/// What runs only where there is a cluster: its clients, the notices of changes, and the controller of `NetworkIntent`s.
private struct KubernetesParts {
    let services: [any Service]
    let healthChecks: [HealthCheck]

    init(_ connections: KubernetesConnections, ledger: Ledger, _ context: ServiceContext, repository: PackageRepository, adaptor: ServiceClient) {
        let settings = context.settings
        var services: [any Service] = connections.clients.map { $0 as any Service } + connections.observed.map { $0.changes as any Service }
        if settings[KubernetesSettings.controller] {
            let fetcher = HTTPFetcher(.init().trusting(settings))
            let gateway = ServiceClient(
                context.upstream("api-gateway") { $0.hedge.isEnabled = false }, base: settings[CommonSettings.gateway] ?? KubernetesSettings.gateway,
                bearer: { [authenticator = context.authenticator] in authenticator.token }, fetcher: fetcher)
            let duration = settings[KubernetesSettings.leaseDuration]
            let lease = LeaderElection.Configuration(
                namespace: settings[KubernetesSettings.leaseNamespace], name: "nephoran-network-intents",
                identity: "\(ProcessInfo.processInfo.hostName)-\(UUID().uuidString.lowercased())", duration: duration, renewWithin: duration * 2 / 3,
                retryEvery: duration / 8)
            let feed = EventFeed(ledger: ledger)
            let controller = NetworkIntentController(
                client: connections.home, gateway: IntentGateway(client: gateway), ledger: ledger, feed: feed,
                configuration: .init(namespace: settings[KubernetesSettings.namespace], lease: lease)
            ) { mayAct in
                RANProjection(
                    client: connections.home, repository: repository, adaptor: adaptor,
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
