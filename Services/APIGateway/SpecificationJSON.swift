import Foundation
import Yams

/// The specification, which is YAML, as JSON: plain scalars by the core schema, keys as texts.
///
/// Yams finds types by a regular expression each, for some thousands of scalars and keys of which nearly all are texts. Here what a scalar
/// begins with decides what it may be.
enum SpecificationJSON {
    struct Unreadable: Error, CustomStringConvertible { let description: String }

    static func bytes(ofYAML text: String) throws -> [UInt8] {
        guard let root = try Yams.compose(yaml: text, .basic) else { throw Unreadable(description: "the specification is empty") }
        return Array(try JSONSerialization.data(withJSONObject: self.value(root), options: [.sortedKeys, .withoutEscapingSlashes]))
    }

    private static func value(_ node: Node) throws -> Any {
        switch node {
        case .scalar(let scalar):
            guard scalar.style == .plain else { return scalar.string }
            // Words as `nan` are no numbers.
            if let first = scalar.string.utf8.first, first < 0x3a {
                if let value = node.int { return value }
                if let value = node.float { return value }
            }
            if let value = node.bool { return value }
            if let value = node.null { return value }
            return scalar.string
        case .sequence(let items): return try items.map { try self.value($0) }
        case .mapping(let mapping):
            var members: [String: Any] = [:]
            for (key, value) in mapping {
                guard let name = key.scalar?.string else { throw Unreadable(description: "a key is not a text") }
                members[name] = try self.value(value)
            }
            return members
        case .alias: throw Unreadable(description: "an alias stands for nothing")
        }
    }
}
