import GitObjects

/// A batch as objects: one commit per package, each on the one before it, in a pack of everything that is new.
struct PublicationPack: Sendable {
    /// Of the commits, in their order.
    let ids: [ObjectID]
    let pack: Pack
    /// The directories above packages as the last commit leaves them, and its tree.
    let spine: TreeSpine
    let root: ObjectID?
    /// Of files and directories of packages, now in the repository.
    let written: [ObjectID]

    /// - Parameters:
    ///   - head: nil on a branch without a commit.
    ///   - root: the tree of `head`; `spine` knows the directories above all packages of the batch.
    ///   - isKnown: whether the repository has an object of a package already.
    init(
        _ commits: [StagedCommit], onto head: ObjectID?, root: ObjectID?, spine: TreeSpine, time: CommitTime, signer: SSHSigningKey?,
        isKnown: (ObjectID) -> Bool
    ) throws {
        var pack = try PackBuilder()
        var (spine, root, parent) = (spine, root, head)
        var ids: [ObjectID] = []
        var written: [ObjectID] = []
        for commit in commits {
            if let content = commit.content {
                for blob in content.blobs where !isKnown(blob.id) {
                    try pack.add(blob: blob.content, blob.id)
                    written.append(blob.id)
                }
                for tree in content.trees where !isKnown(tree.id) {
                    try pack.add(.tree, tree.id, tree.content)
                    written.append(tree.id)
                }
            }
            let tree = try spine.set(commit.path.description, to: commit.content?.id, below: root, in: &pack)
            let id = try Self.add(tree: tree, parent: parent, message: commit.message, time: time, signer: signer, to: &pack)
            ids.append(id)
            (root, parent) = (tree, id)
        }
        (self.ids, self.spine, self.root, self.written) = (ids, spine, root, written)
        self.pack = pack.finished()
    }

    /// The first commit of a repository: a file that says what it is.
    init(root text: String, message: String, time: CommitTime, signer: SSHSigningKey?) throws {
        try self.init(file: "README.md", text, message: message, parent: nil, time: time, signer: signer)
    }

    /// A commit with nothing but one file.
    init(file name: String, _ text: String, message: String, parent: ObjectID?, time: CommitTime, signer: SSHSigningKey?) throws {
        var pack = try PackBuilder()
        let blob = ObjectID(kind: .blob, content: text.utf8)
        try pack.add(blob: text, blob)
        var content = Array("100644 \(name)\0".utf8)
        blob.append(to: &content)
        let tree = ObjectID(kind: .tree, content: content)
        try pack.add(.tree, tree, content)
        self.ids = [try Self.add(tree: tree, parent: parent, message: message, time: time, signer: signer, to: &pack)]
        (self.spine, self.root, self.written) = (TreeSpine(), tree, [])
        self.pack = pack.finished()
    }

    private static func add(
        tree: ObjectID, parent: ObjectID?, message: String, time: CommitTime, signer: SSHSigningKey?, to pack: inout PackBuilder
    ) throws -> ObjectID {
        let person = "Nephoran <nephoran@localhost> \(time.seconds) +0000"
        let parents = parent.map { "parent \($0)\n" } ?? ""
        let headers = "tree \(tree)\n\(parents)author \(person)\ncommitter \(person)\n"
        var content = Array("\(headers)\n\(message)".utf8)
        if let signer {
            // What is signed is the commit without its signature; that follows the other headers, its lines indented.
            let signature = try signer.signature(of: content).split(separator: "\n").joined(separator: "\n ")
            content = Array("\(headers)gpgsig \(signature)\n\n\(message)".utf8)
        }
        let id = ObjectID(kind: .commit, content: content)
        try pack.add(.commit, id, content)
        return id
    }
}
