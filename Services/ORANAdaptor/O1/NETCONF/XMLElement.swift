/// An element of an XML document as NETCONF needs it: names with their namespaces, attributes, text, children. Comments and processing
/// instructions are dropped.
package struct XMLElement: Sendable, Equatable {
    package var name: String
    /// Empty for none.
    package var namespace: String
    package var attributes: [String: String]
    package var children: [XMLElement]
    /// All character data directly inside, white space at both ends dropped.
    package var text: String

    package init(_ name: String, namespace: String = "", attributes: [String: String] = [:], text: String = "", children: [XMLElement] = []) {
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.children = children
        self.text = text
    }

    package func child(_ name: String) -> XMLElement? { self.children.first { $0.name == name } }
    package func children(_ name: String) -> [XMLElement] { self.children.filter { $0.name == name } }

    /// As text, a namespace written where it differs from the parent's.
    package var xml: String {
        var out = ""
        self.write(to: &out, parent: "")
        return out
    }

    private func write(to out: inout String, parent: String) {
        out += "<\(self.name)"
        if self.namespace != parent { out += " xmlns=\"\(Self.escaped(self.namespace))\"" }
        for (name, value) in self.attributes.sorted(by: { $0.key < $1.key }) { out += " \(name)=\"\(Self.escaped(value))\"" }
        if self.children.isEmpty, self.text.isEmpty {
            out += "/>"
            return
        }
        out += ">" + Self.escaped(self.text)
        for child in self.children { child.write(to: &out, parent: self.namespace) }
        out += "</\(self.name)>"
    }

    /// Also what ends the end mark of NETCONF 1.0.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            // XML has no other control characters.
            case "\t", "\n", "\r": out.unicodeScalars.append(scalar)
            default: if scalar.value >= 0x20 { out.unicodeScalars.append(scalar) }
            }
        }
        return out
    }
}
