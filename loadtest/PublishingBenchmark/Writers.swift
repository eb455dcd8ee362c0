import Foundation
import GitObjects
import IntentModel

/// As nephio-bridge does it.
struct OwnWriter: ChangeWriter {
    private let packs: PackStore
    private let refs: RefFiles
    private var spine = TreeSpine()
    private var root: ObjectID?
    private var head: ObjectID?
    private var known: Set<ObjectID> = []
    private var written = 0

    init(repository: String) throws {
        self.packs = PackStore(repository: repository)
        self.refs = RefFiles(repository: repository)
    }

    mutating func write(_ changes: [Change]) throws {
        var pack = try PackBuilder()
        let before = self.head
        var tags: [(name: String, commit: ObjectID)] = []
        for change in changes {
            let tree = GitTree(of: change.files)
            for blob in tree.blobs where self.known.insert(blob.id).inserted { try pack.add(blob: blob.content, blob.id) }
            for directory in tree.trees where self.known.insert(directory.id).inserted { try pack.add(.tree, directory.id, directory.content) }
            let root = try self.spine.set(change.path, to: tree.id, below: self.root, in: &pack)
            let parent = self.head.map { "parent \($0)\n" } ?? ""
            let person = "N <n@localhost> 1000000000 +0000"
            let content = Array("tree \(root)\n\(parent)author \(person)\ncommitter \(person)\n\n\(change.message)".utf8)
            let commit = ObjectID(kind: .commit, content: content)
            try pack.add(.commit, commit, content)
            (self.root, self.head) = (root, commit)
            tags.append((change.tag, commit))
        }
        guard let head = self.head else { return }
        try self.packs.add(pack.finished())
        try self.refs.move("refs/heads/main", from: before, to: head)
        for tag in tags { try self.refs.set("refs/tags/\(tag.name)", to: tag.commit) }
        self.written += 1
        if self.written % PackStore.mergeInterval == 0 { try self.packs.merge() }
    }

}

/// By git's own means.
struct GitWriter: ChangeWriter {
    private let repository: String
    private var head: String?
    private var written = 0

    init(repository: String) { self.repository = repository }

    mutating func write(_ changes: [Change]) throws {
        var stream = "feature done\n"
        for (position, change) in changes.enumerated() {
            stream += "commit refs/heads/main\nmark :\(position + 1)\ncommitter N <n@localhost> 1000000000 +0000\n"
            stream += "data \(change.message.utf8.count)\n\(change.message)\n"
            if position == 0, let head { stream += "from \(head)\n" }
            stream += "D \(change.path)\n"
            for file in change.files { stream += "M 100644 inline \(change.path)/\(file.path)\ndata \(file.content.utf8.count)\n\(file.content)\n" }
        }
        for position in changes.indices { stream += "get-mark :\(position + 1)\n" }
        let settings = ["--git-dir", self.repository, "-c", "core.fsync=all", "-c", "fastimport.unpackLimit=1"]
        let ids = try GitProcess.run(settings + ["fast-import", "--quiet"], input: stream + "done\n").split(separator: "\n")
        guard ids.count == changes.count else { throw Failure(description: "fast-import made \(ids.count) of \(changes.count) commits") }
        self.head = ids.last.map(String.init)
        let updates = zip(changes, ids).map { "update refs/tags/\($0.tag) \($1)\n" }.joined()
        try GitProcess.run(["--git-dir", self.repository, "-c", "core.fsync=none", "update-ref", "--stdin"], input: updates)
        self.written += 1
        if self.written % 50 == 0 { try GitProcess.run(settings + ["repack", "--geometric=2", "-d", "--quiet"]) }
    }

}

enum GitProcess {
    @discardableResult
    static func run(_ arguments: [String], input: String = "") throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/git")
        process.arguments = arguments
        let (toGit, fromGit) = (Pipe(), Pipe())
        process.standardInput = toGit
        process.standardOutput = fromGit
        process.standardError = FileHandle.nullDevice
        try process.run()
        // What git prints is little, and comes after it has read everything.
        try toGit.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try toGit.fileHandleForWriting.close()
        let output = try fromGit.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "git \(arguments.last ?? ""): status \(process.terminationStatus)") }
        return String(decoding: output, as: UTF8.self)
    }
}
