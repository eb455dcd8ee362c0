/// A pack and its index, opened: they are read to their end also when their names are gone.
///
/// Of an object it keeps four bytes; the rest is read where it is in the files, so that merging large packs does not take memory by their size.
final class PackSource {
    struct Damaged: Error, CustomStringConvertible {
        let pack: String
        let reason: String

        var description: String { "\(self.pack) \(self.reason)" }
    }

    let name: String
    let index: PackIndex
    /// Positions in ``index``, in the order of the pack.
    let order: [UInt32]
    private let file: InputFile
    private let end: Int

    /// Nil when one of the two files is gone.
    init?(directory: String, name: String) throws {
        guard let bytes = try MappedFile(opening: "\(directory)/\(name).idx"), let file = try InputFile(opening: "\(directory)/\(name).pack") else {
            return nil
        }
        guard let index = PackIndex(bytes), file.size >= 32, let trailer = ObjectID(bytes: try file.read((file.size - 20)..<file.size)),
            index.packChecksum == trailer
        else { throw Damaged(pack: name, reason: "has no index of its own") }
        self.name = name
        self.file = file
        self.index = index
        self.order = (0..<UInt32(index.count)).sorted { index.offset(Int($0)) < index.offset(Int($1)) }
        self.end = file.size - ObjectID.byteCount
    }

    /// The entry at a place in ``order``, as it is in the pack.
    func bytes(_ place: Int) throws -> [UInt8] {
        let start = self.offset(place)
        let end = place + 1 < self.order.count ? self.offset(place + 1) : self.end
        guard start >= 12, start < end, end <= self.end else { throw Damaged(pack: self.name, reason: "has an entry outside of it") }
        return try self.file.read(start..<end)
    }

    /// - Parameter position: in ``index``.
    func isDelta(_ position: Int) throws -> Bool {
        let start = self.index.offset(position)
        guard start < self.end else { throw Damaged(pack: self.name, reason: "has an entry outside of it") }
        return try self.file.read(start..<(start + 1))[0] >> 4 & 7 > 4
    }

    /// The object whose entry begins there.
    func id(at offset: Int) -> ObjectID? {
        var (low, high) = (0, self.order.count)
        while low < high {
            let middle = (low + high) / 2
            if self.offset(middle) < offset { low = middle + 1 } else { high = middle }
        }
        return low < self.order.count && self.offset(low) == offset ? self.index.id(Int(self.order[low])) : nil
    }

    private func offset(_ place: Int) -> Int { self.index.offset(Int(self.order[place])) }
}
