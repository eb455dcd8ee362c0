import Foundation
import HTTPFetch
import TestSupport

/// A whole installation of real processes: the six services, a ledger Redis that synchronises every write, a cache Redis, and a
/// Git repository, on free loopback ports and in a directory of its own. It ends with this process at the latest.
final class Installation: Sendable {
    struct NotReady: Error, CustomStringConvertible { let description: String }

    static let token = "key-of-the-system-tests"

    /// The one that ``InstallationTrait`` has started for the running suite.
    @TaskLocal static var current: Installation?

    let directory: TemporaryDirectory
    let ledger: RedisServer
    let cache: RedisServer
    let gateway: Gateway
    let repository: PublishedRepository
    let queues: LedgerQueues
    private let services: [ServiceName: ServiceProcess]
    private let addresses: [ServiceName: String]
    /// Of every service, besides its port.
    private let environment: [String: String]
    private let http: HTTPFetcher

    /// Starts everything and returns when all of it is ready.
    ///
    /// - Parameter settings: for every service, besides or instead of those of an ordinary installation.
    /// - Parameter given: Redis of the ledger, instead of one of its own.
    static func start(_ settings: [String: String] = [:], ledger given: RedisServer? = nil) async throws -> Installation {
        async let cache = RedisServer.start(appendOnly: false)
        let ledger = if let given { given } else { try await RedisServer.start() }
        let installation = try Installation(ledger: ledger, cache: try await cache, settings: settings)
        for service in ServiceName.allCases { try await installation.untilReady(service) }
        return installation
    }

    private init(ledger: RedisServer, cache: RedisServer, settings: [String: String]) throws {
        self.ledger = ledger
        self.cache = cache
        self.directory = try TemporaryDirectory()
        let ports = try ServiceName.allCases.map { ($0, try FreePort.next()) }
        self.addresses = Dictionary(uniqueKeysWithValues: ports.map { ($0, "http://127.0.0.1:\($1)") })
        var environment = [
            "HOST": "127.0.0.1", "AUTH_TOKEN": Self.token, "REDIS_URL": ledger.url, "CACHE_REDIS_URL": cache.url,
            "GIT_REPO_URL": self.directory.file("gitops.git"), "KNOWLEDGE_STORE": self.directory.file("knowledge.sqlite"),
            "RATE_LIMIT_RPS": "0", "LEDGER_LEASE": "1500ms",
        ]
        for (service, address) in self.addresses { environment[service.addressSetting] = address }
        environment.merge(settings) { _, given in given }
        // What is set, if to nothing, counts before a file.
        if settings["AUTH_TOKEN_FILE"] != nil { environment["AUTH_TOKEN"] = nil }
        self.environment = environment
        // Logs go with the directory unless somebody wants to read them afterwards.
        let logs = ProcessInfo.processInfo.environment["SYSTEM_TEST_LOGS"] ?? self.directory.path
        var services: [ServiceName: ServiceProcess] = [:]
        for (service, port) in ports {
            environment["PORT"] = "\(port)"
            let log = "\(logs)/\(service.rawValue)-\(port).log"
            services[service] = try ServiceProcess(service.rawValue, executable: try Executables.path(of: service), environment: environment, log: log)
        }
        self.services = services
        self.http = HTTPFetcher(.init(maxConnectionsPerHost: 128))
        self.gateway = Gateway(http: self.http, address: self.addresses[.gateway] ?? "", key: Self.token)
        self.repository = PublishedRepository(
            directory: settings["GIT_REPO_URL"].map { $0.replacing("file://", with: "") } ?? self.directory.file("gitops.git"))
        self.queues = try LedgerQueues(environment["REDIS_URL"] ?? ledger.url)
    }

    /// Kills everything.
    func stop() {
        for service in self.services.values { service.stop() }
        self.ledger.stop()
        self.cache.stop()
        self.queues.stop()
        self.http.stop()
    }

    // MARK: Its processes

    func process(_ service: ServiceName) throws -> ServiceProcess {
        guard let process = self.services[service] else { throw NotReady(description: "\(service.rawValue) was not started") }
        return process
    }

    /// Process ids of what runs, to see that nothing has died or been replaced.
    var running: [ServiceName: Int32] { self.services.filter { $0.value.isRunning }.mapValues(\.processID) }

    /// A caller of one service, by its own address; without a key unless one is given.
    func client(_ service: ServiceName, key: String? = nil) -> Gateway {
        Gateway(http: self.http, address: self.addresses[service] ?? "", key: key)
    }

    /// SIGKILL and a new start, as a supervisor does it; returns when the service is ready again.
    func killAndRestart(_ service: ServiceName) async throws {
        let process = try self.process(service)
        process.kill()
        try process.restart()
        try await self.untilReady(service)
    }

    /// A second instance of a service, on a port of its own unless `settings` names one, ready. Whoever asked stops it.
    func startAnother(_ service: ServiceName, _ settings: [String: String] = [:]) async throws -> ServiceProcess {
        let port = try settings["PORT"] ?? "\(FreePort.next())"
        let environment = self.environment.merging(settings.merging(["PORT": port]) { _, own in own }) { _, own in own }
        let process = try ServiceProcess(
            service.rawValue, executable: try Executables.path(of: service), environment: environment, log: self.directory.file("second-\(port).log"))
        let other = Gateway(http: self.http, address: "http://127.0.0.1:\(port)", key: nil)
        let deadline = ContinuousClock.now + .seconds(30)
        while (try? await other.call("GET", "/readyz", timeout: .seconds(2)).status) != 200 {
            guard process.isRunning, ContinuousClock.now < deadline else { throw NotReady(description: "the second \(service.rawValue) is not ready") }
            try await Task.sleep(for: .milliseconds(20))
        }
        return process
    }

    func untilReady(_ service: ServiceName, limit: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + limit
        let process = try self.process(service)
        var last = "no answer"
        while ContinuousClock.now < deadline, process.isRunning {
            do {
                let reply = try await self.client(service).call("GET", "/readyz", timeout: .seconds(2))
                if reply.status == 200 { return }
                last = reply.text
            } catch {
                last = "\(error)"
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let log = (try? String(contentsOfFile: process.log, encoding: .utf8)) ?? ""
        throw NotReady(description: "\(service.rawValue) \(process.isRunning ? "is not ready" : "has ended"): \(last)\n\(log.suffix(2_000))")
    }
}
