import Foundation
import IntentModel
import JSONSchema
import Kubernetes
import Yams

/// An object of a published package whose arrival can be seen.
struct DesiredObject: Sendable, Equatable {
    let kind: ResourceKind
    let key: ObjectKey
    let json: JSONValue

    private static let kinds: [ResourceKind] = [.deployment, .statefulSet, .daemonSet, .functionDeployment]

    /// A server knows no times: `kubectl.kubernetes.io/restartedAt` stays the text that it is.
    private static let resolver = Resolver.default.removing(.timestamp)

    /// Those of a package's files, in their order; what is not YAML, or none of these kinds, is passed over.
    static func all(in files: [PackageFile], namespace: String) -> [DesiredObject] {
        files.filter { $0.path.hasSuffix(".yaml") || $0.path.hasSuffix(".yml") }.flatMap { file -> [DesiredObject] in
            // Most files hold nothing of the kind, and parsing costs.
            guard file.content.contains("Deployment") || file.content.contains("StatefulSet") || file.content.contains("DaemonSet"),
                let documents = try? Array(Yams.load_all(yaml: file.content, self.resolver))
            else { return [] }
            return documents.compactMap { document in
                let json = JSONValue(yaml: document)
                guard let kind = self.kinds.first(where: { $0.kind == json["kind"]?.string && $0.apiVersion == json["apiVersion"]?.string }),
                    let metadata = json["metadata"], let name = metadata["name"]?.string,
                    metadata["annotations"]?["config.kubernetes.io/local-config"]?.string != "true"
                else { return nil }
                return DesiredObject(kind: kind, key: ObjectKey(namespace: metadata["namespace"]?.string ?? namespace, name: name), json: json)
            }
        }
    }
}

extension JSONValue {
    /// What a YAML parser has made; what JSON has no form for is text.
    init(yaml value: Any?) {
        switch value {
        case nil: self = .null
        case let value as Bool: self = .boolean(value)
        case let value as Int: self = .number(Double(value))
        case let value as Double: self = .number(value)
        case let value as String: self = .string(value)
        case is NSNull: self = .null
        case let value as [Any]: self = .array(value.map { JSONValue(yaml: $0) })
        case let value as [AnyHashable: Any]:
            self = .object(Dictionary(value.map { ("\($0.key)", JSONValue(yaml: $0.value)) }, uniquingKeysWith: { _, last in last }))
        case .some(let value): self = .string("\(value)")
        }
    }
}
