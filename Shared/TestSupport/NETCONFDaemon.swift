import Foundation
import Glibc

/// A NETCONF server that is not ours: yuma123's `netconfd` with the modules of `Contracts/yang`, behind OpenSSH's server. It has no device behind it;
/// what it is told it keeps.
package final class NETCONFDaemon: Sendable {
    private static let executable = "/usr/sbin/netconfd"
    private static let subsystem = "/usr/sbin/netconf-subsystem"

    package let server: SSHServer
    private let directory: TemporaryDirectory
    private let process: Leash

    /// Blocks.
    package init() throws {
        guard FileManager.default.isExecutableFile(atPath: Self.executable) else {
            throw Tool.Failed(reason: "no \(Self.executable): deploy/install-packages test installs it")
        }
        let directory = try TemporaryDirectory()
        self.directory = directory
        let socket = directory.file("socket")
        let server = try SSHServer(subsystem: { "\(Self.subsystem) --ncxserver-sockname=\($0)@\(socket)" })
        self.server = server
        // Its own modules of NETCONF stay; ours of the model are found beside them.
        let own = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Contracts/yang").path
        let names = try FileManager.default.contentsOfDirectory(atPath: own).filter { $0.hasPrefix("_3gpp") }.sorted()
        try FileManager.default.createDirectory(atPath: directory.file("modules"), withIntermediateDirectories: true)
        for name in names { try FileManager.default.copyItem(atPath: "\(own)/\(name)", toPath: directory.file("modules/\(name)")) }
        let modules = names.map { "--module=\($0.dropLast(5))" }
        // Where it works it leaves a copy of what a commit may have to take back.
        self.process = try Leash(
            [
                "/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory.file("modules"), Self.executable,
                "--modpath=\(directory.file("modules")):/usr/share/yuma/modules",
                "--ncxserver-sockname=\(socket)", "--port=\(server.port)", "--no-startup", "--target=candidate", "--superuser=\(server.user)",
                "--log-level=warn",
            ] + modules, environment: ["HOME": directory.file("modules")], log: directory.file("log"))
        let deadline = ContinuousClock.now + .seconds(20)
        while !FileManager.default.fileExists(atPath: socket) {
            guard self.process.isRunning, ContinuousClock.now < deadline else {
                throw Tool.Failed(reason: (try? String(contentsOfFile: directory.file("log"), encoding: .utf8)) ?? "netconfd does not begin")
            }
            usleep(5_000)
        }
    }

    package func stop() {
        self.server.stop()
        self.process.release()
    }
}
