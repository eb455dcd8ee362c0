import Foundation
import JSONSchema
import Kubernetes
import Resilience
import Yams

/// What a ``ClusterAudit`` looks at, and where it comes from.
enum ClusterObjects {
    static let kinds = [
        ResourceKind.deployment, .statefulSet, .daemonSet, .pod,
        ResourceKind(group: "batch", version: "v1", kind: "Job", plural: "jobs"),
        ResourceKind(group: "batch", version: "v1", kind: "CronJob", plural: "cronjobs"),
        ResourceKind(group: "", version: "v1", kind: "Service", plural: "services"),
        ResourceKind(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps"),
        ResourceKind(group: "", version: "v1", kind: "Secret", plural: "secrets"),
        ResourceKind(group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy", plural: "networkpolicies"),
        ResourceKind(group: "networking.k8s.io", version: "v1", kind: "Ingress", plural: "ingresses"),
        ResourceKind(group: "rbac.authorization.k8s.io", version: "v1", kind: "Role", plural: "roles"),
        ResourceKind(group: "rbac.authorization.k8s.io", version: "v1", kind: "RoleBinding", plural: "rolebindings"),
    ]
    /// Looked at for what concerns the namespace: those that are labelled as this product's.
    static let wideKinds = [
        ResourceKind(group: "rbac.authorization.k8s.io", version: "v1", kind: "ClusterRole", plural: "clusterroles", isNamespaced: false),
        ResourceKind(group: "rbac.authorization.k8s.io", version: "v1", kind: "ClusterRoleBinding", plural: "clusterrolebindings", isNamespaced: false),
    ]
    static let ownLabel = "app.kubernetes.io/part-of=nephoran"

    /// All objects of a namespace. What may not be read is a finding, not a failure: the rest is looked at.
    static func live(_ client: KubernetesClient, namespace: String) async throws(CommandFailure) -> ([KubernetesObject], [SecurityFinding]) {
        var objects: [KubernetesObject] = []
        var findings: [SecurityFinding] = []
        let selections = self.kinds.map { ObjectSelection($0, namespace: namespace) } + self.wideKinds.map { ObjectSelection($0, labels: self.ownLabel) }
        for selection in selections {
            do throws(KubernetesError) {
                // Pods of a deployment are as it says.
                objects += try await client.list(selection).filter { selection.kind != .pod || $0.metadata["ownerReferences"] == nil }
            } catch {
                guard let status = error.code else { throw CommandFailure(.unreachable, "the cluster does not answer: \(error)") }
                findings.append(.init(.note, "not-readable", selection.kind.plural, "the server answered \(status): not looked at"))
            }
        }
        return (objects, findings)
    }

    /// All objects of YAML files, documents parted by `---`.
    static func manifests(_ paths: [String]) throws(CommandFailure) -> [KubernetesObject] {
        var objects: [KubernetesObject] = []
        for path in paths {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw CommandFailure(.usage, "cannot read \(path)") }
            do {
                for document in try Yams.compose_all(yaml: text) {
                    let value = self.value(document)
                    // A List holds others.
                    let items = value["kind"]?.string?.hasSuffix("List") == true ? value["items"]?.array ?? [] : [value]
                    objects += items.filter { $0["kind"]?.string != nil }.map { KubernetesObject($0) }
                }
            } catch {
                throw CommandFailure(.usage, "\(path) is not YAML: \("\(error)".replacing("\n", with: " "))")
            }
        }
        return objects
    }

    private static func value(_ node: Node) -> JSONValue {
        switch node {
        case .mapping(let mapping):
            return .object(Dictionary(mapping.map { ($0.key.string ?? "", self.value($0.value)) }, uniquingKeysWith: { _, last in last }))
        case .sequence(let sequence): return .array(sequence.map { self.value($0) })
        default:
            if node.null != nil { return .null }
            if let flag = node.bool { return .boolean(flag) }
            if let number = node.float { return .number(number) }
            return .string(node.string ?? "")
        }
    }
}
