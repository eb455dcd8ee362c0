import Glibc

/// Many new refs at once, written where git keeps refs that rarely change: one file instead of one, and a directory, for each. By git's own protocol: who
/// holds `packed-refs.lock` may replace the file, by renaming the lock.
extension RefFiles {
    /// How git begins the file: sorted by name, and a ref without a `^` line below it is no annotated tag.
    private static let header = Array("# pack-refs with: peeled fully-peeled sorted \n".utf8)

    /// Makes refs what they are to be, whatever they were; none of them names an annotated tag. On disk when this returns true.
    ///
    /// - Parameter limit: bytes of the file beyond which it is not written anew for these.
    /// - Returns: false when nothing was done: another is at it, the file is too large or of another form, or a ref is, or is in the way of, another. They are
    ///   to be set one by one then, which says what is wrong.
    package func pack(_ refs: [String: ObjectID], limit: Int) throws -> Bool {
        guard !refs.isEmpty else { return true }
        let path = "\(self.directory)/packed-refs"
        // Mostly this is known without a lock.
        var status = stat()
        if stat(path, &status) == 0, status.st_size > limit { return false }
        let file: OutputFile
        do throws(FileError) { file = try OutputFile(creating: "\(path).lock", mode: 0o644) } catch {
            guard error.code == EEXIST else { throw error }
            return false
        }
        do {
            // Looked at when nobody else can change it any more.
            guard let bytes = try self.packed(with: refs, limit: limit) else {
                unlink(file.path)
                return false
            }
            try file.write(bytes)
            try file.sync()
            try FileName.rename(file.path, to: path)
        } catch {
            unlink(file.path)
            throw error
        }
        return true
    }

    /// The file with `refs` in it; nil when it is not to be written.
    private func packed(with refs: [String: ObjectID], limit: Int) throws -> [UInt8]? {
        let old = try MappedFile(opening: "\(self.directory)/packed-refs").map { PackedRefs($0) }
        guard old.map({ $0.isOrdinary && $0.byteCount <= limit }) ?? true, !self.areInTheWay(refs.keys, old) else { return nil }
        let new = refs.map { (name: Array($0.key.utf8), id: $0.value) }.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity((old?.byteCount ?? Self.header.count) + new.reduce(0) { $0 + $1.name.count + 42 })
        if old == nil { bytes += Self.header }
        var copied = 0
        for (name, id) in new {
            if let old {
                let place = old.place(of: name)
                bytes += old.bytes[copied..<place.start]
                copied = place.end
            }
            bytes += "\(id) ".utf8
            bytes += name
            bytes.append(UInt8(ascii: "\n"))
        }
        if let old { bytes += old.bytes[copied...] }
        return bytes
    }

    /// Whether a file stands for one of them, which would count instead, or one is below or above another ref.
    private func areInTheWay(_ names: some Collection<String>, _ packed: PackedRefs?) -> Bool {
        var above: Set<Substring> = []
        for name in names {
            var rest = name[...]
            while let slash = rest.lastIndex(of: "/") {
                rest = rest[..<slash]
                guard above.insert(rest).inserted else { break }
            }
        }
        if names.contains(where: { above.contains($0[...]) }) { return true }
        var status = stat()
        for name in names where lstat("\(self.directory)/\(name)", &status) == 0 || packed?.hasRefs(below: name) == true { return true }
        for name in above {
            if lstat("\(self.directory)/\(name)", &status) == 0, status.st_mode & S_IFMT != S_IFDIR { return true }
            if packed?.value(of: String(name)) != nil { return true }
        }
        return false
    }
}
