import Foundation
import JSONSchema
import Kubernetes

/// Looks at the objects of a cluster, or of manifests: one rule a function, over all that were found.
struct ClusterAudit {
    let objects: [KubernetesObject]
    let now: Date

    func findings() -> [SecurityFinding] {
        var found = self.networkPolicies()
        for object in self.objects {
            found += WorkloadAudit.findings(object)
            for rule in [self.rules, self.binding, self.configuration, self.age, self.exposure] { found += rule(object) }
        }
        return found
    }

    static func name(_ object: KubernetesObject) -> String { "\(object["kind"]?.string ?? "object") \(object.key)" }

    // MARK: Who may do what

    private func rules(_ object: KubernetesObject) -> [SecurityFinding] {
        guard let kind = object["kind"]?.string, kind == "Role" || kind == "ClusterRole" else { return [] }
        let isWide = kind == "ClusterRole"
        var found: [SecurityFinding] = []
        for rule in object["rules"]?.array ?? [] {
            func values(_ member: String) -> [String] { rule[member]?.array?.compactMap(\.string) ?? [] }
            let (verbs, resources, groups) = (values("verbs"), values("resources"), values("apiGroups"))
            func add(_ severity: SecurityFinding.Severity, _ name: String, _ detail: String) {
                found.append(.init(severity, name, Self.name(object), detail))
            }
            if verbs.contains("*") || resources.contains("*") || groups.contains("*") {
                add(.high, "rbac-wildcard", "a rule with *: \(verbs.joined(separator: ",")) on \(resources.joined(separator: ","))")
            }
            for verb in ["escalate", "bind", "impersonate"] where verbs.contains(verb) {
                add(.high, "rbac-escalation", "\(verb) on \(resources.joined(separator: ","))")
            }
            if resources.contains("secrets"), values("resourceNames").isEmpty, verbs.contains(where: { ["get", "list", "watch"].contains($0) }) {
                add(
                    isWide ? .high : .medium, "rbac-secrets",
                    "it reads every Secret \(isWide ? "of the cluster" : "of the namespace"); name them (resourceNames)")
            }
            for resource in ["pods/exec", "pods/attach", "nodes/proxy", "serviceaccounts/token"] where resources.contains(resource) {
                add(.high, "rbac-escalation", "\(verbs.joined(separator: ",")) on \(resource)")
            }
        }
        return found
    }

    private func binding(_ object: KubernetesObject) -> [SecurityFinding] {
        guard let kind = object["kind"]?.string, kind == "RoleBinding" || kind == "ClusterRoleBinding" else { return [] }
        var found: [SecurityFinding] = []
        if let role = object["roleRef"]?["name"]?.string, role == "cluster-admin" || role == "admin" || role == "edit" {
            found.append(.init(.high, "rbac-binding", Self.name(object), "it gives the role \(role)"))
        }
        for subject in object["subjects"]?.array ?? [] {
            let name = subject["name"]?.string ?? ""
            if name == "system:anonymous" || name == "system:unauthenticated" || name == "system:authenticated" || name == "default" {
                found.append(.init(.high, "rbac-binding", Self.name(object), "it is for \(name)"))
            }
        }
        return found
    }

    // MARK: What is written where

    private func configuration(_ object: KubernetesObject) -> [SecurityFinding] {
        guard object["kind"]?.string == "ConfigMap" else { return [] }
        return (object["data"]?.object ?? [:]).sorted { $0.key < $1.key }.compactMap { key, value in
            guard let text = value.string, !text.isEmpty else { return nil }
            let isSecret =
                SecretText.isSecret(key: key, value: text)
                || text.split(separator: "\n").contains { line in
                    let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                    return parts.count == 2 && !parts[0].hasPrefix("#") && parts[1].count >= 12 && !parts[1].contains(" ")
                        && SecretText.isSecret(key: parts[0], value: parts[1])
                }
            return isSecret ? .init(.high, "secret-in-configmap", Self.name(object), "\(key) holds what looks like a secret; use a Secret") : nil
        }
    }

    private func age(_ object: KubernetesObject) -> [SecurityFinding] {
        guard object["kind"]?.string == "Secret", object["type"]?.string != "kubernetes.io/service-account-token" else { return [] }
        // The last time somebody changed its data is not kept, unless by who did.
        let times =
            [object.metadata["creationTimestamp"]?.string] + (object.metadata["managedFields"]?.array ?? []).map { $0["time"]?.string }
        guard let last = times.compactMap({ $0 }).compactMap({ try? Date($0, strategy: .iso8601) }).max() else { return [] }
        let age = self.now.timeIntervalSince(last)
        guard age > FileAudit.maxSecretAge else { return [] }
        return [.init(.medium, "secret-age", Self.name(object), "it has not been changed for \(Int(age / 86_400)) days; rotate it (90)")]
    }

    private func exposure(_ object: KubernetesObject) -> [SecurityFinding] {
        switch object["kind"]?.string {
        case "Service":
            let type = object.spec["type"]?.string ?? "ClusterIP"
            guard type == "NodePort" || type == "LoadBalancer" else { return [] }
            return [.init(.medium, "service-exposed", Self.name(object), "\(type): it is reached past the ingress")]
        case "Ingress":
            guard (object.spec["tls"]?.array ?? []).isEmpty else { return [] }
            return [.init(.high, "ingress-plain", Self.name(object), "no tls: keys cross the network in the clear")]
        default: return []
        }
    }

    // MARK: Who may reach whom

    private func networkPolicies() -> [SecurityFinding] {
        let policies = self.objects.filter { $0["kind"]?.string == "NetworkPolicy" }
        return self.objects.compactMap { object in
            guard WorkloadAudit.podSpec(of: object) != nil, object.metadata["ownerReferences"] == nil else { return nil }
            let labels = WorkloadAudit.podLabels(of: object)
            let isCovered = policies.contains { policy in
                (policy.namespace ?? "default") == (object.namespace ?? "default") && Self.selects(policy.spec["podSelector"] ?? .null, labels)
                    && Self.isForIngress(policy)
            }
            return isCovered ? nil : .init(.medium, "network-policy", Self.name(object), "no NetworkPolicy says who may reach its pods")
        }
    }

    private static func isForIngress(_ policy: KubernetesObject) -> Bool {
        policy.spec["policyTypes"]?.array?.compactMap(\.string).contains("Ingress") ?? true
    }

    /// A selector of labels (`matchLabels`, `matchExpressions`); an empty one selects all.
    static func selects(_ selector: JSONValue, _ labels: [String: String]) -> Bool {
        let wanted = selector["matchLabels"]?.object?.compactMapValues(\.string) ?? [:]
        guard wanted.allSatisfy({ labels[$0.key] == $0.value }) else { return false }
        return (selector["matchExpressions"]?.array ?? []).allSatisfy { expression in
            let value = labels[expression["key"]?.string ?? ""]
            let values = expression["values"]?.array?.compactMap(\.string) ?? []
            return switch expression["operator"]?.string {
            case "In": value.map { values.contains($0) } ?? false
            case "NotIn": value.map { !values.contains($0) } ?? true
            case "Exists": value != nil
            case "DoesNotExist": value == nil
            default: false
            }
        }
    }

    /// Of everything that runs, each once.
    var images: [String] {
        Set(
            self.objects.compactMap(WorkloadAudit.podSpec).flatMap { spec in
                ((spec["initContainers"]?.array ?? []) + (spec["containers"]?.array ?? [])).compactMap { $0["image"]?.string }
            }
        ).sorted()
    }
}
