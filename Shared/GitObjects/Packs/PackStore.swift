import Glibc

/// The packs of a repository: `objects/pack`. What is added is on disk, and only then seen by git.
package struct PackStore: Sendable {
    /// What can be interrupted, in its order. Nothing is seen of a pack before its index has its name.
    package enum Point: String, Sendable, CaseIterable {
        /// Both files are on disk under names that git ignores.
        case written = "pack-written"
        /// The pack has its name, its index has not.
        case named = "pack-named"
        /// Both have.
        case indexed = "pack-indexed"
        /// A merged pack is on disk beside those it was made of.
        case merged = "packs-merged"
        /// One of those has lost its index.
        case unlinked = "pack-unlinked"
    }

    let directory: String
    private let passing: @Sendable (Point) throws -> Void

    /// - Parameters:
    ///   - repository: a bare repository's directory.
    ///   - passing: told of each point; what it throws interrupts there.
    package init(repository: String, passing: @escaping @Sendable (Point) throws -> Void = { _ in }) {
        self.directory = repository + "/objects/pack"
        self.passing = passing
    }

    /// On disk when this returns.
    package func add(_ pack: consuming Pack) throws {
        let temporary = self.temporaryName
        defer { self.removeTemporary(temporary) }
        try FileName.makeDirectories(self.directory[...])
        for (suffix, bytes) in [("pack", pack.pack), ("idx", pack.index)] {
            let file = try OutputFile(creating: "\(temporary).\(suffix)")
            try file.write(bytes)
            try file.sync()
        }
        try self.name(temporary, pack.checksum)
    }

    /// Of what `temporary` names two files that are on disk become a pack.
    func name(_ temporary: String, _ checksum: ObjectID) throws {
        let name = "\(self.directory)/pack-\(checksum)"
        try self.passing(.written)
        try FileName.rename("\(temporary).pack", to: "\(name).pack")
        try self.passing(.named)
        try FileName.rename("\(temporary).idx", to: "\(name).idx")
        try FileName.syncDirectory(self.directory)
        try self.passing(.indexed)
    }

    func pass(_ point: Point) throws { try self.passing(point) }

    /// Git ignores what begins so, and removes it when it is old.
    var temporaryName: String { "\(self.directory)/tmp_\(getpid())_\(UInt64.random(in: .min ... .max))" }

    func removeTemporary(_ temporary: String) {
        for suffix in ["pack", "idx"] { unlink("\(temporary).\(suffix)") }
    }
}
