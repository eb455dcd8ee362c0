/// XML as the fake element reads and writes it: its own, so that the reader of the product is judged by another one. Namespaces are resolved;
/// attributes keep their names as written. Only what NETCONF needs: no comments, no document types, no entities but the five.
package struct XMLTree: Sendable, Equatable {
    package struct Malformed: Error {}

    package var name: String
    package var namespace: String
    package var attributes: [String: String] = [:]
    package var text = ""
    package var children: [XMLTree] = []

    package init(_ name: String, namespace: String, text: String = "", children: [XMLTree] = []) {
        self.name = name
        self.namespace = namespace
        self.text = text
        self.children = children
    }

    package func child(_ name: String) -> XMLTree? { self.children.first { $0.name == name } }

    /// Every element of that name at any depth, itself included.
    package func all(_ name: String) -> [XMLTree] { (self.name == name ? [self] : []) + self.children.flatMap { $0.all(name) } }

    package func written(in parent: String = "") -> String {
        let space = self.namespace == parent ? "" : " xmlns=\"\(self.namespace)\""
        let inside = Self.escaped(self.text) + self.children.map { $0.written(in: self.namespace) }.joined()
        return "<\(self.name)\(space)>\(inside)</\(self.name)>"
    }

    package static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    // MARK: Reading

    package init(_ text: String) throws(Malformed) {
        var rest = Substring(text)
        Self.skipSpace(&rest)
        if rest.hasPrefix("<?") {
            guard let end = rest.firstRange(of: "?>") else { throw Malformed() }
            rest = rest[end.upperBound...]
        }
        self = try Self.element(&rest, [:])
        Self.skipSpace(&rest)
        guard rest.isEmpty else { throw Malformed() }
    }

    private static func element(_ rest: inout Substring, _ outer: [String: String]) throws(Malformed) -> XMLTree {
        Self.skipSpace(&rest)
        guard rest.first == "<", let end = rest.firstIndex(of: ">") else { throw Malformed() }
        var tag = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
        let isEmpty = tag.hasSuffix("/")
        if isEmpty { tag = tag.dropLast() }
        let qualified = String(tag.prefix { !$0.isWhitespace })
        tag = tag.dropFirst(qualified.count)
        var (spaces, attributes): ([String: String], [String: String]) = (outer, [:])
        while true {
            Self.skipSpace(&tag)
            guard let equals = tag.firstIndex(of: "=") else { break }
            let name = String(tag[..<equals])
            tag = tag[tag.index(after: equals)...]
            guard let quote = tag.popFirst(), quote == "\"" || quote == "'", let close = tag.firstIndex(of: quote) else { throw Malformed() }
            let value = Self.unescaped(tag[..<close])
            tag = tag[tag.index(after: close)...]
            if name == "xmlns" {
                spaces[""] = value
            } else if name.hasPrefix("xmlns:") {
                spaces[String(name.dropFirst(6))] = value
            } else {
                attributes[name] = value
            }
        }
        guard tag.isEmpty else { throw Malformed() }
        let parts = qualified.split(separator: ":", maxSplits: 1).map(String.init)
        guard let local = parts.last, let namespace = parts.count == 2 ? spaces[parts[0]] : spaces[""] ?? "" else { throw Malformed() }
        var element = XMLTree(local, namespace: namespace)
        element.attributes = attributes
        if isEmpty { return element }
        while true {
            guard let next = rest.firstIndex(of: "<") else { throw Malformed() }
            element.text += Self.unescaped(rest[..<next])
            rest = rest[next...]
            if rest.hasPrefix("</") {
                guard let close = rest.firstIndex(of: ">"), rest[..<close].dropFirst(2).trimmed == qualified else { throw Malformed() }
                rest = rest[rest.index(after: close)...]
                element.text = String(element.text[...].trimmed)
                return element
            }
            element.children.append(try Self.element(&rest, spaces))
        }
    }

    private static func skipSpace(_ rest: inout Substring) { rest = rest.drop { $0.isWhitespace } }

    private static func unescaped(_ text: Substring) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"").replacing("&apos;", with: "'")
            .replacing("&amp;", with: "&").description
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
