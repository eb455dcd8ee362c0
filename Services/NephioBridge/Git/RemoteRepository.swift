import FoundationEssentials

/// A repository that others push to as well.
struct RemoteRepository: Sendable {
    /// Without credentials: what results and logs show.
    let url: String
    private let credential: GitCredential
    /// `user:password` as the URL held it.
    private let embedded: String?
    private let ssh: SSHAccess
    /// PEM file of the authorities an HTTPS server's certificate may be from, instead of the system's.
    private let authorities: String?

    /// `https://`, `http://`, `ssh://`, `file://`, `user@host:path` or a path. Credentials inside an HTTP URL are used, but
    /// never shown, stored or passed as an argument.
    init(url: String, credential: GitCredential = .none, ssh: SSHAccess = SSHAccess(), authorities: String? = nil) {
        self.credential = credential
        self.ssh = ssh
        self.authorities = authorities
        guard let scheme = ["https://", "http://"].first(where: { url.hasPrefix($0) }) else {
            self.url = url
            self.embedded = nil
            return
        }
        let rest = url.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" }
        if let at = host.lastIndex(of: "@") {
            self.embedded = String(host[..<at])
            self.url = scheme + rest[rest.index(after: at)...]
        } else {
            self.embedded = nil
            self.url = url
        }
    }

    /// The configuration a git process needs to reach the remote under the name `origin`.
    var settings: [String: String] {
        // Where a server sends us instead, nobody has configured.
        var settings = ["remote.origin.url": self.url, "core.sshCommand": self.ssh.command, "http.followRedirects": "false"]
        if let file = self.authorities { settings["http.sslCAInfo"] = file }
        // Any user name is accepted with a token by the servers in use; the header is bound to the URL, so that a redirect
        // to another host does not carry it along.
        if self.url.hasPrefix("http"), let login = self.credential.secret.map({ "nephoran:\($0)" }) ?? self.embedded?.removingPercentEncoding {
            settings["http.\(self.url).extraHeader"] = "Authorization: Basic " + Data(login.utf8).base64EncodedString()
        }
        return settings
    }
}
