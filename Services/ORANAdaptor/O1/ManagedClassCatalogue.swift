import Foundation
import JSONSchema

/// The classes of `ManagedClasses/classes.yaml`; read once, strictly.
package struct ManagedClassCatalogue: Sendable {
    package struct Unreadable: Error, CustomStringConvertible {
        package let description: String
    }

    package let classes: [String: ManagedClass]

    package subscript(_ name: String) -> ManagedClass? { self.classes[name] }

    /// Those that are part of the program.
    package init() throws {
        let url = Bundle.module.bundleURL.appendingPathComponent("ManagedClasses/classes.yaml")
        try self.init(yaml: String(decoding: try Data(contentsOf: url), as: UTF8.self))
    }

    init(yaml: String) throws {
        let root = try YAMLValue.read(yaml)
        func namespace(of name: String) throws(Unreadable) -> String {
            guard let namespace = root["namespaces"]?[name]?.string else { throw Unreadable(description: "\(name) has no namespace") }
            return namespace
        }
        var classes: [String: ManagedClass] = [:]
        for (name, entry) in root["classes"]?.object ?? [:] {
            if let stray = entry.object?.keys.first(where: { !["contained", "attributes", "shown", "state"].contains($0) }) {
                throw Unreadable(description: "\(name): '\(stray)' is unknown")
            }
            var paths: [[ManagedClass.Step]] = []
            for path in entry["contained"]?.array ?? [] {
                let names = (path.array ?? []).compactMap(\.string) + [name]
                paths.append(try names.map { .init(name: $0, namespace: try namespace(of: $0)) })
            }
            guard !paths.isEmpty else { throw Unreadable(description: "\(name) is contained nowhere") }
            var attributes: [String: ManagedClass.Attribute] = [:]
            for list in ["attributes", "shown", "state"] {
                for (attribute, shape) in entry[list]?.object ?? [:] {
                    attributes[attribute] = try Self.attribute(attribute, shape, isWritable: list == "attributes", isState: list == "state", of: name)
                }
            }
            classes[name] = ManagedClass(name: name, namespace: try namespace(of: name), paths: paths, attributes: attributes)
        }
        self.classes = classes
    }

    private static func attribute(
        _ name: String, _ shape: JSONValue, isWritable: Bool, isState: Bool, of managedClass: String
    ) throws(Unreadable) -> ManagedClass.Attribute {
        let kind: ManagedClass.Kind
        switch shape["type"]?.string {
        case "enumeration": kind = .enumeration((shape["values"]?.array ?? []).compactMap(\.string))
        case "boolean": kind = .boolean
        case "references" where !isWritable: kind = .references
        case "integer":
            guard let ends = shape["range"]?.array, ends.count == 2, let low = ends[0].integer, let high = ends[1].integer, low <= high else {
                throw Unreadable(description: "\(managedClass).\(name): range is [low, high]")
            }
            kind = .integer(low...high)
        default: throw Unreadable(description: "\(managedClass).\(name) has no type that is known")
        }
        return .init(name: name, kind: kind, standard: shape["default"], isWritable: isWritable, isState: isState)
    }
}
