import Foundation
package import HTTPFetch

/// An API server, how to trust it and what to show it.
package struct ClusterAccess: Sendable {
    /// `https://host:6443`, without a slash at its end.
    package let server: String
    package let caFile: String?
    package let certificate: HTTPFetcher.ClientCertificate?
    package let proxy: String?
    package let credential: ClusterCredential
    /// Where objects are that say nothing else.
    package let namespace: String
    /// For people: `kind-lab of /home/…/config`, `in-cluster`.
    package let name: String
    /// Holds what had to be written to files as long as it is used.
    private let files: PrivateFiles?

    package init(server: String, token: String? = nil, caFile: String? = nil, namespace: String = "default", name: String = "direct") {
        self.init(
            server: server, caFile: caFile, certificate: nil, proxy: nil, credential: ClusterCredential(token.map { .token($0) } ?? .none),
            namespace: namespace, name: name, files: nil)
    }

    private init(
        server: String, caFile: String?, certificate: HTTPFetcher.ClientCertificate?, proxy: String?, credential: ClusterCredential, namespace: String,
        name: String, files: PrivateFiles?
    ) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.caFile = caFile
        self.certificate = certificate
        self.proxy = proxy
        self.credential = credential
        self.namespace = namespace
        self.name = name
        self.files = files
    }

    // MARK: From a kubeconfig

    /// - Parameters:
    ///   - context: instead of the current one.
    ///   - allowsExec: credentials may come from programs that the file names.
    package init(_ config: KubeConfig, context: String? = nil, allowsExec: Bool = false) throws(InvalidAccess) {
        guard let name = context ?? config.currentContext else { throw InvalidAccess(config.files, "has no current-context; name one") }
        guard let context = config.contexts[name] else {
            throw InvalidAccess(config.files, "has no context \(name); there are \(config.contexts.keys.sorted().joined(separator: ", "))")
        }
        guard let cluster = config.clusters[context.entry.cluster] else {
            throw InvalidAccess(config.files, "context \(name) names the cluster \(context.entry.cluster), which is not there")
        }
        let place = "\(cluster.file): cluster \(context.entry.cluster)"
        guard let server = cluster.entry.server, server.hasPrefix("https://") || server.hasPrefix("http://") else {
            throw InvalidAccess(place, "server must be an http:// or https:// URL")
        }
        guard cluster.entry.insecureSkipTlsVerify != true else {
            throw InvalidAccess(place, "insecure-skip-tls-verify is refused: certificates are always verified; name the certificate-authority")
        }
        guard cluster.entry.tlsServerName?.isEmpty ?? true else { throw InvalidAccess(place, "tls-server-name is not supported") }
        let files = try PrivateFiles()
        let caFile = try files.path(
            cluster.entry.certificateAuthority, data: cluster.entry.certificateAuthorityData, as: "ca.crt", beside: cluster.file,
            "\(place): certificate-authority")
        var certificate: HTTPFetcher.ClientCertificate?
        var credential = ClusterCredential.Source.none
        if let userName = context.entry.user, !userName.isEmpty {
            guard let user = config.users[userName] else {
                throw InvalidAccess(config.files, "context \(name) names the user \(userName), which is not there")
            }
            let place = "\(user.file): user \(userName)"
            certificate = try Self.certificate(user, files, place)
            credential = try Self.credential(user, allowsExec: allowsExec, place)
        }
        self.init(
            server: server, caFile: caFile, certificate: certificate, proxy: cluster.entry.proxyUrl, credential: ClusterCredential(credential),
            namespace: context.entry.namespace ?? "default", name: "\(name) of \(cluster.file)", files: files)
    }

    private static func certificate(
        _ user: KubeConfig.Placed<KubeConfig.User>, _ files: PrivateFiles, _ place: String
    ) throws(InvalidAccess) -> HTTPFetcher.ClientCertificate? {
        let entry = user.entry
        guard
            let certificate = try files.path(
                entry.clientCertificate, data: entry.clientCertificateData, as: "client.crt", beside: user.file, "\(place): client-certificate")
        else { return nil }
        guard let key = try files.path(entry.clientKey, data: entry.clientKeyData, as: "client.key", beside: user.file, "\(place): client-key") else {
            throw InvalidAccess(place, "has a client-certificate and no client-key")
        }
        return HTTPFetcher.ClientCertificate(certificateFile: certificate, keyFile: key)
    }

    private static func credential(
        _ user: KubeConfig.Placed<KubeConfig.User>, allowsExec: Bool, _ place: String
    ) throws(InvalidAccess) -> ClusterCredential.Source {
        let entry = user.entry
        if let provider = entry.authProvider {
            throw InvalidAccess(place, "auth-provider \(provider.name ?? "") is not supported; Kubernetes gave it up for exec plugins")
        }
        guard entry.impersonate == nil else { throw InvalidAccess(place, "impersonation (as) is not supported") }
        // A file wins over the token beside it, as with kubectl: it is the one that is renewed.
        if let file = entry.tokenFile, !file.isEmpty { return .file(PrivateFiles.absolute(file, beside: user.file)) }
        if let token = entry.token, !token.isEmpty { return .token(token) }
        if let username = entry.username, !username.isEmpty { return .basic(username, entry.password ?? "") }
        guard let exec = entry.exec else { return .none }
        guard allowsExec else {
            throw InvalidAccess(
                place, "credentials come from the program \(exec.command); KUBE_ALLOW_EXEC=true allows that, a token or certificate does without")
        }
        let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]
        guard let version = exec.apiVersion, versions.contains(version) else {
            throw InvalidAccess(place, "exec.apiVersion must be \(versions.joined(separator: " or "))")
        }
        var command = exec
        // With a slash in it, it is a path; without, looked for in PATH.
        if command.command.contains("/") { command.command = PrivateFiles.absolute(command.command, beside: user.file) }
        return .exec(command)
    }

    // MARK: In a pod

    /// Where a pod finds what its service account is given.
    package static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// - Parameter environment: `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`.
    package static func inCluster(
        environment: [String: String], directory: String = serviceAccountDirectory
    ) throws(InvalidAccess) -> ClusterAccess {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty, let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty else {
            throw InvalidAccess("in-cluster", "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod")
        }
        let token = directory + "/token"
        guard FileManager.default.isReadableFile(atPath: token) else { throw InvalidAccess(token, "cannot be read: is a service account mounted?") }
        let ca = directory + "/ca.crt"
        guard FileManager.default.isReadableFile(atPath: ca) else { throw InvalidAccess(ca, "cannot be read") }
        let namespace = (try? String(contentsOfFile: directory + "/namespace", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
        let authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        return ClusterAccess(
            server: "https://" + authority, caFile: ca, certificate: nil, proxy: nil, credential: ClusterCredential(.file(token)),
            namespace: namespace.flatMap { $0.isEmpty ? nil : $0 } ?? "default", name: "in-cluster", files: nil)
    }
}
