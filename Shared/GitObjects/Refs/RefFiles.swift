import Glibc

/// The refs of a repository as files, changed by git's own protocol: who holds `<ref>.lock`, made with `O_EXCL`, may change the ref; the new value is
/// written into the lock, which is then renamed. So any git may work beside it.
package struct RefFiles: Sendable {
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// Another has its lock, or a killed one left it.
        case locked(String)
        /// It is not what it was seen to be.
        case moved(String)
        /// It names another ref, or there are refs below or above it.
        case unusable(String)

        package var description: String {
            switch self {
            case .locked(let ref): "\(ref) is locked"
            case .moved(let ref): "\(ref) was moved"
            case .unusable(let ref): "\(ref) cannot be a ref here"
            }
        }
    }

    package enum Point: String, Sendable, CaseIterable {
        /// The lock is held and holds the new value.
        case locked = "ref-locked"
        /// The ref has its new value.
        case moved = "ref-moved"
    }

    let directory: String
    private let passing: @Sendable (Point) throws -> Void

    package init(repository: String, passing: @escaping @Sendable (Point) throws -> Void = { _ in }) {
        self.directory = repository
        self.passing = passing
    }

    /// Nil when there is no such ref.
    /// - Throws: ``Failure/unusable(_:)`` for one that names another ref.
    package func value(of ref: String) throws -> ObjectID? {
        if let bytes = try InputFile.contents(of: "\(self.directory)/\(ref)"), !bytes.isEmpty {
            guard let id = ObjectID(hex: bytes.prefix(40)) else { throw Failure.unusable(ref) }
            return id
        }
        return try self.packed()?.value(of: ref)
    }

    private func packed() throws(FileError) -> PackedRefs? { try MappedFile(opening: "\(self.directory)/packed-refs").map { PackedRefs($0) } }

    /// Moves a ref from where it was seen to be; `old` is nil when it was not there. On disk when this returns.
    /// - Throws: ``Failure``; then nothing has changed.
    package func move(_ ref: String, from old: ObjectID?, to new: ObjectID) throws {
        try self.write(ref, new, isDurable: true) { if try self.value(of: ref) != old { throw Failure.moved(ref) } }
    }

    /// Makes a ref what it is to be, whatever it was, without waiting for the disk.
    package func set(_ ref: String, to new: ObjectID) throws { try self.write(ref, new, isDurable: false) {} }

    private func write(_ ref: String, _ new: ObjectID, isDurable: Bool, where holds: () throws -> Void) throws {
        let path = "\(self.directory)/\(ref)"
        let file = try self.lock(ref, path)
        do {
            try holds()
            try file.write(Array("\(new)\n".utf8))
            if isDurable {
                try file.sync()
                try self.passing(.locked)
            }
            do { try FileName.rename(file.path, to: path) } catch {
                // A directory without refs in it may be left of others that are gone.
                guard error.code == EISDIR || error.code == ENOTEMPTY || error.code == EEXIST else { throw error }
                guard rmdir(path) == 0 else { throw Failure.unusable(ref) }
                try FileName.rename(file.path, to: path)
            }
        } catch {
            unlink(file.path)
            throw error
        }
        guard isDurable else { return }
        try FileName.syncDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
        try self.passing(.moved)
    }

    private func lock(_ ref: String, _ path: String) throws -> OutputFile {
        // Whoever packs refs removes directories that are empty then, maybe the one just made.
        var attempts = 0
        while true {
            attempts += 1
            do throws(FileError) { return try OutputFile(creating: "\(path).lock", mode: 0o644) } catch {
                switch error.code {
                case EEXIST: throw Failure.locked(ref)
                case ENOTDIR: throw Failure.unusable(ref)
                case ENOENT where attempts < 4:
                    if try self.isBelowAnother(ref) { throw Failure.unusable(ref) }
                    do { try FileName.makeDirectories(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]) } catch {
                        guard error.code == ENOTDIR || error.code == EEXIST else { throw error }
                        throw Failure.unusable(ref)
                    }
                default: throw error
                }
            }
        }
    }

    /// `refs/tags/a/b` cannot be where `refs/tags/a` is. A file of that name is in the way of the directory; among packed refs it is not.
    private func isBelowAnother(_ ref: String) throws(FileError) -> Bool {
        guard let packed = try self.packed() else { return false }
        var above = ref[...]
        while let slash = above.lastIndex(of: "/") {
            above = above[..<slash]
            if packed.value(of: String(above)) != nil { return true }
        }
        return false
    }
}
