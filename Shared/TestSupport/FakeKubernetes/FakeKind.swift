/// A kind that a ``FakeKubernetes`` serves.
package struct FakeKind: Sendable, Hashable {
    /// Empty for the core kinds.
    package let group: String
    package let version: String
    package let kind: String
    package let plural: String
    package let isNamespaced: Bool
    /// Its status is written apart, and raises no generation.
    package let hasStatus: Bool

    package init(_ group: String, _ version: String, _ kind: String, _ plural: String, isNamespaced: Bool = true, hasStatus: Bool = true) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
        self.hasStatus = hasStatus
    }

    package var apiVersion: String { self.group.isEmpty ? self.version : "\(self.group)/\(self.version)" }

    package static let builtIn = [
        FakeKind("", "v1", "Namespace", "namespaces", isNamespaced: false), FakeKind("", "v1", "Pod", "pods"),
        FakeKind("", "v1", "ConfigMap", "configmaps", hasStatus: false), FakeKind("apps", "v1", "Deployment", "deployments"),
        FakeKind("apps", "v1", "ReplicaSet", "replicasets"), FakeKind("apps", "v1", "StatefulSet", "statefulsets"),
        FakeKind("apps", "v1", "DaemonSet", "daemonsets"), FakeKind("coordination.k8s.io", "v1", "Lease", "leases", hasStatus: false),
        FakeKind("workload.nephio.org", "v1alpha1", "NFDeployment", "nfdeployments"),
        FakeKind("nephoran.com", "v1", "NetworkIntent", "networkintents"), FakeKind("nephoran.com", "v1", "IntentProcessing", "intentprocessings"),
        FakeKind("nephoran.com", "v1", "ResourcePlan", "resourceplans"), FakeKind("nephoran.com", "v1", "ManifestGeneration", "manifestgenerations"),
        FakeKind("nephoran.com", "v1", "GitOpsDeployment", "gitopsdeployments"),
        FakeKind("nephoran.com", "v1", "DeploymentVerification", "deploymentverifications"),
        FakeKind("nephoran.com", "v1", "ManagedElement", "managedelements"), FakeKind("nephoran.com", "v1", "E2NodeSet", "e2nodesets"),
    ]
}

/// Which object a request is about, read from its path.
struct FakeAddress: Sendable {
    var kind: FakeKind
    var namespace: String?
    var name: String?
    var subresource: String?

    /// Nil for a path that leads to no kind.
    init?(path: String, kinds: [FakeKind]) {
        var parts = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        let group: String
        switch parts.first {
        case "api" where parts.count >= 3: (group, parts) = ("", Array(parts.dropFirst()))
        case "apis" where parts.count >= 4: (group, parts) = (parts[1], Array(parts.dropFirst(2)))
        default: return nil
        }
        let version = parts.removeFirst()
        if parts.count >= 3, parts[0] == "namespaces" {
            self.namespace = parts[1]
            parts.removeFirst(2)
        }
        guard let kind = kinds.first(where: { $0.group == group && $0.version == version && $0.plural == parts[0] }) else { return nil }
        guard kind.isNamespaced || self.namespace == nil, parts.count <= 3 else { return nil }
        self.kind = kind
        self.name = parts.count > 1 ? parts[1] : nil
        self.subresource = parts.count > 2 ? parts[2] : nil
    }
}
