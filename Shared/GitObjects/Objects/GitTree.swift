package import IntentModel

/// A directory as Git stores it, with everything below it.
package struct GitTree: Sendable {
    /// Name of the tree object of a directory holding exactly the files, as `git write-tree` makes it after adding them with mode 100644.
    package let id: ObjectID
    package private(set) var blobs: [(id: ObjectID, content: String)] = []
    /// Directories below come before those that hold them; the last is the tree itself.
    package private(set) var trees: [(id: ObjectID, content: [UInt8])] = []

    private typealias File = (path: ArraySlice<UInt8>, content: String)

    /// A `/` in a path opens a subdirectory.
    ///
    /// The paths are taken as they are: who accepts them from outside validates them first. Of two files with one
    /// path the last counts. No files give the empty tree, which Git never stores inside another tree.
    package init(of files: [PackageFile]) {
        var parts = Parts()
        self.id = parts.add(files.map { (path: Array($0.path.utf8)[...], content: $0.content) })
        (self.blobs, self.trees) = (parts.blobs, parts.trees)
    }

    /// As 40 lower-case hexadecimal digits.
    package static func id(of files: [PackageFile]) -> String { GitTree(of: files).id.description }

    private struct Parts {
        var blobs: [(id: ObjectID, content: String)] = []
        var trees: [(id: ObjectID, content: [UInt8])] = []

        mutating func add(_ files: [File]) -> ObjectID {
            // Git sorts entries by the bytes of their names, as if a directory's name ended in `/`:
            // `a.yaml` sorts before the directory `a`, because `.` is less than `/`.
            var contents: [ArraySlice<UInt8>: String] = [:]
            var directories: [ArraySlice<UInt8>: [File]] = [:]
            for file in files {
                if let slash = file.path.firstIndex(of: UInt8(ascii: "/")) {
                    directories[file.path[...slash], default: []].append((file.path[(slash + 1)...], file.content))
                } else {
                    contents[file.path] = file.content
                }
            }
            var entries: [(key: ArraySlice<UInt8>, mode: String, id: ObjectID)] = []
            entries.reserveCapacity(contents.count + directories.count)
            for (name, content) in contents {
                let id = ObjectID(kind: .blob, content: content.utf8)
                self.blobs.append((id, content))
                entries.append((name, "100644 ", id))
            }
            for (name, files) in directories { entries.append((name, "40000 ", self.add(files))) }
            entries.sort { $0.key.lexicographicallyPrecedes($1.key) }

            var tree: [UInt8] = []
            tree.reserveCapacity(entries.reduce(0) { $0 + $1.key.count + 28 })
            for entry in entries {
                tree.append(contentsOf: entry.mode.utf8)
                tree.append(contentsOf: entry.key.last == UInt8(ascii: "/") ? entry.key.dropLast() : entry.key)
                tree.append(0)
                entry.id.append(to: &tree)
            }
            let id = ObjectID(kind: .tree, content: tree)
            self.trees.append((id, tree))
            return id
        }
    }
}
