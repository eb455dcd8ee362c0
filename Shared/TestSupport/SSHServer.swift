import Foundation
import Glibc

/// OpenSSH's server on a free loopback port, for the user of this process; its subsystem `netconf` is a TCP port or a command, if one is given.
package final class SSHServer: Sendable {
    private static let executable = "/usr/sbin/sshd"

    package let port: Int
    package let user: String
    /// File of the key that is let in.
    package let clientKey: String
    /// Of the host's key, `SHA256:…`.
    package let fingerprint: String
    /// File that says which key this host has, for clients.
    package let knownHosts: String
    private let directory: TemporaryDirectory
    private let process: Leash

    /// - Parameters:
    ///   - subsystem: the command; it is told the port that is listened on.
    package init(subsystemPort: Int? = nil, subsystem: ((Int) -> String)? = nil) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.executable) else {
            throw Tool.Failed(reason: "no \(Self.executable): deploy/install-packages test installs it")
        }
        let directory = try TemporaryDirectory()
        self.directory = directory
        self.user = NSUserName()
        self.clientKey = directory.file("client")
        try Self.generateKey(directory.file("host"))
        try Self.generateKey(self.clientKey)
        self.fingerprint =
            try Tool.output(["ssh-keygen", "-l", "-f", directory.file("host.pub")]).split(separator: " ").dropFirst().first.map(String.init) ?? ""
        if let subsystemPort {
            // Bytes from and to the port, by the shell itself.
            let bridge = "exec 3<>/dev/tcp/127.0.0.1/\(subsystemPort)\ncat <&3 &\ncat <&0 >&3 &\nwait -n\nkill $(jobs -p) 2>/dev/null\n"
            try Data("#!/bin/bash\n\(bridge)".utf8).write(to: URL(fileURLWithPath: directory.file("netconf")))
            chmod(directory.file("netconf"), 0o755)
        }
        self.port = try FreePort.next()
        self.knownHosts = directory.file("known_hosts")
        let hostKey = try String(contentsOfFile: directory.file("host.pub"), encoding: .utf8)
        try Data("[127.0.0.1]:\(self.port) \(hostKey)".utf8).write(to: URL(fileURLWithPath: self.knownHosts))
        // The server leaves privileges to a directory that its own start would make.
        if geteuid() == 0 { try? FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true) }
        let configuration = """
            Port \(self.port)
            ListenAddress 127.0.0.1
            HostKey \(directory.file("host"))
            PidFile none
            UsePAM no
            StrictModes no
            PermitRootLogin yes
            PasswordAuthentication no
            AuthorizedKeysFile \(directory.file("client.pub"))
            Subsystem netconf \(subsystem?(self.port) ?? directory.file("netconf"))
            """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: directory.file("sshd_config")))
        self.process = try Leash([Self.executable, "-D", "-e", "-f", directory.file("sshd_config")], log: directory.file("log"))
        try Tool.awaitListener(self.port, self.process, log: directory.file("log"))
    }

    package func stop() { self.process.release() }

    package static func generateKey(_ path: String) throws {
        try Tool.output(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path])
    }
}
