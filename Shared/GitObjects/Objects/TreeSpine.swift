/// The directories above packages, from the root of the branch down to namespaces, as they are at its tip: kept in memory, so that a commit costs
/// the bytes of three trees and no reading. A directory is named by its path, the root by the empty one.
package struct TreeSpine: Sendable {
    /// A directory that has to be read before anything below it is changed.
    package struct Missing: Error, Sendable {
        package var path: String
        package var id: ObjectID
    }

    private var contents: [String: TreeContent] = [:]
    private var ids: [String: ObjectID] = [:]

    package init() {}

    package var byteCount: Int { self.contents.reduce(0) { $0 + $1.value.bytes.count + 2 * $1.key.utf8.count + 128 } }

    /// What of the directories above `paths` is not known as it is below `root`, as far as that can be told: ask again after ``learn(_:_:)``.
    package func missing(above paths: some Sequence<String>, root: ObjectID) -> [Missing] {
        var missing: [String: ObjectID] = [:]
        for path in paths {
            for (directory, _, id) in self.chain(above: path, root: root) {
                guard let id else { break }
                if self.ids[directory] != id { missing[directory] = id }
            }
        }
        return missing.map { Missing(path: $0.key, id: $0.value) }
    }

    package mutating func learn(_ missing: Missing, _ content: [UInt8]) {
        self.contents[missing.path] = TreeContent(content)
        self.ids[missing.path] = missing.id
    }

    /// The directory at `path` becomes `tree`, or is no more, and those above it that are empty then. What changes goes into `pack`.
    ///
    /// - Parameter root: nil on a branch without a commit.
    /// - Returns: the new root.
    /// - Throws: ``Missing`` when a directory above is not known.
    package mutating func set(_ path: String, to tree: ObjectID?, below root: ObjectID?, in pack: inout PackBuilder) throws -> ObjectID {
        let chain = self.chain(above: path, root: root)
        for (directory, _, id) in chain { if let id, self.ids[directory] != id { throw Missing(path: directory, id: id) } }
        var child = tree
        for (directory, name, old) in chain.reversed() {
            // Taken out, so that it has one owner and is edited in place.
            var content = self.contents.removeValue(forKey: directory) ?? TreeContent()
            self.ids[directory] = nil
            if old == nil { content = TreeContent() }
            let delta = content.set(name, to: child)
            if content.isEmpty, !directory.isEmpty {
                child = nil
                continue
            }
            let new = ObjectID(kind: .tree, content: content.bytes)
            var isStored = pack.contains(new)
            if !isStored, let delta, let old { isStored = try pack.add(new, as: delta, of: old) }
            if !isStored { try pack.add(.tree, new, content.bytes) }
            self.contents[directory] = content
            self.ids[directory] = new
            child = new
        }
        return child ?? ObjectID(kind: .tree, content: [])
    }

    /// The directories above `path` from the root on, what is below each on the way, and what each is now: nil where there is none.
    private func chain(above path: String, root: ObjectID?) -> [(directory: String, name: String, id: ObjectID?)] {
        var chain: [(directory: String, name: String, id: ObjectID?)] = []
        var (directory, id) = ("", root)
        for name in path.split(separator: "/").map(String.init) {
            chain.append((directory, name, id))
            // Of a directory that is not known as it is, nothing below can be told.
            id = id != nil && self.ids[directory] == id ? self.contents[directory]?.directory(name) : nil
            directory = directory.isEmpty ? name : "\(directory)/\(name)"
        }
        return chain
    }
}
