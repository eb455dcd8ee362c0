import JSONSchema
import Kubernetes

/// Looks at what a cluster is told to run: the pods of deployments, jobs and whatever else makes some.
enum WorkloadAudit {
    static func findings(_ object: KubernetesObject) -> [SecurityFinding] {
        guard let spec = self.podSpec(of: object) else { return [] }
        let name = ClusterAudit.name(object)
        var found: [SecurityFinding] = []
        for member in ["hostNetwork", "hostPID", "hostIPC"] where spec[member]?.boolean == true {
            found.append(.init(.high, "host-namespace", name, "\(member): its containers are not apart from the node"))
        }
        for volume in spec["volumes"]?.array ?? [] {
            guard let path = volume["hostPath"]?["path"]?.string else { continue }
            found.append(.init(.high, "host-path", name, "the volume \(volume["name"]?.string ?? "") is \(path) of the node"))
        }
        let containers = (spec["initContainers"]?.array ?? []) + (spec["containers"]?.array ?? [])
        for container in containers { found += self.findings(container, spec["securityContext"] ?? .null, name) }
        return found
    }

    private static func findings(_ container: JSONValue, _ pod: JSONValue, _ name: String) -> [SecurityFinding] {
        let object = "\(name), container \(container["name"]?.string ?? "")"
        let own = container["securityContext"] ?? .null
        var found: [SecurityFinding] = []
        func add(_ severity: SecurityFinding.Severity, _ rule: String, _ detail: String) { found.append(.init(severity, rule, object, detail)) }
        if own["privileged"]?.boolean == true { add(.high, "privileged", "it may do on the node whatever root may") }
        if (own["runAsNonRoot"] ?? pod["runAsNonRoot"])?.boolean != true { add(.medium, "root", "runAsNonRoot is not set") }
        if own["allowPrivilegeEscalation"]?.boolean != false { add(.medium, "privilege-escalation", "allowPrivilegeEscalation is not false") }
        let dropped = own["capabilities"]?["drop"]?.array?.compactMap(\.string) ?? []
        if !dropped.contains(where: { $0.uppercased() == "ALL" }) { add(.medium, "capabilities", "capabilities are not dropped") }
        let added = (own["capabilities"]?["add"]?.array ?? []).compactMap(\.string).filter { $0 != "NET_BIND_SERVICE" }
        if !added.isEmpty { add(.high, "capabilities", "capabilities are added: \(added.joined(separator: ", "))") }
        if own["readOnlyRootFilesystem"]?.boolean != true { add(.low, "root-filesystem", "readOnlyRootFilesystem is not set") }
        let profile = (own["seccompProfile"] ?? pod["seccompProfile"])?["type"]?.string
        if profile != "RuntimeDefault" && profile != "Localhost" { add(.low, "seccomp", "no seccompProfile") }
        for (member, quantity) in [("limits", "memory"), ("requests", "cpu"), ("requests", "memory")] {
            let value = container["resources"]?[member]?[quantity]
            if value == nil || value == .null { add(.medium, "resources", "no \(member).\(quantity)") }
        }
        let image = container["image"]?.string ?? ""
        let last = image.split(separator: "/").last ?? ""
        if !image.contains("@sha256:"), !last.contains(":") || last.hasSuffix(":latest") {
            add(.low, "image-tag", "\(image) is whatever it is at the moment; name a version or a digest")
        }
        for variable in container["env"]?.array ?? [] {
            guard let key = variable["name"]?.string, let value = variable["value"]?.string, !value.isEmpty else { continue }
            if SecretText.isSecret(key: key, value: value) { add(.high, "secret-in-environment", "\(key) is in the clear; use a Secret") }
        }
        return found
    }

    /// Of whatever makes pods, by where their template is; nil of anything else.
    static func podSpec(of object: KubernetesObject) -> JSONValue? {
        switch object["kind"]?.string {
        case "Pod": object.spec
        case "CronJob": object.spec["jobTemplate"]?["spec"]?["template"]?["spec"]
        case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "Rollout": object.spec["template"]?["spec"]
        default: nil
        }
    }

    static func podLabels(of object: KubernetesObject) -> [String: String] {
        let metadata =
            switch object["kind"]?.string {
            case "Pod": object["metadata"]
            case "CronJob": object.spec["jobTemplate"]?["spec"]?["template"]?["metadata"]
            default: object.spec["template"]?["metadata"]
            }
        return metadata?["labels"]?.object?.compactMapValues(\.string) ?? [:]
    }
}

/// What looks like a secret where none should be.
enum SecretText {
    private static let parts = ["password", "passwd", "secret", "token", "apikey", "privatekey", "credential"]
    /// Words after which a key names a place or a limit rather than the thing itself.
    private static let places = ["file", "path", "ref", "name", "url", "ttl", "seconds", "limit", "mode", "dir", "directory", "enabled"]

    static func isSecret(key: String, value: String) -> Bool {
        if value.contains("-----BEGIN") && value.contains("PRIVATE KEY-----") { return true }
        if let scheme = value.firstRange(of: "://"), let at = value[scheme.upperBound...].prefix(while: { $0 != "/" }).firstIndex(of: "@"),
            value[scheme.upperBound..<at].contains(":")
        {
            return true
        }
        let words = key.lowercased().split { !$0.isLetter && !$0.isNumber }
        let name = words.joined()
        guard self.parts.contains(where: { name.contains($0) }), let last = words.last.map(String.init) else { return false }
        return !self.places.contains(last) && !value.hasPrefix("/") && Int(value) == nil
    }
}
