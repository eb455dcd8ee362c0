import JSONSchema

/// The fields of an object that a manager owns, as paths in the notation of `fieldsV1`: `f:spec`, `k:{"name":"amf"}`, `v:"a"`.
///
/// Lists are atomic, but for those that API servers merge by a key: conditions, containers, ports and the like; finalizers are a set.
struct FieldSet: Sendable, Equatable {
    var paths: Set<[String]> = []

    /// Keys of the lists that are maps. Source: `x-kubernetes-list-map-keys` of the built-in kinds.
    private static let listKeys = [
        "containers": "name", "initContainers": "name", "volumes": "name", "env": "name", "conditions": "type", "ports": "containerPort",
        "ownerReferences": "uid",
    ]

    init() {}

    /// Every leaf of `object`, but for what is nobody's: identity and what the server keeps itself.
    init(of object: JSONValue) {
        self.collect(object, [], member: nil)
        let unowned: Set<[String]> = [["f:apiVersion"], ["f:kind"]]
        self.paths = self.paths.filter { path in
            if unowned.contains(path) { return false }
            guard path.first == "f:metadata", path.count > 1 else { return path != ["f:metadata"] }
            return ["f:labels", "f:annotations", "f:finalizers", "f:ownerReferences"].contains(path[1])
        }
    }

    private mutating func collect(_ value: JSONValue, _ path: [String], member: String?) {
        switch value {
        case .object(let members) where !members.isEmpty:
            for (name, value) in members { self.collect(value, path + ["f:" + name], member: name) }
        case .array(let elements):
            if member == "finalizers" {
                for element in elements { self.paths.insert(path + ["v:" + element.text]) }
            } else if let member, let key = Self.listKeys[member], elements.allSatisfy({ $0[key] != nil }) {
                for element in elements {
                    let step = "k:" + JSONValue.object([key: element[key] ?? .null]).text
                    self.collect(element, path + [step], member: nil)
                }
            } else {
                self.paths.insert(path)
            }
        default: self.paths.insert(path)
        }
    }

    /// `fieldsV1`.
    var json: JSONValue {
        var root: JSONValue = .object([:])
        for path in self.paths.sorted(by: { $0.lexicographicallyPrecedes($1) }) { root = Self.inserting(path[...], into: root) }
        return root
    }

    private static func inserting(_ path: ArraySlice<String>, into value: JSONValue) -> JSONValue {
        guard let first = path.first else { return value }
        var value = value
        value[first] = Self.inserting(path.dropFirst(), into: value[first] ?? .object([:]))
        return value
    }

    // MARK: Values at paths

    static func value(_ path: [String], in object: JSONValue) -> JSONValue? {
        var current = object
        for step in path {
            guard let next = Self.child(step, of: current) else { return nil }
            current = next
        }
        return current
    }

    private static func child(_ step: String, of value: JSONValue) -> JSONValue? {
        if step.hasPrefix("f:") { return value[String(step.dropFirst(2))] }
        return value.array?.first { Self.isMeant($0, by: step) }
    }

    private static func isMeant(_ element: JSONValue, by step: String) -> Bool {
        guard let said = try? JSONValue(parsing: String(step.dropFirst(2))) else { return false }
        if step.hasPrefix("v:") { return element == said }
        return said.object?.allSatisfy { element[$0.key] == $0.value } ?? false
    }

    /// `object` with the value at `path`; nil takes it out, and containers that are empty then.
    static func setting(_ path: ArraySlice<String>, to new: JSONValue?, in object: JSONValue?) -> JSONValue? {
        guard let step = path.first else {
            // An empty map takes nothing away from what others own in it.
            return new == .object([:]) && object?.object != nil ? object : new
        }
        let rest = path.dropFirst()
        if step.hasPrefix("f:") {
            let name = String(step.dropFirst(2))
            var members = object?.object ?? [:]
            members[name] = Self.setting(rest, to: new, in: members[name])
            return members.isEmpty && new == nil ? nil : .object(members)
        }
        var elements = object?.array ?? []
        let index = elements.firstIndex { Self.isMeant($0, by: step) }
        let said = (try? JSONValue(parsing: String(step.dropFirst(2)))) ?? .null
        let isSet = step.hasPrefix("v:")
        let changed = isSet ? (new == nil ? nil : said) : Self.setting(rest, to: new, in: index.map { elements[$0] } ?? said)
        // What is left of an element that only its key holds together is nothing.
        let remains = changed.flatMap { !isSet && new == nil && $0 == said ? nil : $0 }
        if let index {
            if let remains { elements[index] = remains } else { elements.remove(at: index) }
        } else if let remains {
            elements.append(remains)
        }
        return elements.isEmpty && new == nil ? nil : .array(elements)
    }
}
