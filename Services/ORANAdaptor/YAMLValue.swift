import JSONSchema
import Yams

/// YAML files of settings as JSON values: scalars by the core schema, keys as texts, no aliases.
enum YAMLValue {
    struct Unreadable: Error, CustomStringConvertible { let description: String }

    static func read(_ text: String) throws(Unreadable) -> JSONValue {
        do {
            // No resolver: what a scalar is, is asked below, and no regular expression runs over each key.
            guard let node = try Yams.compose(yaml: text, .basic) else { return .null }
            return try self.value(node, depth: 0)
        } catch let error as Unreadable {
            throw error
        } catch {
            throw Unreadable(description: "\(error)")
        }
    }

    private static func value(_ node: Node, depth: Int) throws(Unreadable) -> JSONValue {
        guard depth < 64 else { throw Unreadable(description: "nested too deep") }
        switch node {
        case .scalar(let scalar):
            // Quoted, a scalar is a text whatever it looks like.
            guard scalar.style == .plain else { return .string(scalar.string) }
            if let value = node.bool { return .boolean(value) }
            if let value = node.int { return .number(Double(value)) }
            if let value = node.float { return .number(value) }
            return node.null == nil ? .string(scalar.string) : .null
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence { elements.append(try self.value(element, depth: depth + 1)) }
            return .array(elements)
        case .mapping(let mapping):
            var members: [String: JSONValue] = [:]
            for (key, value) in mapping {
                guard let name = key.scalar?.string else { throw Unreadable(description: "a key is not a text") }
                members[name] = try self.value(value, depth: depth + 1)
            }
            return .object(members)
        case .alias: throw Unreadable(description: "aliases are not followed")
        }
    }
}
