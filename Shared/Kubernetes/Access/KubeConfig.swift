import Foundation
import Yams

/// What kubeconfig files say: clusters, users, and contexts that put them together. Source: `client.config` v1 of Kubernetes.
package struct KubeConfig: Sendable {
    struct Cluster: Decodable, Sendable {
        var server: String?
        var certificateAuthority: String?
        var certificateAuthorityData: String?
        var insecureSkipTlsVerify: Bool?
        var tlsServerName: String?
        var proxyUrl: String?

        enum CodingKeys: String, CodingKey {
            case server
            case certificateAuthority = "certificate-authority"
            case certificateAuthorityData = "certificate-authority-data"
            case insecureSkipTlsVerify = "insecure-skip-tls-verify"
            case tlsServerName = "tls-server-name"
            case proxyUrl = "proxy-url"
        }
    }

    struct User: Decodable, Sendable {
        var token: String?
        var tokenFile: String?
        var username: String?
        var password: String?
        var clientCertificate: String?
        var clientCertificateData: String?
        var clientKey: String?
        var clientKeyData: String?
        var exec: ExecCommand?
        var authProvider: Provider?
        var impersonate: String?

        struct Provider: Decodable, Sendable { var name: String? }

        enum CodingKeys: String, CodingKey {
            case token, tokenFile, username, password, exec
            case clientCertificate = "client-certificate"
            case clientCertificateData = "client-certificate-data"
            case clientKey = "client-key"
            case clientKeyData = "client-key-data"
            case authProvider = "auth-provider"
            case impersonate = "as"
        }
    }

    struct Context: Decodable, Sendable {
        var cluster: String
        var user: String?
        var namespace: String?
    }

    private struct Document: Decodable {
        struct NamedCluster: Decodable { var name: String; var cluster: Cluster? }
        struct NamedUser: Decodable { var name: String; var user: User? }
        struct NamedContext: Decodable { var name: String; var context: Context? }

        var clusters: [NamedCluster]?
        var users: [NamedUser]?
        var contexts: [NamedContext]?
        var currentContext: String?

        enum CodingKeys: String, CodingKey {
            case clusters, users, contexts
            case currentContext = "current-context"
        }
    }

    /// An entry together with the file it is from: relative paths are meant from there.
    struct Placed<Entry: Sendable>: Sendable {
        var entry: Entry
        var file: String
    }

    private(set) var clusters: [String: Placed<Cluster>] = [:]
    private(set) var users: [String: Placed<User>] = [:]
    private(set) var contexts: [String: Placed<Context>] = [:]
    private(set) var currentContext: String?
    let files: String

    /// - Parameter list: paths separated by `:`. What an earlier file says wins; files that are not there are passed over, unless none is.
    package init(files list: String) throws(InvalidAccess) {
        self.files = list
        var found = false
        for path in list.split(separator: ":").map(String.init) {
            guard FileManager.default.fileExists(atPath: path) else { continue }
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw InvalidAccess(path, "cannot be read") }
            found = true
            try self.add(text, file: path)
        }
        guard found else { throw InvalidAccess(list, "there is no such file") }
    }

    /// What one file says.
    init(_ text: String, file: String) throws(InvalidAccess) {
        self.files = file
        try self.add(text, file: file)
    }

    private mutating func add(_ text: String, file: String) throws(InvalidAccess) {
        let document: Document
        do {
            document = try YAMLDecoder().decode(Document.self, from: text)
        } catch {
            // Without values: the file holds secrets.
            let path = (error as? DecodingError).map(Self.path) ?? "not YAML"
            throw InvalidAccess(file, "is no kubeconfig (\(path))")
        }
        for cluster in document.clusters ?? [] where self.clusters[cluster.name] == nil {
            self.clusters[cluster.name] = cluster.cluster.map { Placed(entry: $0, file: file) }
        }
        for user in document.users ?? [] where self.users[user.name] == nil { self.users[user.name] = user.user.map { Placed(entry: $0, file: file) } }
        for context in document.contexts ?? [] where self.contexts[context.name] == nil {
            self.contexts[context.name] = context.context.map { Placed(entry: $0, file: file) }
        }
        if self.currentContext == nil, let current = document.currentContext, !current.isEmpty { self.currentContext = current }
    }

    private static func path(_ error: DecodingError) -> String {
        let context =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context), .dataCorrupted(let context): context
            @unknown default: DecodingError.Context(codingPath: [], debugDescription: "")
            }
        return "at /" + context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "/")
    }
}

/// A program that hands out credentials (`client.authentication.k8s.io`).
struct ExecCommand: Decodable, Sendable, Equatable {
    struct Variable: Decodable, Sendable, Equatable { var name: String; var value: String }

    var apiVersion: String?
    var command: String
    var args: [String]?
    var env: [Variable]?
}
