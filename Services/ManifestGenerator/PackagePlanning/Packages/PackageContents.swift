package import IntentModel

/// The files of an existing package, read as YAML only where asked. A file nobody changes stays as it is, byte for
/// byte; a changed one is written anew, which keeps everything but its comments and style of quoting.
package struct PackageContents: Sendable {
    /// Why a package cannot be changed.
    package struct Unreadable: Error, Equatable { package var path: String; package var reason: String }

    package private(set) var files: [PackageFile]
    /// Files whose comments a change has cost.
    package private(set) var lostComments: [String] = []
    private var documents: [String: [YAMLNode]] = [:]
    private var kinds: [String: Set<String>?] = [:]

    package init(_ files: [PackageFile]) { self.files = files }

    struct Location: Sendable, Hashable { var path: String; var index: Int }

    /// The first object of one of the kinds, the one of this name before others.
    mutating func locate(kinds: Set<String>, name: String? = nil) throws(Unreadable) -> Location? {
        var other: Location?
        for file in self.files where file.path.hasSuffix(".yaml") || file.path.hasSuffix(".yml") || file.path == "Kptfile" {
            if let there = self.kinds(in: file), there.isDisjoint(with: kinds) { continue }
            for (index, document) in try self.read(file.path).enumerated() {
                guard let kind = document["kind"]?.string, kinds.contains(kind) else { continue }
                let location = Location(path: file.path, index: index)
                if name == nil || document["metadata"]?["name"]?.string == name { return location }
                if other == nil { other = location }
            }
        }
        return other
    }

    subscript(_ location: Location) -> YAMLNode { self.documents[location.path]?[location.index] ?? .mapping([]) }

    /// Replaces one object, if it differs.
    mutating func replace(_ location: Location, with node: YAMLNode) {
        guard var documents = self.documents[location.path], documents[location.index] != node else { return }
        documents[location.index] = node
        self.write(location.path, documents)
    }

    /// Removes one object, and its file when nothing else is in it.
    mutating func remove(_ location: Location) {
        guard var documents = self.documents[location.path] else { return }
        documents.remove(at: location.index)
        if documents.isEmpty {
            self.documents[location.path] = nil
            self.files.removeAll { $0.path == location.path }
        } else {
            self.write(location.path, documents)
        }
    }

    /// Adds a file of one object; when a person has a file of that name, the object is added to it.
    mutating func add(_ path: String, _ node: YAMLNode) throws(Unreadable) {
        if self.files.contains(where: { $0.path == path }) {
            self.write(path, try self.read(path) + [node])
        } else {
            let file = PackageFile(path: path, content: YAMLEmitter.text(node))
            self.files.insert(file, at: self.files.firstIndex { $0.path > path } ?? self.files.endIndex)
            self.documents[path] = [node]
        }
    }

    private mutating func write(_ path: String, _ documents: [YAMLNode]) {
        self.documents[path] = documents
        self.kinds[path] = nil
        guard let index = self.files.firstIndex(where: { $0.path == path }) else { return }
        if Self.hasComments(self.files[index].content), !self.lostComments.contains(path) { self.lostComments.append(path) }
        self.files[index].content = YAMLEmitter.text(documents)
    }

    /// Every object of every file, for changes that touch all of them.
    mutating func locations() throws(Unreadable) -> [Location] {
        var locations: [Location] = []
        for file in self.files where file.path.hasSuffix(".yaml") || file.path.hasSuffix(".yml") || file.path == "Kptfile" {
            locations += try self.read(file.path).indices.map { Location(path: file.path, index: $0) }
        }
        return locations
    }

    private mutating func read(_ path: String) throws(Unreadable) -> [YAMLNode] {
        if let documents = self.documents[path] { return documents }
        guard let file = self.files.first(where: { $0.path == path }) else { return [] }
        do {
            let documents = try YAMLNode.documents(in: file.content)
            self.documents[path] = documents
            return documents
        } catch {
            throw Unreadable(path: path, reason: error.description)
        }
    }

    /// The kinds in a file as far as they are seen without reading it as YAML; nil where it must be read.
    private mutating func kinds(in file: PackageFile) -> Set<String>? {
        if self.documents[file.path] != nil { return nil }
        if let known = self.kinds[file.path] { return known }
        let kinds = ManifestKinds.atSight(in: file.content)
        self.kinds[file.path] = .some(kinds)
        return kinds
    }

    private static func hasComments(_ text: String) -> Bool {
        // Most files have no hash at all.
        guard text.utf8.contains(UInt8(ascii: "#")) else { return false }
        return text.split(separator: "\n").contains { line in
            guard let hash = line.utf8.firstIndex(of: UInt8(ascii: "#")) else { return false }
            return line[..<hash].utf8.allSatisfy { $0 == UInt8(ascii: " ") } || line[..<hash].hasSuffix(" ")
        }
    }
}
