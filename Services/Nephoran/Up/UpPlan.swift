import Foundation

/// Which processes to run with which settings. Pure: the same options give the same plan.
struct UpPlan: Sendable {
    /// In the order of their ports.
    static let services = ["api-gateway", "llm-processor", "rag-api", "manifest-generator", "oran-adaptor", "nephio-bridge"]

    private(set) var processes: [ProcessSpecification] = []
    /// Address of the gateway.
    let gateway: String
    let stores: [RedisStore]

    /// - Parameters:
    ///   - services: directory of the services' executables.
    ///   - redisServer: path of redis-server, if there is one.
    ///   - environment: of this process; a setting of the operator in it, or in `config`, is left alone.
    init(
        portBase: Int, redis: String?, config: ConfigurationFile?, directory: DataDirectory, services: String, redisServer: String?,
        environment: [String: String]
    ) throws(CommandFailure) {
        func isGiven(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false || config?.holds(name) ?? false }
        func address(_ index: Int) -> String { "http://127.0.0.1:\(portBase + index)" }
        self.gateway = address(0)

        var shared = environment
        var stores: [RedisStore] = []
        if let redis {
            shared["REDIS_URL"] = redis
        } else if !isGiven("REDIS_URL") {
            stores.append(.ledger(in: directory))
        }
        // Without a shared cache everything works, only slower: a missing redis-server matters for the ledger alone.
        if !isGiven("CACHE_REDIS_URL"), redisServer != nil { stores.append(.cache(in: directory)) }
        if !stores.isEmpty, redisServer == nil { throw CommandFailure(.usage, "redis-server is not in PATH; install it, or name a Redis with --redis") }
        for store in stores { shared[store.setting] = store.url }
        self.stores = stores

        func preset(_ name: String, _ value: String) { if !isGiven(name) { shared[name] = value } }
        preset("KNOWLEDGE_STORE", directory.file("knowledge.sqlite"))
        preset("GIT_REPO_URL", directory.file("gitops.git"))
        if !isGiven("CALLBACK_SECRET") { preset("CALLBACK_SECRET_FILE", directory.file("callback-secret")) }
        preset("ARCHIVE_PATH", directory.file("archive.sqlite"))
        preset("GIT_MIRROR", directory.file("gitops-mirror.git"))
        preset("DRAIN_TIMEOUT", "8s")
        if !isGiven("AUTH_TOKEN") { preset("AUTH_TOKEN_FILE", directory.file("token")) }
        preset("AUTH_KEYS_FILE", directory.file("keys.yaml"))
        if !isGiven("AUTH_PEPPER") { preset("AUTH_PEPPER_FILE", directory.file("pepper")) }
        if let config { shared["CONFIG_FILE"] = config.path }
        shared["HOST"] = "127.0.0.1"
        for (index, name) in Self.services.enumerated() {
            shared[name.uppercased().replacing("-", with: "_") + "_URL"] = address(index)
        }

        if let redisServer {
            for store in stores {
                self.processes.append(
                    ProcessSpecification(
                        name: store.name, role: .store, executable: redisServer, arguments: [store.configurationPath], environment: environment)
                )
            }
        }
        for (index, name) in Self.services.enumerated() {
            var own = shared
            own["PORT"] = "\(portBase + index)"
            self.processes.append(
                ProcessSpecification(
                    name: name, role: .service, executable: services + "/" + name, environment: own, isBackground: index != 0, address: address(index),
                    port: portBase + index
                )
            )
        }
    }

    func checkExecutables() throws(CommandFailure) {
        for process in self.processes where !FileManager.default.isExecutableFile(atPath: process.executable) {
            throw CommandFailure(.usage, "\(process.executable) is missing; build it with: swift build -c release")
        }
    }
}
