import JSONSchema

/// One line of a watch.
enum WatchEvent: Sendable {
    /// Added or modified: what matters is that it is as it is.
    case changed(KubernetesObject)
    case deleted(KubernetesObject)
    /// Nothing happened up to this version.
    case bookmark(String)
    case failed(KubernetesError)

    init(_ line: [UInt8]) throws(KubernetesError) {
        let value: JSONValue
        do throws(JSONParseError) { value = try JSONValue(parsing: line, maxDepth: 200) } catch { throw .nonsense("an event: \(error)") }
        guard let object = value["object"] else { throw .nonsense("an event without an object") }
        switch value["type"]?.string {
        case "ADDED", "MODIFIED": self = .changed(KubernetesObject(object))
        case "DELETED": self = .deleted(KubernetesObject(object))
        case "BOOKMARK":
            guard let version = KubernetesObject(object).resourceVersion else { throw .nonsense("a bookmark without a version") }
            self = .bookmark(version)
        case "ERROR": self = .failed(KubernetesError(status: object, code: 500))
        case let type: throw .nonsense("an event of type \(type ?? "none")")
        }
    }
}
