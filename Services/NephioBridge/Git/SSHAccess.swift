/// How git reaches a repository over SSH: never with a question, never to a host whose key is not known.
struct SSHAccess: Sendable, Equatable {
    /// The private key; nil leaves the choice to the account's configuration and agent.
    var keyFile: String?
    /// Keys of hosts; nil for those that the account knows.
    var knownHostsFile: String?

    /// For git's `core.sshCommand`, which a shell reads.
    var command: String {
        var options = ["BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=10", "ServerAliveInterval=15", "ServerAliveCountMax=2"]
        if self.keyFile != nil { options.append("IdentitiesOnly=yes") }
        if let file = self.knownHostsFile { options += ["UserKnownHostsFile=\(Self.configured(file))", "GlobalKnownHostsFile=/dev/null"] }
        let key = self.keyFile.map { " -i \(Self.quoted($0))" } ?? ""
        return "ssh" + key + options.map { " -o \(Self.quoted($0))" }.joined()
    }

    private static func quoted(_ text: String) -> String { "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'" }

    /// A path as one word of ssh's configuration.
    private static func configured(_ path: String) -> String {
        "\"" + path.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\""
    }
}
