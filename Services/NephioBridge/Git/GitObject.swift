import GitObjects

/// An object read from the repository.
struct GitObject: Sendable {
    typealias Kind = GitObjectKind

    var id: ObjectID
    var kind: Kind
    /// Bytes; `content` is empty when this is more than the reader's limit.
    var size: Int
    var content: [UInt8]

    var isComplete: Bool { self.content.count == self.size }
}

/// One entry of a tree object: `<mode> <name>\0<20 bytes>`.
struct GitTreeEntry: Sendable {
    var name: String
    var id: ObjectID
    var isDirectory: Bool
    /// A regular file; neither a link nor another repository.
    var isFile: Bool

    static func entries(of tree: [UInt8]) -> [GitTreeEntry] {
        var entries: [GitTreeEntry] = []
        var rest = tree[...]
        while let space = rest.firstIndex(of: UInt8(ascii: " ")), let end = rest[space...].firstIndex(of: 0), rest.endIndex - end > 20 {
            let mode = rest[rest.startIndex..<space]
            if let id = ObjectID(bytes: rest[(end + 1)...(end + 20)]) {
                entries.append(
                    GitTreeEntry(
                        name: String(decoding: rest[(space + 1)..<end], as: UTF8.self), id: id,
                        isDirectory: mode.elementsEqual("40000".utf8), isFile: mode.starts(with: "100".utf8)
                    )
                )
            }
            rest = rest[(end + 21)...]
        }
        return entries
    }
}
