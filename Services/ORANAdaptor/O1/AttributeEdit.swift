import JSONSchema

/// Attributes of one object that an element has, in the terms of the NRM; `null` takes an attribute away, so that the model's own value holds.
struct AttributeEdit: ConfigurationEdit {
    struct Invalid: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    let managedClass: ManagedClass
    let name: DistinguishedName
    /// Attribute → the leaf's text, nil for none; in the order of their names.
    private let leaves: [(attribute: ManagedClass.Attribute, text: String?)]

    /// - Parameters:
    ///   - name: of the object, within its element.
    ///   - document: a JSON object of attributes.
    init(_ managedClass: ManagedClass, name: String, document: String) throws(Invalid) {
        guard let parts = DistinguishedName(name),
            managedClass.paths.contains(where: { path in path.map(\.name) == parts.parts.map(\.managedClass) })
        else { throw Invalid(description: "'\(name.prefix(256))' is no name of a \(managedClass.name)") }
        let value: JSONValue
        do { value = try JSONValue(parsing: document) } catch { throw Invalid(description: "no JSON: \(error)") }
        guard let members = value.object, !members.isEmpty else { throw Invalid(description: "no attribute is said") }
        var leaves: [(ManagedClass.Attribute, String?)] = []
        for (key, member) in members.sorted(by: { $0.key < $1.key }) {
            guard let attribute = managedClass.attributes[key], attribute.isWritable else {
                throw Invalid(description: "\(key.prefix(64)) is no attribute of \(managedClass.name) that is configured")
            }
            if member == .null {
                leaves.append((attribute, nil))
            } else if let text = ManagedClass.text(member, of: attribute) {
                leaves.append((attribute, text))
            } else {
                throw Invalid(description: "\(key) cannot be \(member.text.prefix(64))")
            }
        }
        self.managedClass = managedClass
        self.name = parts
        self.leaves = leaves
    }

    var filters: [XMLElement] {
        [self.tree(of: self.leaves.map(\.attribute)) { XMLElement($0.name, namespace: self.managedClass.namespace) }]
    }
    var mayCreate: Bool { false }
    var label: String { self.name.description }

    func object(in data: XMLElement) -> ManagedObject? { ManagedObject.all(of: self.managedClass, in: data).first { $0.name == self.name } }

    func isMet(by object: ManagedObject?) -> Bool {
        guard let object else { return false }
        return self.leaves.allSatisfy { Self.isMet($0.attribute, $0.text, by: object) }
    }

    private static func isMet(_ attribute: ManagedClass.Attribute, _ text: String?, by object: ManagedObject) -> Bool {
        let there = object.attributes[attribute.name].flatMap { $0.string ?? $0.text }
        return there == (text ?? attribute.standard.map { $0.string ?? $0.text })
    }

    func difference(from object: ManagedObject?) -> Difference? {
        guard !self.isMet(by: object) else { return nil }
        let names = self.leaves.map(\.attribute.name)
        let wanted = self.leaves.map { attribute, text in
            (attribute.name, (text.map { ManagedClass.value($0, of: attribute) } ?? attribute.standard) ?? .null)
        }
        let found = object.map { object in Dictionary(uniqueKeysWithValues: names.map { ($0, object.attributes[$0] ?? .null) }) }
        return Difference(wanted: Dictionary(uniqueKeysWithValues: wanted), found: found)
    }

    func edit(of object: ManagedObject?) -> XMLElement? {
        guard let object else { return nil }
        let texts = Dictionary(uniqueKeysWithValues: self.leaves.map { ($0.attribute.name, $0.text) })
        // What is not there cannot be taken away by a server of NETCONF 1.0.
        let leaves = self.leaves.filter { $0.text != nil || !Self.isMet($0.attribute, nil, by: object) }
        return self.tree(of: leaves.map(\.attribute)) { attribute in
            let text = texts[attribute.name] ?? nil
            // Also what is taken away is said as it is: not every server takes a leaf of no value.
            let value = text ?? object.attributes[attribute.name].flatMap { ManagedClass.text($0, of: attribute) } ?? ""
            return XMLElement(
                attribute.name, namespace: self.managedClass.namespace,
                attributes: ["nc:operation": text == nil ? "remove" : "merge", "xmlns:nc": NETCONFSession.namespace], text: value)
        }
    }

    /// From the top of the model to the attributes.
    private func tree(of attributes: [ManagedClass.Attribute], leaf: (ManagedClass.Attribute) -> XMLElement) -> XMLElement {
        let path = self.managedClass.paths.first { $0.map(\.name) == self.name.parts.map(\.managedClass) } ?? []
        var node = XMLElement("attributes", namespace: self.managedClass.namespace, children: attributes.map { leaf($0) })
        for (step, part) in zip(path, self.name.parts).reversed() {
            node = XMLElement(step.name, namespace: step.namespace, children: [XMLElement("id", namespace: step.namespace, text: part.id), node])
        }
        return node
    }
}
