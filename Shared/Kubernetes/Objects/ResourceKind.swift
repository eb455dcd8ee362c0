/// A kind of object and where an API server keeps its objects.
package struct ResourceKind: Sendable, Hashable {
    /// `apps`; empty for the core kinds.
    package let group: String
    package let version: String
    package let kind: String
    /// Lower case, as in paths.
    package let plural: String
    package let isNamespaced: Bool

    package init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    /// As an object says it: `apps/v1`, `v1`.
    package var apiVersion: String { self.group.isEmpty ? self.version : "\(self.group)/\(self.version)" }

    /// Path of the collection; of all namespaces when none is given.
    func path(namespace: String?) -> String {
        let root = self.group.isEmpty ? "/api/\(self.version)" : "/apis/\(self.group)/\(self.version)"
        guard self.isNamespaced, let namespace else { return "\(root)/\(self.plural)" }
        return "\(root)/namespaces/\(namespace.percentEncoded)/\(self.plural)"
    }

    /// Path of one object, or of a part of it (`status`, `log`).
    func path(namespace: String?, name: String, subresource: String? = nil) -> String {
        self.path(namespace: namespace) + "/" + name.percentEncoded + (subresource.map { "/" + $0 } ?? "")
    }
}

extension ResourceKind {
    package static let pod = ResourceKind(group: "", version: "v1", kind: "Pod", plural: "pods")
    package static let deployment = ResourceKind(group: "apps", version: "v1", kind: "Deployment", plural: "deployments")
    package static let statefulSet = ResourceKind(group: "apps", version: "v1", kind: "StatefulSet", plural: "statefulsets")
    package static let daemonSet = ResourceKind(group: "apps", version: "v1", kind: "DaemonSet", plural: "daemonsets")
    package static let lease = ResourceKind(group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")
    package static let functionDeployment = ResourceKind(
        group: "workload.nephio.org", version: "v1alpha1", kind: "NFDeployment", plural: "nfdeployments")
}

extension String {
    /// For one segment of a path, or a value of a query: only unreserved characters (RFC 3986 §2.3) stay.
    var percentEncoded: String {
        let digits: StaticString = "0123456789ABCDEF"
        var out: [UInt8] = []
        out.reserveCapacity(self.utf8.count)
        for byte in self.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), digits.utf8Start[Int(byte >> 4)], digits.utf8Start[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
