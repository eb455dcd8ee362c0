import Foundation
import JSONSchema

/// How to reach a cluster's API, as the Kubernetes profile of its deployment manager says it; written as a kubeconfig. It holds a key: it is
/// handed to who administers the installation, and neither logged nor kept.
struct ClusterCredentials: Sendable {
    struct Incomplete: Error, CustomStringConvertible { let description: String }

    private let name: String
    private let server: String
    private let authority: String?
    private let user: String
    private let certificate: String
    private let key: String

    /// - Parameter manager: a DeploymentManager with `extensions.profileData`, as the O-RAN SC and O-Cloud Manager implementations have it.
    init(_ manager: JSONValue) throws(Incomplete) {
        guard let data = manager["extensions"]?["profileData"], data.object != nil else {
            throw Incomplete(description: "its deployment manager shows no profileData")
        }
        func text(_ member: String) -> String? { data[member]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        guard let server = text("cluster_api_endpoint") ?? manager["serviceUri"]?.string, server.hasPrefix("https://") || server.hasPrefix("http://") else {
            throw Incomplete(description: "its profile has no cluster_api_endpoint")
        }
        guard let certificate = text("admin_client_cert"), let key = text("admin_client_key") else {
            throw Incomplete(description: "its profile has no admin_client_cert and admin_client_key")
        }
        self.name = manager["name"]?.string ?? "cluster"
        self.server = server
        self.authority = text("cluster_ca_cert").map(Self.encoded)
        self.user = text("admin_user") ?? "admin"
        self.certificate = Self.encoded(certificate)
        self.key = Self.encoded(key)
    }

    /// Some write PEM, others its Base64.
    private static func encoded(_ text: String) -> String { text.hasPrefix("-----BEGIN") ? Data(text.utf8).base64EncodedString() : text }

    /// JSON, which is YAML and what every client of Kubernetes reads.
    var kubeconfig: JSONValue {
        var cluster: JSONValue = ["server": .string(self.server)]
        if let authority { cluster["certificate-authority-data"] = .string(authority) }
        return [
            "apiVersion": "v1", "kind": "Config", "current-context": .string(self.name),
            "clusters": [["name": .string(self.name), "cluster": cluster]],
            "contexts": [["name": .string(self.name), "context": ["cluster": .string(self.name), "user": .string(self.user)]]],
            "users": [
                ["name": .string(self.user), "user": ["client-certificate-data": .string(self.certificate), "client-key-data": .string(self.key)]]
            ],
        ]
    }
}
