import Foundation
import HTTPFetch
import Subprocess
import TestSupport

/// An installation as a platform engineer runs it on one machine: `nephoran up`.
final class Supervised: Sendable {
    struct Failure: Error, CustomStringConvertible { let description: String }

    static let token = "key-of-the-drain-test"
    let directory: TemporaryDirectory
    let gateway: Gateway
    private let up: ServiceProcess
    private let program: String
    private let http = HTTPFetcher(.init(maxConnectionsPerHost: 128))

    /// Returns when it says that it is ready.
    static func start(_ settings: [String: String] = [:]) async throws -> Supervised {
        let supervised = try Supervised(settings)
        let deadline = ContinuousClock.now + .seconds(60)
        while !supervised.log.contains("\nready http") {
            guard supervised.up.isRunning, ContinuousClock.now < deadline else {
                throw Failure(description: "up is not ready: \(supervised.log.suffix(2_000))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return supervised
    }

    private init(_ settings: [String: String]) throws {
        self.directory = try TemporaryDirectory()
        self.program = try Executables.path(named: "nephoran")
        let port = try FreePort.next(adjacent: 6)
        let arguments = ["up", "--quiet", "--data-dir", self.directory.file("data"), "--port-base", "\(port)"]
        let environment = ["AUTH_TOKEN": Self.token, "RATE_LIMIT_RPS": "0"].merging(settings) { _, given in given }
        self.up = try ServiceProcess("nephoran", executable: self.program, arguments: arguments, environment: environment, log: self.directory.file("up.log"))
        self.gateway = Gateway(http: self.http, address: "http://127.0.0.1:\(port)", key: Self.token)
    }

    var log: String { "\n" + ((try? String(contentsOfFile: self.up.log, encoding: .utf8)) ?? "") }
    func log(of service: String) -> String { (try? String(contentsOfFile: self.directory.file("data/logs/\(service).log"), encoding: .utf8)) ?? "" }

    /// What it writes to.
    var data: String { self.directory.file("data") }

    /// The command line, with the installation's key; how it ended and what it said.
    func command(_ arguments: String...) async throws -> (status: Int32, output: String, error: String) { try await self.run(arguments) }

    /// A command that goes on; output and errors are one.
    struct Going {
        fileprivate let process: ServiceProcess
        var said: String { (try? String(contentsOfFile: self.process.log, encoding: .utf8)) ?? "" }
        /// SIGTERM.
        func end() { self.process.signal(SIGTERM) }
        func status(within limit: Duration) async throws -> Int32? { try await self.process.exitStatus(within: limit) }
    }

    func begin(_ arguments: [String]) throws -> Going {
        let log = self.directory.file("\(UUID().uuidString).log")
        return Going(
            process: try ServiceProcess("nephoran", executable: self.program, arguments: arguments, environment: ["NEPHORAN_TOKEN": Self.token], log: log))
    }

    func run(_ arguments: [String]) async throws -> (status: Int32, output: String, error: String) {
        let result = try await Subprocess.run(
            .path(.init(self.program)), arguments: Arguments(arguments), environment: .inherit.updating(["NEPHORAN_TOKEN": Self.token]),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
        guard case .exited(let status) = result.terminationStatus else { throw Failure(description: "\(arguments): \(result.terminationStatus)") }
        return (Int32(status), result.standardOutput, result.standardError)
    }

    /// `nephoran restart`; what it says.
    func restart(_ services: String...) async throws -> String {
        let arguments = Arguments(["restart", "--data-dir", self.directory.file("data")] + services)
        let result = try await Subprocess.run(
            .path(.init(self.program)), arguments: arguments, output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else { throw Failure(description: "restart: \(result.standardError)") }
        return result.standardOutput
    }

    /// Drains everything, as SIGTERM from a supervisor above does.
    func stop() async throws -> Int32? {
        self.up.signal(SIGTERM)
        let status = try await self.up.exitStatus(within: .seconds(30))
        self.http.stop()
        return status
    }
}
