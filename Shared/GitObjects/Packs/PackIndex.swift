import Crypto

/// The index of a pack, version 2 (gitformat-pack, "Version 2 pack-*.idx files").
struct PackIndex {
    static let magic: [UInt8] = [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]
    private static let tableStart = 8 + 256 * 4

    private let file: MappedFile
    let count: Int

    private var bytes: UnsafeRawBufferPointer { self.file.bytes }

    /// Nil when this is no index of version 2, is damaged, or of a pack of 2 GiB and more.
    init?(_ file: MappedFile) {
        let bytes = file.bytes
        guard bytes.count >= Self.tableStart + 40, bytes.starts(with: Self.magic) else { return nil }
        self.file = file
        self.count = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: Self.tableStart - 4, as: UInt32.self)))
        guard bytes.count == Self.tableStart + self.count * 28 + 40 else { return nil }
        var hash = Insecure.SHA1()
        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes.dropLast(ObjectID.byteCount)))
        guard ObjectID(hash.finalize()) == ObjectID(bytes: bytes.suffix(ObjectID.byteCount)) else { return nil }
        for position in stride(from: 1, to: self.count, by: 1) where self.id(position) < self.id(position - 1) { return nil }
    }

    /// The last bytes of the pack it was made for.
    var packChecksum: ObjectID? { ObjectID(bytes: self.bytes.suffix(2 * ObjectID.byteCount).prefix(ObjectID.byteCount)) }

    /// Positions are in the order of ids.
    func id(_ position: Int) -> ObjectID {
        let start = Self.tableStart + position * ObjectID.byteCount
        return ObjectID(raw: UnsafeRawBufferPointer(rebasing: self.bytes[start..<(start + ObjectID.byteCount)]))
    }

    func crc(_ position: Int) -> UInt32 { self.number(Self.tableStart + self.count * 20 + position * 4) }

    func offset(_ position: Int) -> Int { Int(self.number(Self.tableStart + self.count * 24 + position * 4)) }

    private func number(_ offset: Int) -> UInt32 { UInt32(bigEndian: self.bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }

    // MARK: Writing

    /// - Parameters:
    ///   - entry: by its position in the order of ids.
    ///   - packChecksum: the last 20 bytes of the pack.
    ///   - write: takes the bytes of the index, some at a time.
    static func write(count: Int, packChecksum: ObjectID, entry: (Int) -> PackEntry, to write: ([UInt8]) throws -> Void) rethrows {
        var hash = Insecure.SHA1()
        var buffer = Self.magic
        func flush() throws {
            buffer.withUnsafeBytes { hash.update(bufferPointer: $0) }
            try write(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
        func add(_ value: UInt32) { withUnsafeBytes(of: value.bigEndian) { buffer.append(contentsOf: $0) } }
        var position = 0
        for first in 0..<256 {
            while position < count, entry(position).id.firstByte == first { position += 1 }
            add(UInt32(position))
        }
        func table(_ add: (PackEntry) -> Void) throws {
            for position in 0..<count {
                add(entry(position))
                if buffer.count >= 1 << 16 { try flush() }
            }
        }
        try table { $0.id.append(to: &buffer) }
        try table { add($0.crc) }
        try table { add(UInt32($0.offset)) }
        packChecksum.append(to: &buffer)
        try flush()
        ObjectID(hash.finalize()).append(to: &buffer)
        try write(buffer)
    }

    static func encoded(_ entries: [PackEntry], packChecksum: ObjectID) -> [UInt8] {
        let sorted = entries.sorted { $0.id < $1.id }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.tableStart + sorted.count * 28 + 40)
        Self.write(count: sorted.count, packChecksum: packChecksum, entry: { sorted[$0] }, to: { bytes += $0 })
        return bytes
    }
}
