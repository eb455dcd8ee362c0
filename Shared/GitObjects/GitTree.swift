import Crypto
package import IntentModel

/// A directory as Git stores it.
package enum GitTree {
    /// SHA-1 of the tree object of a directory holding exactly `files`, as 40 lower-case hexadecimal digits: what
    /// `git write-tree` prints after adding them with mode 100644. A `/` in a path opens a subdirectory.
    ///
    /// The paths are taken as they are: who accepts them from outside validates them first. Of two files with one
    /// path the last counts. No files give the empty tree, which Git never stores inside another tree.
    package static func id(of files: [PackageFile]) -> String {
        hexadecimal(self.digest(of: files.map { (path: Array($0.path.utf8)[...], content: $0.content) }))
    }

    private typealias File = (path: ArraySlice<UInt8>, content: String)

    private static func digest(of files: [File]) -> Insecure.SHA1Digest {
        // Git sorts entries by the bytes of their names, as if a directory's name ended in `/`:
        // `a.yaml` sorts before the directory `a`, because `.` is less than `/`.
        var blobs: [ArraySlice<UInt8>: String] = [:]
        var directories: [ArraySlice<UInt8>: [File]] = [:]
        for file in files {
            if let slash = file.path.firstIndex(of: UInt8(ascii: "/")) {
                directories[file.path[...slash], default: []].append((file.path[(slash + 1)...], file.content))
            } else {
                blobs[file.path] = file.content
            }
        }
        var entries: [(key: ArraySlice<UInt8>, mode: String, digest: Insecure.SHA1Digest)] = []
        entries.reserveCapacity(blobs.count + directories.count)
        for (name, content) in blobs { entries.append((name, "100644 ", GitBlob.digest(of: content.utf8))) }
        for (name, files) in directories { entries.append((name, "40000 ", self.digest(of: files))) }
        entries.sort { $0.key.lexicographicallyPrecedes($1.key) }

        var tree: [UInt8] = []
        for entry in entries {
            tree.append(contentsOf: entry.mode.utf8)
            tree.append(contentsOf: entry.key.last == UInt8(ascii: "/") ? entry.key.dropLast() : entry.key)
            tree.append(0)
            tree.append(contentsOf: entry.digest)
        }
        return objectDigest(kind: "tree", content: tree)
    }
}
