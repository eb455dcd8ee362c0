import Foundation
import Glibc
import Synchronization

/// An executable of this package as a real process, with exactly the environment it is given. It may be killed and started
/// again; it ends with this process at the latest.
package final class ServiceProcess: Sendable {
    package let name: String
    /// Standard output and error of every run.
    package let log: String
    private let command: [String]
    private let environment: [String: String]
    private let leash: Mutex<Leash>

    /// Variables that a process needs to find its libraries and its place, whatever it is told otherwise.
    private static let inherited = ["HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR", "NEPHORAN_MUTANT"]

    /// Starts it.
    ///
    /// - Parameter environment: all that it sees besides `PATH` and ``inherited``.
    package init(_ name: String, executable: String, arguments: [String] = [], environment: [String: String], log: String) throws {
        self.name = name
        self.log = log
        self.command = [executable] + arguments
        let inherited = ProcessInfo.processInfo.environment.filter { Self.inherited.contains($0.key) }
        self.environment = inherited.merging(environment) { _, given in given }
        self.leash = Mutex(try Leash(self.command, environment: self.environment, log: log))
    }

    package var processID: Int32 { self.leash.withLock { $0.processID } }

    /// Whether it has neither ended nor been killed.
    package var isRunning: Bool { self.leash.withLock { $0.isRunning } }

    /// SIGKILL. Returns when the process is gone.
    package func kill() {
        self.leash.withLock { leash in
            leash.kill()
            leash.release()
        }
    }

    package func signal(_ number: Int32) { self.leash.withLock { $0.signal(number) } }

    /// Starts it again with the same environment and, for this run only, what is added. After its end; what still runs is killed first.
    package func restart(adding environment: [String: String] = [:]) throws {
        try self.leash.withLock { leash in
            leash.release()
            leash = try Leash(self.command, environment: self.environment.merging(environment) { _, added in added }, log: self.log)
        }
    }

    /// What it ended with on its own, as a shell says it; nil when it still runs after `limit`.
    package func exitStatus(within limit: Duration) async throws -> Int32? {
        let deadline = ContinuousClock.now + limit
        while self.isRunning {
            guard ContinuousClock.now < deadline else { return nil }
            try await Task.sleep(for: .milliseconds(10))
        }
        return self.leash.withLock { $0.release() }
    }

    package func stop() { self.kill() }
}
