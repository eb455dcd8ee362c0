/// A YAML value whose mappings keep their order. Every file of a package is built as one of these and written by
/// ``YAMLEmitter``; nothing is ever put together from text.
package enum YAMLNode: Sendable, Hashable {
    /// A scalar written without quotes exactly as it is: a number, a boolean, null, or what someone left unquoted.
    case plain(String)
    /// A string; quoted only where a reader could take it for something else.
    case text(String)
    case sequence([YAMLNode])
    case mapping([YAMLEntry])
}

package struct YAMLEntry: Sendable, Hashable {
    package var key: String
    package var value: YAMLNode
    /// The key was read unquoted and is written so (`<<`, `8080`).
    package var keyIsPlain: Bool

    package init(_ key: String, _ value: YAMLNode, keyIsPlain: Bool = false) {
        self.key = key
        self.value = value
        self.keyIsPlain = keyIsPlain
    }
}

extension YAMLNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .plain(String(value)) }
    package init(booleanLiteral value: Bool) { self = .plain(value ? "true" : "false") }
    package init(arrayLiteral elements: YAMLNode...) { self = .sequence(elements) }
    package init(dictionaryLiteral elements: (String, YAMLNode)...) { self = .mapping(elements.map { YAMLEntry($0.0, $0.1) }) }
}

extension YAMLNode {
    package static func integer(_ value: Int) -> YAMLNode { .plain(String(value)) }
    package static func boolean(_ value: Bool) -> YAMLNode { .plain(value ? "true" : "false") }

    /// A mapping without the entries that have no value.
    package static func compact(_ entries: KeyValuePairs<String, YAMLNode?>) -> YAMLNode {
        .mapping(entries.compactMap { entry in entry.value.map { YAMLEntry(entry.key, $0) } })
    }

    /// The characters of a scalar, however it was written.
    package var string: String? {
        switch self {
        case .plain(let value), .text(let value): value
        case .sequence, .mapping: nil
        }
    }
    package var integer: Int? { if case .plain(let value) = self { Int(value) } else { nil } }
    package var boolean: Bool? { if case .plain(let value) = self { value == "true" ? true : value == "false" ? false : nil } else { nil } }
    package var items: [YAMLNode]? { if case .sequence(let items) = self { items } else { nil } }
    package var entries: [YAMLEntry]? { if case .mapping(let entries) = self { entries } else { nil } }
    package var isNull: Bool { if case .plain(let value) = self { value.isEmpty || value == "null" || value == "~" } else { false } }

    /// The value of a key; setting nil removes it, setting a new key appends it. Setting on a null makes it a mapping.
    package subscript(key: String) -> YAMLNode? {
        get {
            guard case .mapping(let entries) = self else { return nil }
            for entry in entries where entry.key == key { return entry.value }
            return nil
        }
        set {
            var entries: [YAMLEntry]
            switch self {
            case .mapping(let current): entries = current
            case .plain where self.isNull: entries = []
            default: return
            }
            if let index = entries.firstIndex(where: { $0.key == key }) {
                if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
            } else if let newValue {
                entries.append(YAMLEntry(key, newValue))
            }
            self = .mapping(entries)
        }
    }

    /// The value at the end of a path of keys.
    package subscript(path: [String]) -> YAMLNode? {
        get { path.reduce(self as YAMLNode?) { $0?[$1] } }
        set {
            guard let first = path.first else { return }
            guard path.count > 1 else {
                self[first] = newValue
                return
            }
            if self[first] == nil, newValue == nil { return }
            var child = self[first] ?? .mapping([])
            child[Array(path.dropFirst())] = newValue
            self[first] = child
        }
    }
}

extension YAMLNode {
    /// A number without a needless `.0`.
    package static func decimal(_ value: Double) -> YAMLNode { .plain(Int(exactly: value).map(String.init) ?? String(value)) }
}
