/// A configuration of a fake element: subtree filters (RFC 6241 §6) and edits (§7.2), held to ``ElementModel``.
struct Datastore: Sendable {
    struct Rejected: Error {
        var tag: String
        var message: String
        /// Names from the top of the model.
        var path: [String] = []
    }

    var root = XMLTree("data", namespace: "urn:ietf:params:xml:ns:netconf:base:1.0")

    /// Without what is no configuration.
    var configuration: Datastore {
        var copy = self
        copy.root = Self.withoutState(copy.root)
        return copy
    }

    private static func withoutState(_ node: XMLTree) -> XMLTree {
        var copy = node
        copy.children = node.children.filter { !ElementModel.state.contains($0.name) }.map { self.withoutState($0) }
        return copy
    }

    /// What the model has to be there.
    func validate() throws(Rejected) {
        for share in self.root.children where share.name == "RRMPolicyRatio" {
            let attributes = share.child("attributes")
            for name in ["resourceType", "rRMPolicyMemberList"] where attributes?.child(name) == nil {
                throw Rejected(tag: "data-missing", message: "\(name) is missing", path: ["RRMPolicyRatio", "attributes", name])
            }
        }
    }

    // MARK: Filters

    func selected(by filters: [XMLTree]) -> [XMLTree] { self.root.children.compactMap { Self.select($0, filters) } }

    private static func select(_ node: XMLTree, _ filters: [XMLTree]) -> XMLTree? {
        var (isWhole, inner): (Bool, [XMLTree]) = (false, [])
        for filter in filters where filter.name == node.name && (filter.namespace.isEmpty || filter.namespace == node.namespace) {
            if filter.children.isEmpty {
                if filter.text.isEmpty || filter.text == node.text { isWhole = true }
                continue
            }
            let matches = filter.children.filter { $0.children.isEmpty && !$0.text.isEmpty }
            guard matches.allSatisfy({ match in node.children.contains { $0.name == match.name && $0.text == match.text } }) else { continue }
            let others = filter.children.filter { !$0.children.isEmpty || $0.text.isEmpty }
            if others.isEmpty { isWhole = true } else { inner += matches + others }
        }
        if isWhole { return node }
        guard !inner.isEmpty else { return nil }
        var copy = node
        copy.children = node.children.compactMap { Self.select($0, inner) }
        return copy.children.isEmpty ? nil : copy
    }

    // MARK: Edits

    mutating func edit(_ config: XMLTree, operation: String, most: [String: Int]) throws(Rejected) {
        for node in config.children { try Self.apply(node, to: &self.root, operation, most, [], ElementModel.namespaces[node.name] ?? "") }
    }

    private static func apply(
        _ edit: XMLTree, to parent: inout XMLTree, _ inherited: String, _ most: [String: Int], _ path: [String], _ outer: String
    ) throws(Rejected) {
        let path = path + [edit.name]
        let operation = edit.attributes.first { $0.key.hasSuffix(":operation") || $0.key == "operation" }?.value ?? inherited
        let namespace = ElementModel.namespaces[edit.name] ?? outer
        let leaf = ElementModel.leaves[edit.name]
        guard ElementModel.namespaces[edit.name] != nil || ElementModel.inner.contains(edit.name) || leaf != nil, edit.namespace == namespace else {
            throw Rejected(tag: "unknown-element", message: "\(edit.name) of \(edit.namespace) is not of the model", path: path)
        }
        let at = parent.children.firstIndex { ElementModel.key(of: $0) == ElementModel.key(of: edit) }
        switch operation {
        case "delete", "remove":
            if let at {
                parent.children.remove(at: at)
            } else if operation == "delete" {
                throw Rejected(tag: "data-missing", message: "\(edit.name) is not there", path: path)
            }
            return
        case "none" where at == nil && edit.name != "attributes": throw Rejected(tag: "data-missing", message: "\(edit.name) is not there", path: path)
        case "none", "merge": break
        default: throw Rejected(tag: "bad-attribute", message: "operation \(operation)", path: path)
        }
        if let leaf {
            // With the operation none a leaf only says where: it must be as it is there.
            guard operation == "merge" || at.map({ parent.children[$0].text == edit.text }) == true else {
                throw Rejected(tag: "data-missing", message: "\(edit.name) is not \(edit.text)", path: path)
            }
            guard leaf.allows(edit.text) else { throw Rejected(tag: "invalid-value", message: "\(edit.name) cannot be '\(edit.text)'", path: path) }
            if let limit = most[edit.name], let value = Int(edit.text), value > limit {
                throw Rejected(tag: "invalid-value", message: "\(edit.name) is at most \(limit) here", path: path)
            }
            if let at { parent.children[at].text = edit.text } else { parent.children.append(XMLTree(edit.name, namespace: namespace, text: edit.text)) }
            return
        }
        var node = at.map { parent.children[$0] } ?? XMLTree(edit.name, namespace: namespace)
        for child in edit.children { try self.apply(child, to: &node, operation, most, path, namespace) }
        if let at { parent.children[at] = node } else { parent.children.append(node) }
    }
}
