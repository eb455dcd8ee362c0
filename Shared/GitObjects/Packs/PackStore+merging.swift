import Glibc

extension PackStore {
    /// Packs of like size are merged when there are so many of them, so that every object is copied a few times in its life and there are never many packs.
    private struct Tier {
        /// Bytes of a pack.
        var sizes: Range<Int>
        var count: Int
    }

    // With what is larger and stays as it is, below the 50 from which `git gc --auto` would think that there is something to do.
    private static let tiers = [
        // What few intents at a time leave is not copied again with each dozen that follows.
        Tier(sizes: 0..<(96 << 10), count: 12), Tier(sizes: (96 << 10)..<(2 << 20), count: 8), Tier(sizes: (2 << 20)..<(16 << 20), count: 8),
        Tier(sizes: (16 << 20)..<(128 << 20), count: 8),
    ]
    /// Offsets in an index are of 31 bits.
    private static let largest = 1 << 30
    /// What has one of these is somebody's, or of another kind.
    private static let marks = ["keep", "promisor", "mtimes", "bitmap"]

    /// Packs that ``add(_:)`` may leave between two merges.
    package static let mergeInterval = 8

    private struct Candidate {
        var name: String
        var size: Int
        var changed: timespec
    }

    /// Merges the packs of each size of which there are many, the smallest first.
    ///
    /// The merged pack is on disk before the others go: at no moment is an object in none. Readers that have one of the others open go on with it.
    /// - Returns: the number of packs that went.
    @discardableResult
    package func merge() throws -> Int {
        var gone = 0
        var damage: PackSource.Damaged?
        for tier in Self.tiers {
            var packs = try self.candidates(of: tier.sizes)
            // The oldest first: what was written together stays together.
            packs.sort { ($0.changed.tv_sec, $0.changed.tv_nsec, $0.name) < ($1.changed.tv_sec, $1.changed.tv_nsec, $1.name) }
            while packs.count >= tier.count {
                var bytes = 0
                let part = packs.prefix { pack in
                    bytes += pack.size
                    return bytes < Self.largest
                }
                do {
                    gone += try self.merge(part.map(\.name))
                    packs.removeFirst(part.count)
                } catch let error as PackSource.Damaged {
                    // One that is damaged stays as it is, and keeps the others from nothing.
                    damage = error
                    packs.removeAll { $0.name == error.pack }
                }
            }
        }
        if let damage { throw damage }
        return gone
    }

    /// The packs of such a size that are nobody's in particular.
    private func candidates(of sizes: Range<Int>) throws(FileError) -> [Candidate] {
        let files = Set(try FileName.names(in: self.directory))
        var candidates: [Candidate] = []
        for file in files where file.hasPrefix("pack-") && file.hasSuffix(".idx") {
            let name = String(file.dropLast(".idx".count))
            var status = stat()
            guard !Self.marks.contains(where: { files.contains("\(name).\($0)") }), stat("\(self.directory)/\(name).pack", &status) == 0,
                sizes.contains(Int(status.st_size))
            else { continue }
            candidates.append(Candidate(name: name, size: Int(status.st_size), changed: status.st_mtim))
        }
        return candidates
    }

    private func merge(_ names: [String]) throws -> Int {
        var sources: [PackSource] = []
        for name in names {
            // Another process may be merging the same ones.
            guard let source = try PackSource(directory: self.directory, name: name) else { continue }
            sources.append(source)
        }
        guard sources.count > 1 else { return 0 }
        let temporary = self.temporaryName
        defer { self.removeTemporary(temporary) }
        var merge = try PackMerge(sources)
        let checksum = try merge.write(to: temporary)
        try self.name(temporary, checksum)
        try self.pass(.merged)
        // As git does when it removes packs: the index of all packs would name those that go.
        unlink("\(self.directory)/multi-pack-index")
        for source in sources where source.name != "pack-\(checksum)" {
            unlink("\(self.directory)/\(source.name).idx")
            try self.pass(.unlinked)
            unlink("\(self.directory)/\(source.name).rev")
            unlink("\(self.directory)/\(source.name).pack")
        }
        return sources.count
    }
}
