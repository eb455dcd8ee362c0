import Crypto

/// A pack and its index, opened: they are read to their end also when their names are gone.
final class PackSource {
    struct Damaged: Error, CustomStringConvertible {
        let pack: String
        let reason: String

        var description: String { "\(self.pack) \(self.reason)" }
    }

    let name: String
    let file: InputFile
    /// In the order of the pack.
    let entries: [PackEntry]
    private let end: Int

    /// Nil when one of the two files is gone.
    init?(directory: String, name: String) throws {
        guard let bytes = try InputFile.contents(of: "\(directory)/\(name).idx"), let file = try InputFile(opening: "\(directory)/\(name).pack") else {
            return nil
        }
        guard let index = PackIndex(bytes), file.size >= 32, let trailer = ObjectID(bytes: try file.read((file.size - 20)..<file.size)),
            index.packChecksum == trailer
        else { throw Damaged(pack: name, reason: "has no index of its own") }
        self.name = name
        self.file = file
        self.entries = index.entries.sorted { $0.offset < $1.offset }
        self.end = file.size - ObjectID.byteCount
    }

    /// The entry at a position of ``entries``, as it is in the pack.
    func bytes(_ position: Int) throws -> [UInt8] {
        let start = self.entries[position].offset
        let end = position + 1 < self.entries.count ? self.entries[position + 1].offset : self.end
        guard start >= 12, start < end, end <= self.end else { throw Damaged(pack: self.name, reason: "has an entry outside of it") }
        return try self.file.read(start..<end)
    }

    func isDelta(_ position: Int) throws -> Bool {
        let start = self.entries[position].offset
        guard start < self.end else { throw Damaged(pack: self.name, reason: "has an entry outside of it") }
        return try self.file.read(start..<(start + 1))[0] >> 4 & 7 > 4
    }

    /// The object whose entry begins there.
    func id(at offset: Int) -> ObjectID? {
        var (low, high) = (0, self.entries.count)
        while low < high {
            let middle = (low + high) / 2
            if self.entries[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < self.entries.count && self.entries[low].offset == offset ? self.entries[low].id : nil
    }
}

/// Copies the objects of several packs into one, each once, compressed as they are.
///
/// An object that several packs hold is taken whole where one holds it whole, else from the first. So no object is made of itself by way of others: along
/// deltas, the packs that objects were taken from never come later in the order, and within one pack there is no circle.
struct PackMerge {
    private let sources: [PackSource]
    /// Positions in the entries of each source.
    private var kept: [[Int]]

    init(_ sources: [PackSource]) throws {
        self.sources = sources
        var first: [ObjectID: (source: Int, position: Int)] = [:]
        first.reserveCapacity(sources.reduce(0) { $0 + $1.entries.count })
        for (number, source) in sources.enumerated() {
            for (position, entry) in source.entries.enumerated() {
                guard let other = first[entry.id] else {
                    first[entry.id] = (number, position)
                    continue
                }
                if try sources[other.source].isDelta(other.position), try !source.isDelta(position) { first[entry.id] = (number, position) }
            }
        }
        self.kept = sources.enumerated().map { number, source in
            source.entries.indices.filter { position in
                first[source.entries[position].id].map { $0.source == number && $0.position == position } ?? false
            }
        }
    }

    /// Writes `<path>.pack` and `<path>.idx`; both are on disk afterwards.
    /// - Returns: the checksum of the pack.
    func write(to path: String) throws -> ObjectID {
        let file = try OutputFile(creating: "\(path).pack")
        var hash = Insecure.SHA1()
        var entries: [PackEntry] = []
        entries.reserveCapacity(self.kept.reduce(0) { $0 + $1.count })
        var buffer = PackBuilder.header(count: self.kept.reduce(0) { $0 + $1.count })
        var written = 0
        func flush() throws {
            buffer.withUnsafeBytes { hash.update(bufferPointer: $0) }
            try file.write(buffer)
            written += buffer.count
            buffer.removeAll(keepingCapacity: true)
        }
        for (source, positions) in zip(self.sources, self.kept) {
            for position in positions {
                let entry = source.entries[position]
                let bytes = try source.bytes(position)
                guard Checksum.crc(of: bytes) == entry.crc, let (header, length) = PackEntryHeader.read(bytes) else {
                    throw PackSource.Damaged(pack: source.name, reason: "is damaged at \(entry.offset)")
                }
                let offset = written + buffer.count
                let start = buffer.count
                if case .offsetDelta(let distance) = header.kind {
                    guard let base = source.id(at: entry.offset - distance) else {
                        throw PackSource.Damaged(pack: source.name, reason: "has a delta of nothing at \(entry.offset)")
                    }
                    PackEntryHeader(kind: .referenceDelta(base: base), size: header.size).append(to: &buffer)
                    buffer.append(contentsOf: bytes[length...])
                } else {
                    buffer.append(contentsOf: bytes)
                }
                entries.append(PackEntry(id: entry.id, offset: offset, crc: Checksum.crc(of: buffer[start...])))
                if buffer.count >= 1 << 18 { try flush() }
            }
        }
        try flush()
        let checksum = ObjectID(hash.finalize())
        checksum.append(to: &buffer)
        try file.write(buffer)
        try file.sync()
        let index = try OutputFile(creating: "\(path).idx")
        try index.write(PackIndex.encoded(entries, packChecksum: checksum))
        try index.sync()
        return checksum
    }
}
