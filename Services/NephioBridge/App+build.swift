import Glibc
import Hummingbird
import Ledger
import LedgerRuntime
import Logging
import RedisClient
import ServiceLifecycle
import ServiceRuntime

/// Wires nephio-bridge. The only function that names concrete clients.
func buildService(_ context: ServiceContext) async throws -> ServiceParts {
    let settings = context.settings
    let place = settings[BridgeSettings.repository]
    let target: PublishTarget
    if place.contains("://") || place.contains("@") {
        // A token in a file is read again for each command, so that a rotated one takes effect.
        let credential: GitCredential =
            settings[BridgeSettings.tokenFile].map { .file($0) } ?? settings[BridgeSettings.token].map { .token($0) } ?? .none
        let ssh = SSHAccess(keyFile: settings[BridgeSettings.sshKey], knownHostsFile: settings[BridgeSettings.sshHosts])
        target = .remote(
            RemoteRepository(url: place, credential: credential, ssh: ssh, authorities: settings[BridgeSettings.authorities]),
            mirror: settings[BridgeSettings.mirror])
    } else {
        target = .directory(place)
    }
    let deadly = try BridgeSettings.deadlyPoint(settings)
    let repository = PackageRepository(
        target: target, branch: settings[BridgeSettings.branch], signer: try BridgeSettings.signer(settings), logger: Logger(label: "packages")
    ) { point in
        if point == deadly { kill(getpid(), SIGKILL) }
    }

    let configuration = try LedgerSettings.configuration(context)
    let redis = RedisClient(configuration.redis, label: "ledger")
    LedgerSettings.exportPool(of: redis, to: context.metrics)
    let ledger = Ledger(configuration, redis: redis)
    let publisher = StageWorker(ledger: ledger, handler: PublishStage(repository: repository))
    let verifier = StageWorker(ledger: ledger, handler: VerifyStage(repository: repository))
    return ServiceParts(
        routes: { router in
            let api = router.group().add(middleware: context.authenticator.requiresUnlessLocal(.intentsRead))
            api.addRoutes(PackageController(repository: repository).routes, atPath: "/v1")
        },
        services: [redis, RepositoryService(repository: repository), publisher, verifier],
        healthChecks: [
            LedgerSettings.healthCheck(redis), LedgerSettings.workerCheck(publisher), LedgerSettings.workerCheck(verifier),
            HealthCheck("git") { try await repository.becomeFresh() },
        ]
    )
}

/// Opens the repository early and ends its git processes last.
struct RepositoryService: Service {
    let repository: PackageRepository

    func run() async throws {
        try? await self.repository.open()
        try? await gracefulShutdown()
        await self.repository.stop()
    }
}
