import Foundation
import GitObjects
import IntentModel

/// The index as it was at one commit, kept beside the repository's objects, so that a start reads what came after that
/// commit instead of every package. Derived from the history: a file that is missing, damaged or of another branch's
/// past is ignored.
///
/// Text: a line with the format's version, the commit, and the id of the rest as a Git blob; then one line per package,
/// `P <path> <tree> <revision> <commit> <intent or -> <seconds> <replicas or -> <function>`, and one per path that has
/// none any more, `R <path> <last revision>`.
enum PackageIndexFile {
    private static let name = "nephoran-index"
    private static let version = "nephoran-index/1"

    /// Called only when the tags of everything in the index are on disk.
    static func write(_ index: PackageIndex, in directory: String) throws {
        guard let head = index.head else { return }
        let body = self.body(of: index)
        let file = Array("\(self.version) \(head) \(GitBlob.id(of: body))\n".utf8) + body
        try Data(file).write(to: URL(filePath: "\(directory)/\(self.name)"), options: .atomic)
    }

    static func read(in directory: String) -> PackageIndex? {
        guard let file = FileManager.default.contents(atPath: "\(directory)/\(self.name)"), let end = file.firstIndex(of: UInt8(ascii: "\n")) else {
            return nil
        }
        let header = String(decoding: file[..<end], as: UTF8.self).split(separator: " ")
        let body = Array(file[(end + 1)...])
        guard header.count == 3, header[0] == self.version, let head = ObjectID(header[1]), GitBlob.id(of: body) == header[2] else { return nil }
        return self.index(at: head, from: body)
    }

    private static func body(of index: PackageIndex) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(index.entries.count * 200)
        for entry in index.entries.values {
            let function = entry.function.contains(where: \.isNewline) ? "unknown" : entry.function
            let fields = [
                "P", entry.path.description, entry.tree.description, String(entry.revision), entry.commit.description, entry.intentId?.description ?? "-",
                String(entry.updatedAt.seconds), entry.replicas.map(String.init) ?? "-", function,
            ]
            body += fields.joined(separator: " ").utf8
            body.append(UInt8(ascii: "\n"))
        }
        for (path, revision) in index.retired { body += "R \(path) \(revision)\n".utf8 }
        return body
    }

    /// Nil when a line is not what it should be.
    private static func index(at head: ObjectID, from body: [UInt8]) -> PackageIndex? {
        var index = PackageIndex(head: head)
        for line in body.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 8).map { String(decoding: $0, as: UTF8.self) }
            if fields.count == 9, fields[0] == "P", let path = PackagePath(fields[1]), let tree = ObjectID(fields[2]), let revision = Int(fields[3]),
                let commit = ObjectID(fields[4]), let seconds = Int64(fields[6])
            {
                let entry = PackageEntry(
                    path: path, tree: tree, revision: revision, commit: commit, intentId: IntentID(fields[5]), updatedAt: CommitTime(seconds: seconds),
                    function: fields[8], replicas: Int(fields[7])
                )
                index.put(entry)
            } else if fields.count == 3, fields[0] == "R", let path = PackagePath(fields[1]), let revision = Int(fields[2]) {
                index.remove(path, revision: revision)
            } else {
                return nil
            }
        }
        return index
    }
}
