/// Writes a ``YAMLNode`` as block-style YAML that YAML 1.1 and 1.2 readers understand alike: two spaces, sequences
/// indented under their key, literal blocks for texts of several lines. The same node gives the same bytes.
package struct YAMLEmitter {
    private var bytes: [UInt8] = []

    /// One document, ending in a newline.
    package static func text(_ node: YAMLNode) -> String {
        var emitter = YAMLEmitter()
        emitter.bytes.reserveCapacity(2048)
        emitter.document(node)
        return String(decoding: emitter.bytes, as: UTF8.self)
    }

    /// Several documents, separated by `---`.
    package static func text(_ documents: [YAMLNode]) -> String {
        var emitter = YAMLEmitter()
        for (index, node) in documents.enumerated() {
            if index > 0 { emitter.write("---\n") }
            emitter.document(node)
        }
        return String(decoding: emitter.bytes, as: UTF8.self)
    }

    private mutating func document(_ node: YAMLNode) {
        switch node {
        case .mapping(let entries) where !entries.isEmpty: self.mapping(entries, indent: 0, firstIsPlaced: false)
        case .sequence(let items) where !items.isEmpty: self.sequence(items, indent: 0)
        default:
            self.inline(node, indent: 0)
            self.write("\n")
        }
    }

    private mutating func mapping(_ entries: [YAMLEntry], indent: Int, firstIsPlaced: Bool) {
        for (index, entry) in entries.enumerated() {
            if index > 0 || !firstIsPlaced { self.spaces(indent) }
            if entry.keyIsPlain { self.write(entry.key) } else { YAMLScalar.write(entry.key, to: &self.bytes) }
            self.bytes.append(UInt8(ascii: ":"))
            switch entry.value {
            case .mapping(let nested) where !nested.isEmpty:
                self.write("\n")
                self.mapping(nested, indent: indent + 2, firstIsPlaced: false)
            case .sequence(let items) where !items.isEmpty:
                self.write("\n")
                self.sequence(items, indent: indent + 2)
            case .plain(let value) where value.isEmpty: self.write("\n")
            default:
                self.bytes.append(UInt8(ascii: " "))
                self.inline(entry.value, indent: indent + 2)
                self.write("\n")
            }
        }
    }

    private mutating func sequence(_ items: [YAMLNode], indent: Int) {
        for item in items {
            self.spaces(indent)
            self.bytes.append(UInt8(ascii: "-"))
            switch item {
            case .mapping(let entries) where !entries.isEmpty:
                self.bytes.append(UInt8(ascii: " "))
                self.mapping(entries, indent: indent + 2, firstIsPlaced: true)
            case .sequence(let nested) where !nested.isEmpty:
                self.write("\n")
                self.sequence(nested, indent: indent + 2)
            case .plain(let value) where value.isEmpty: self.write("\n")
            default:
                self.bytes.append(UInt8(ascii: " "))
                self.inline(item, indent: indent + 2)
                self.write("\n")
            }
        }
    }

    /// What stands behind a key or a dash, without the line's end.
    private mutating func inline(_ node: YAMLNode, indent: Int) {
        switch node {
        case .plain(let value):
            if value.utf8.contains(UInt8(ascii: "\n")) { YAMLScalar.write(value, to: &self.bytes) } else { self.write(value) }
        case .text(let value):
            if YAMLScalar.suitsLiteralBlock(value) { self.block(value, indent: indent) } else { YAMLScalar.write(value, to: &self.bytes) }
        case .sequence: self.write("[]")
        case .mapping: self.write("{}")
        }
    }

    private mutating func block(_ value: String, indent: Int) {
        let ends = value.utf8.last == UInt8(ascii: "\n")
        self.write(ends ? "|" : "|-")
        let indent = max(indent, 2)
        var lineIsEmpty = true
        self.bytes.append(UInt8(ascii: "\n"))
        for byte in ends ? value.utf8.dropLast() : value.utf8[...] {
            if byte == UInt8(ascii: "\n") {
                lineIsEmpty = true
            } else if lineIsEmpty {
                self.spaces(indent)
                lineIsEmpty = false
            }
            self.bytes.append(byte)
        }
    }

    private mutating func write(_ text: String) { self.bytes.append(contentsOf: text.utf8) }
    private mutating func spaces(_ count: Int) { self.bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count)) }
}
