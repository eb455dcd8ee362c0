package import JSONSchema

/// An object of a class of the NRM, as an element shows it.
package struct ManagedObject: Sendable, Equatable {
    package let name: DistinguishedName
    /// By their names in the model; without those that are not shown.
    package private(set) var attributes: [String: JSONValue]

    /// The objects of a class in a configuration.
    static func all(of managedClass: ManagedClass, in data: XMLElement) -> [ManagedObject] {
        managedClass.paths.flatMap { self.all(of: managedClass, below: data, path: $0[...], name: []) }
    }

    private static func all(
        of managedClass: ManagedClass, below node: XMLElement, path: ArraySlice<ManagedClass.Step>, name: [DistinguishedName.Part]
    ) -> [ManagedObject] {
        guard let step = path.first else { return [] }
        return node.children.filter { $0.name == step.name && $0.namespace == step.namespace }.flatMap { child -> [ManagedObject] in
            guard let id = child.child("id")?.text, !id.isEmpty else { return [] }
            let name = name + [.init(managedClass: step.name, id: id)]
            if path.count > 1 { return self.all(of: managedClass, below: child, path: path.dropFirst(), name: name) }
            return [ManagedObject(name: DistinguishedName(name), attributes: self.attributes(of: child.child("attributes"), managedClass))]
        }
    }

    private static func attributes(of node: XMLElement?, _ managedClass: ManagedClass) -> [String: JSONValue] {
        var attributes: [String: JSONValue] = [:]
        for attribute in managedClass.attributes.values {
            let leaves = node?.children(attribute.name) ?? []
            if attribute.kind == .references {
                if !leaves.isEmpty { attributes[attribute.name] = .array(leaves.map { .string($0.text) }) }
            } else {
                attributes[attribute.name] = leaves.first.flatMap { ManagedClass.value($0.text, of: attribute) } ?? attribute.standard
            }
        }
        return attributes
    }

    /// With what another reading of it says of its state.
    func joined(withStateOf other: ManagedObject, _ managedClass: ManagedClass) -> ManagedObject {
        var object = self
        for attribute in managedClass.attributes.values where attribute.isState { object.attributes[attribute.name] = other.attributes[attribute.name] }
        return object
    }

    /// What selects a class's objects in a filter: their names and the attributes that are known, of their configuration or of their state, and nothing
    /// else that a large cell has.
    static func filters(_ managedClass: ManagedClass, ofState: Bool = false, besides others: Set<String> = []) -> [XMLElement] {
        let names = managedClass.attributes.values.filter { $0.isState == ofState || others.contains($0.name) }.map(\.name).sorted()
        return managedClass.paths.map { path in
            let leaves = names.map { XMLElement($0, namespace: managedClass.namespace) }
            var node = XMLElement("attributes", namespace: managedClass.namespace, children: leaves)
            for step in path.reversed() {
                node = XMLElement(step.name, namespace: step.namespace, children: [XMLElement("id", namespace: step.namespace), node])
            }
            return node
        }
    }
}
