import Foundation

/// Which processes to run with which settings. Pure: the same options give the same plan.
struct UpPlan: Sendable {
    /// In the order of their ports.
    static let services = ["api-gateway", "llm-processor", "rag-api", "manifest-generator", "oran-adaptor", "nephio-bridge"]

    private(set) var processes: [ProcessSpecification] = []
    /// Address of the gateway.
    let gateway: String
    let stores: [RedisStore]
    /// Where the key of the gateway can be read, unless the operator gave it otherwise.
    let keyFile: String?
    let release: Release
    private let directory: DataDirectory
    private let portBase: Int
    private let scheme: String

    /// - Parameters:
    ///   - release: the colour, and the directory of the services' executables.
    ///   - redisServer: path of redis-server, if there is one.
    ///   - environment: of this process; a setting of the operator in it, or in `config`, is left alone.
    init(
        portBase: Int, redis: String?, config: ConfigurationFile?, directory: DataDirectory, release: Release, redisServer: String?,
        environment: [String: String]
    ) throws(CommandFailure) {
        func isGiven(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false || config?.holds(name) ?? false }
        // A certificate for all services; it must be good for 127.0.0.1.
        let scheme = isGiven("TLS_CERT_FILE") ? "https" : "http"
        self.scheme = scheme
        func address(_ index: Int) -> String { "\(scheme)://127.0.0.1:\(portBase + index)" }
        self.gateway = address(0)
        self.release = release
        self.directory = directory
        self.portBase = portBase

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
        for store in stores {
            shared[store.setting] = store.url
            // Of another Redis: this one has none, or has it in its address.
            let password = store.setting.replacing("_URL", with: "_PASSWORD")
            if isGiven(password) || isGiven(password + "_FILE") { shared[password] = "" }
        }
        self.stores = stores

        func preset(_ name: String, _ value: String) { if !isGiven(name) { shared[name] = value } }
        preset("KNOWLEDGE_STORE", directory.file("knowledge.sqlite"))
        preset("GIT_REPO_URL", directory.file("gitops.git"))
        if !isGiven("CALLBACK_SECRET") { preset("CALLBACK_SECRET_FILE", directory.file("callback-secret")) }
        preset("ARCHIVE_PATH", directory.file("archive.sqlite"))
        preset("AUDIT_PATH", directory.file("audit"))
        preset("GIT_MIRROR", directory.file("gitops-mirror.git"))
        preset("GIT_PREVIEW_DIRECTORY", directory.file("preview/gitops.git"))
        preset("DRAIN_TIMEOUT", "8s")
        shared["COLOUR"] = release.colour
        if !isGiven("AUTH_TOKEN") { preset("AUTH_TOKEN_FILE", directory.file("token")) }
        self.keyFile = isGiven("AUTH_TOKEN") ? nil : shared["AUTH_TOKEN_FILE"]
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
                    name: name, role: .service, executable: release.directory + "/" + name, environment: own, isBackground: index != 0, address: address(index),
                    port: portBase + index
                )
            )
        }
    }

    /// The services as they are to be, by another program in another colour.
    func services(of release: Release) -> [ProcessSpecification] {
        self.processes.filter { $0.role == .service }.map { process in
            ProcessSpecification(
                name: process.name, role: .service, executable: release.directory + "/" + process.name, arguments: process.arguments,
                environment: process.environment.merging(["COLOUR": release.colour]) { $1 }, isBackground: process.isBackground,
                address: process.address, port: process.port)
        }
    }

    /// The same beside them, on ports of their own: they call each other, and share nothing with the others but the ledger and, for the time in
    /// which they act for those, the repository.
    private func address(_ port: Int) -> String { "\(self.scheme)://127.0.0.1:\(port)" }

    func standby(of release: Release, ports: [Int]) -> [ProcessSpecification] {
        var addresses: [String: String] = [:]
        for (name, port) in zip(Self.services, ports) { addresses[name.uppercased().replacing("-", with: "_") + "_URL"] = self.address(port) }
        return zip(self.services(of: release), ports).map { process, port in
            var environment = process.environment.merging(addresses) { $1 }
            environment["PORT"] = "\(port)"
            // Each of these has one writer, or is read by both colours.
            environment["ARCHIVE_PATH"] = ""
            environment["CACHE_REDIS_URL"] = ""
            environment["KNOWLEDGE_STORE"] = self.directory.file("preview/knowledge.sqlite")
            environment["GIT_MIRROR"] = self.directory.file("preview/gitops-mirror.git")
            environment["NETWORK_INTENTS"] = "false"
            return ProcessSpecification(
                name: "\(process.name)@\(release.colour)", role: .service, executable: process.executable, arguments: process.arguments,
                environment: environment, isBackground: process.isBackground, address: self.address(port), port: port, isStandby: true)
        }
    }

    func checkExecutables() throws(CommandFailure) { try Self.checkExecutables(self.processes) }

    static func checkExecutables(_ processes: [ProcessSpecification]) throws(CommandFailure) {
        for process in processes where !FileManager.default.isExecutableFile(atPath: process.executable) {
            throw CommandFailure(.usage, "\(process.executable) is missing; build it with: swift build -c release")
        }
    }
}
