import Yams

/// Why a text cannot be read as YAML.
package struct YAMLParsingError: Error, Equatable, CustomStringConvertible {
    package var description: String
}

extension YAMLNode {
    /// What one file may hold at most; an alias can make a small text an enormous tree.
    private static let limits = (nodes: 100_000, depth: 64)

    /// The documents of a text, empty ones left out. Comments and the style of quoting are not kept; aliases are
    /// written out. Throws on what is not YAML, on tags of one's own, and on keys that are no scalars.
    package static func documents(in text: String) throws(YAMLParsingError) -> [YAMLNode] {
        if let documents = BlockYAML.documents(in: text) { return documents }
        return try self.parsed(text)
    }

    /// … by a parser of all of YAML.
    static func parsed(_ text: String) throws(YAMLParsingError) -> [YAMLNode] {
        do {
            // No resolver: a scalar stays the characters it is, and no regular expression runs.
            var roots = try Yams.compose_all(yaml: text, .basic, .default, .utf8)
            var documents: [YAMLNode] = []
            var budget = self.limits.nodes
            while let root = roots.next() {
                let node = try YAMLNode(root, depth: 0, budget: &budget)
                if !node.isNull { documents.append(node) }
            }
            if let error = roots.error { throw error }
            return documents
        } catch let error as YAMLParsingError {
            throw error
        } catch {
            throw YAMLParsingError(description: "\(error)")
        }
    }

    /// The one document of a text.
    package static func document(in text: String) throws(YAMLParsingError) -> YAMLNode {
        let documents = try self.documents(in: text)
        guard let first = documents.first, documents.count == 1 else {
            throw YAMLParsingError(description: "one document was expected, \(documents.count) were found")
        }
        return first
    }

    private init(_ node: Node, depth: Int, budget: inout Int) throws(YAMLParsingError) {
        budget -= 1
        guard budget > 0, depth < Self.limits.depth else {
            throw YAMLParsingError(description: "more than \(Self.limits.nodes) values or nested deeper than \(Self.limits.depth)")
        }
        switch node {
        case .scalar(let scalar):
            let tag = scalar.tag.description
            switch scalar.style {
            case .plain where tag.isEmpty: self = .plain(scalar.string)
            case .any, .plain:
                guard tag == Tag.Name.str.rawValue else { throw YAMLParsingError(description: "the tag \(tag) is not supported") }
                self = .text(scalar.string)
            default:
                guard tag.isEmpty || tag == "!" || tag == Tag.Name.str.rawValue else {
                    throw YAMLParsingError(description: "the tag \(tag) is not supported")
                }
                self = .text(scalar.string)
            }
        case .sequence(let sequence):
            var items: [YAMLNode] = []
            items.reserveCapacity(sequence.count)
            for item in sequence { items.append(try YAMLNode(item, depth: depth + 1, budget: &budget)) }
            self = .sequence(items)
        case .mapping(let mapping):
            var entries: [YAMLEntry] = []
            entries.reserveCapacity(mapping.count)
            for (key, value) in mapping {
                guard case .scalar(let scalar) = key else { throw YAMLParsingError(description: "a key that is not a scalar") }
                entries.append(YAMLEntry(scalar.string, try YAMLNode(value, depth: depth + 1, budget: &budget), keyIsPlain: scalar.style == .plain))
            }
            self = .mapping(entries)
        case .alias: throw YAMLParsingError(description: "an alias to nothing")
        }
    }
}
