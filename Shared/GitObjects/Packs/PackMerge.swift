import Crypto

/// Copies the objects of several packs into one, each once, compressed as they are.
///
/// An object that several packs hold is taken whole where one holds it whole, else from the first. So no object is made of itself by way of others: along
/// deltas, the packs that objects were taken from never come later in the order, and within one pack there is no circle.
struct PackMerge {
    /// Where an object is taken from.
    private struct Origin {
        var source: UInt32
        /// In the source's index.
        var position: UInt32
    }

    /// Of one source's object, by its position in the index there.
    private struct Copy {
        /// In the new pack, where no object begins before its header ends; smaller ones say what is to become of it.
        var offset = Self.leftOut
        var crc: UInt32 = 0

        static let leftOut: UInt32 = 0
        static let kept: UInt32 = 1
    }

    private let sources: [PackSource]
    /// In the order of ids.
    private var origins: [Origin] = []
    private var copies: [[Copy]]

    init(_ sources: [PackSource]) throws {
        self.sources = sources
        self.copies = sources.map { Array(repeating: Copy(), count: $0.index.count) }
        self.origins.reserveCapacity(sources.reduce(0) { $0 + $1.index.count })
        // The next of each source; each index is in the order of ids.
        var next = Array(repeating: 0, count: sources.count)
        while true {
            var id: ObjectID?
            for (number, source) in sources.enumerated() where next[number] < source.index.count {
                let candidate = source.index.id(next[number])
                if id.map({ candidate < $0 }) ?? true { id = candidate }
            }
            guard let id else { break }
            var origin: Origin?
            for (number, source) in sources.enumerated() {
                while next[number] < source.index.count, source.index.id(next[number]) == id {
                    let here = Origin(source: UInt32(number), position: UInt32(next[number]))
                    next[number] += 1
                    guard let other = origin else {
                        origin = here
                        continue
                    }
                    if try sources[Int(other.source)].isDelta(Int(other.position)), try !source.isDelta(Int(here.position)) { origin = here }
                }
            }
            guard let origin else { break }
            self.origins.append(origin)
            self.copies[Int(origin.source)][Int(origin.position)].offset = Copy.kept
        }
    }

    /// Writes `<path>.pack` and `<path>.idx`; both are on disk afterwards.
    /// - Returns: the checksum of the pack.
    mutating func write(to path: String) throws -> ObjectID {
        let checksum = try self.writePack(to: "\(path).pack")
        let index = try OutputFile(creating: "\(path).idx")
        try PackIndex.write(count: self.origins.count, packChecksum: checksum, entry: self.entry, to: index.write)
        try index.sync()
        return checksum
    }

    private mutating func writePack(to path: String) throws -> ObjectID {
        let file = try OutputFile(creating: path)
        var hash = Insecure.SHA1()
        var buffer = PackBuilder.header(count: self.origins.count)
        var written = 0
        func flush() throws {
            buffer.withUnsafeBytes { hash.update(bufferPointer: $0) }
            try file.write(buffer)
            written += buffer.count
            buffer.removeAll(keepingCapacity: true)
        }
        for (number, source) in self.sources.enumerated() {
            for (place, position) in source.order.enumerated() where self.copies[number][Int(position)].offset == Copy.kept {
                let start = buffer.count
                try Self.append(source, place, to: &buffer)
                self.copies[number][Int(position)].offset = UInt32(written + start)
                self.copies[number][Int(position)].crc = Checksum.crc(of: buffer[start...])
                if buffer.count >= 1 << 18 { try flush() }
            }
        }
        try flush()
        let checksum = ObjectID(hash.finalize())
        checksum.append(to: &buffer)
        try file.write(buffer)
        try file.sync()
        return checksum
    }

    /// An entry as it is; a delta by offset becomes one by reference, which stays true wherever its base is.
    private static func append(_ source: PackSource, _ place: Int, to buffer: inout [UInt8]) throws {
        let position = Int(source.order[place])
        let bytes = try source.bytes(place)
        guard Checksum.crc(of: bytes) == source.index.crc(position), let (header, length) = PackEntryHeader.read(bytes) else {
            throw PackSource.Damaged(pack: source.name, reason: "is damaged at \(source.index.offset(position))")
        }
        guard case .offsetDelta(let distance) = header.kind else {
            buffer.append(contentsOf: bytes)
            return
        }
        guard let base = source.id(at: source.index.offset(position) - distance) else {
            throw PackSource.Damaged(pack: source.name, reason: "has a delta of nothing at \(source.index.offset(position))")
        }
        PackEntryHeader(kind: .referenceDelta(base: base), size: header.size).append(to: &buffer)
        buffer.append(contentsOf: bytes[length...])
    }

    private func entry(_ number: Int) -> PackEntry {
        let origin = self.origins[number]
        let copy = self.copies[Int(origin.source)][Int(origin.position)]
        return PackEntry(id: self.sources[Int(origin.source)].index.id(Int(origin.position)), offset: Int(copy.offset), crc: copy.crc)
    }
}
