import Foundation

/// Reads one value of a catalogue file strictly: a missing key, a key nobody reads and a value out of its set are
/// errors that name their place.
struct CatalogueReader {
    let node: YAMLNode
    let place: String

    init(_ node: YAMLNode, place: String) {
        self.node = node
        self.place = place
    }

    /// The one document of a file.
    init(file path: String) throws(CatalogueError) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let data = FileManager.default.contents(atPath: path) else { throw CatalogueError(place: path, problem: "cannot be read") }
        do {
            self.init(try YAMLNode.document(in: String(decoding: data, as: UTF8.self)), place: "\(name):")
        } catch {
            throw CatalogueError(place: name, problem: error.description)
        }
    }

    func fault(_ problem: String) -> CatalogueError { CatalogueError(place: self.place, problem: problem) }

    private func child(_ key: String) -> String { self.place.hasSuffix(":") ? "\(self.place) \(key)" : "\(self.place).\(key)" }

    /// The keys that may occur here.
    func keys(_ allowed: Set<String>) throws(CatalogueError) {
        guard let entries = self.node.entries else { throw self.fault("a mapping is expected") }
        for entry in entries where !allowed.contains(entry.key) {
            throw CatalogueError(place: self.child(entry.key), problem: "unknown key; allowed: \(allowed.sorted().joined(separator: ", "))")
        }
    }

    subscript(key: String) -> CatalogueReader? {
        guard let value = self.node[key], !value.isNull else { return nil }
        return CatalogueReader(value, place: self.child(key))
    }

    func required(_ key: String) throws(CatalogueError) -> CatalogueReader {
        guard let reader = self[key] else { throw CatalogueError(place: self.child(key), problem: "is missing") }
        return reader
    }

    func text() throws(CatalogueError) -> String {
        guard let value = self.node.string, !value.isEmpty else { throw self.fault("a text is expected") }
        return value
    }

    func text(oneOf allowed: [String]) throws(CatalogueError) -> String {
        let value = try self.text()
        guard allowed.contains(value) else { throw self.fault("'\(value)' is not one of \(allowed.joined(separator: ", "))") }
        return value
    }

    func integer(in range: ClosedRange<Int>) throws(CatalogueError) -> Int {
        guard let value = self.node.integer else { throw self.fault("a whole number is expected") }
        guard range.contains(value) else { throw self.fault("\(value) is not within \(range.lowerBound) and \(range.upperBound)") }
        return value
    }

    func number() throws(CatalogueError) -> Double {
        guard case .plain(let text) = self.node, let value = Double(text) else { throw self.fault("a number is expected") }
        return value
    }

    func boolean() throws(CatalogueError) -> Bool {
        guard let value = self.node.boolean else { throw self.fault("true or false is expected") }
        return value
    }

    func list() throws(CatalogueError) -> [CatalogueReader] {
        guard let items = self.node.items else { throw self.fault("a list is expected") }
        return items.enumerated().map { CatalogueReader($0.element, place: "\(self.place)[\($0.offset)]") }
    }

    func texts() throws(CatalogueError) -> [String] {
        var texts: [String] = []
        for item in try self.list() { texts.append(try item.text()) }
        return texts
    }

    /// The entries of a mapping, in order.
    func members() throws(CatalogueError) -> [(key: String, value: CatalogueReader)] {
        guard let entries = self.node.entries else { throw self.fault("a mapping is expected") }
        return entries.map { ($0.key, CatalogueReader($0.value, place: self.child($0.key))) }
    }
}
