import JSONSchema

extension JSONValue {
    /// A list of texts, or one; of anything else, none.
    var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let items): items.compactMap(\.string)
        default: []
        }
    }

    /// The member of this name, or the one that names joined by dots lead to.
    subscript(path path: String) -> JSONValue? {
        if let value = self[path] { return value }
        var value: JSONValue? = self
        for name in path.split(separator: ".") { value = value?[String(name)] }
        return value
    }
}
