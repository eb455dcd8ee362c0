import Foundation
import Yams

/// One YAML file of the vocabulary: typed access that names file and line when something is wrong.
struct VocabularyFile {
    let name: String
    let bytes: [UInt8]
    let root: Node

    /// `schema` is the part of the expected schema's name between `nephoran.com/vocabulary/` and `/v1`; nil is the file's name.
    init(directory: String, name: String, schema: String? = nil) throws {
        self.name = name
        guard let data = FileManager.default.contents(atPath: directory + "/" + name) else {
            throw VocabularyError(file: name, line: nil, reason: "cannot be read in \(directory)")
        }
        self.bytes = Array(data)
        do {
            // No resolver: keys stay the characters they are, and no regular expression runs over each of them.
            guard let node = try Yams.compose(yaml: String(decoding: self.bytes, as: UTF8.self), .basic) else {
                throw VocabularyError(file: name, line: nil, reason: "is empty")
            }
            self.root = node
        } catch let error as YamlError {
            throw VocabularyError(file: name, line: nil, reason: "is not YAML: \(error)")
        }
        let expected = "nephoran.com/vocabulary/\(schema ?? String(name.dropLast(5)))/v1"
        guard self.root.mapping?["schema"]?.string == expected else {
            throw VocabularyError(file: name, line: self.root.mark?.line, reason: "schema must be \(expected)")
        }
    }

    func fail(_ node: Node?, _ reason: String) -> VocabularyError {
        VocabularyError(file: self.name, line: node?.mark?.line, reason: reason)
    }

    func member(_ node: Node, _ key: String) throws -> Node {
        guard let value = node.mapping?[key] else { throw self.fail(node, "\(key) is missing") }
        return value
    }

    func member(_ key: String) throws -> Node { try self.member(self.root, key) }

    func phrases(_ node: Node) throws -> [String] {
        guard let sequence = node.sequence else { throw self.fail(node, "a list of phrases was expected") }
        return try sequence.map { item in
            guard let scalar = item.scalar, !scalar.string.isEmpty else { throw self.fail(item, "a phrase was expected") }
            return scalar.string
        }
    }

    func phrases(_ key: String) throws -> [String] { try self.phrases(self.member(key)) }

    func text(_ node: Node, _ key: String) throws -> String? {
        guard let value = node.mapping?[key] else { return nil }
        guard let scalar = value.scalar else { throw self.fail(value, "\(key) must be a text") }
        return scalar.string
    }

    func number(_ node: Node, _ key: String) throws -> Double? {
        guard let value = node.mapping?[key] else { return nil }
        guard let number = value.scalar.flatMap({ Double($0.string) }) else { throw self.fail(value, "\(key) must be a number") }
        return number
    }

    func flag(_ node: Node, _ key: String) throws -> Bool {
        guard let value = node.mapping?[key] else { return false }
        guard let flag = value.bool else { throw self.fail(value, "\(key) must be true or false") }
        return flag
    }

    func choice<T: RawRepresentable & CaseIterable>(_ text: String, _ node: Node?, _ type: T.Type) throws -> T where T.RawValue == String {
        guard let value = T(rawValue: text) else {
            throw self.fail(node, "'\(text)' is none of \(T.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    /// `key → list of phrases`, in the order of the file.
    func groups(_ node: Node) throws -> [(key: String, at: Node, phrases: [String])] {
        guard let mapping = node.mapping else { throw self.fail(node, "a mapping was expected") }
        return try mapping.map { key, value in
            guard let name = key.scalar?.string else { throw self.fail(key, "a key was expected") }
            return (name, key, try self.phrases(value))
        }
    }

    func items(_ key: String) throws -> [Node] {
        let node = try self.member(key)
        guard let sequence = node.sequence else { throw self.fail(node, "\(key) must be a list") }
        return Array(sequence)
    }
}
