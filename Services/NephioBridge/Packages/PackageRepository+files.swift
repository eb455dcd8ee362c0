import GitObjects
import IntentModel

/// Reading the files of packages.
extension PackageRepository {
    struct TreeFiles: Sendable {
        var files: [PackageFile] = []
        /// Files that are not held because of their size.
        var tooLarge: [String] = []
    }

    /// The files of each tree, sorted by path; links and submodules are left out.
    func files(of trees: [ObjectID], where wanted: (String) -> Bool = { _ in true }) async throws(GitError) -> [TreeFiles] {
        var results = Array(repeating: TreeFiles(), count: trees.count)
        var directories = trees.enumerated().map { (package: $0.offset, prefix: "", id: $0.element) }
        var blobs: [(package: Int, path: String, id: ObjectID)] = []
        var depth = 0
        while !directories.isEmpty, depth < 2 * PackageContent.maxDepth {
            var deeper: [(package: Int, prefix: String, id: ObjectID)] = []
            for (directory, object) in zip(directories, try await self.reader.objects(directories.map(\.id.description))) {
                guard let object, object.kind == .tree else { continue }
                for entry in GitTreeEntry.entries(of: object.content) {
                    let path = directory.prefix + entry.name
                    if entry.isDirectory {
                        deeper.append((directory.package, path + "/", entry.id))
                    } else if entry.isFile, wanted(path) {
                        blobs.append((directory.package, path, entry.id))
                    }
                }
            }
            directories = deeper
            depth += 1
        }
        for start in stride(from: 0, to: blobs.count, by: 1_024) {
            let part = blobs[start..<min(start + 1_024, blobs.count)]
            for (blob, object) in zip(part, try await self.reader.objects(part.map(\.id.description))) {
                guard let object, object.kind == .blob else { continue }
                if object.isComplete {
                    results[blob.package].files.append(PackageFile(path: blob.path, content: String(decoding: object.content, as: UTF8.self)))
                } else {
                    results[blob.package].tooLarge.append(blob.path)
                }
            }
        }
        for position in results.indices { results[position].files.sort { $0.path < $1.path } }
        return results
    }
}
