import Crypto

/// The index of a pack, version 2 (gitformat-pack, "Version 2 pack-*.idx files").
struct PackIndex: Sendable {
    static let magic: [UInt8] = [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]
    private static let tableStart = 8 + 256 * 4

    private let bytes: [UInt8]
    let count: Int

    /// - Parameter packChecksum: the last 20 bytes of the pack.
    static func encoded(_ entries: [PackEntry], packChecksum: ObjectID) -> [UInt8] {
        let sorted = entries.sorted { $0.id < $1.id }
        var bytes = Self.magic
        bytes.reserveCapacity(Self.tableStart + sorted.count * 28 + 40)
        func add(_ value: UInt32) { withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) } }
        var position = 0
        for first in 0..<256 {
            while position < sorted.count, sorted[position].id.firstByte == first { position += 1 }
            add(UInt32(position))
        }
        for entry in sorted { entry.id.append(to: &bytes) }
        for entry in sorted { add(entry.crc) }
        for entry in sorted { add(UInt32(entry.offset)) }
        packChecksum.append(to: &bytes)
        ObjectID(Insecure.SHA1.hash(data: bytes)).append(to: &bytes)
        return bytes
    }

    /// Nil when this is no index of version 2, is damaged, or of a pack of 2 GiB and more.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.tableStart + 40, bytes.starts(with: Self.magic) else { return nil }
        self.bytes = bytes
        self.count = Int(Self.number(bytes, Self.tableStart - 4))
        guard bytes.count == Self.tableStart + self.count * 28 + 40 else { return nil }
        let body = bytes.dropLast(ObjectID.byteCount)
        guard ObjectID(Insecure.SHA1.hash(data: body)) == ObjectID(bytes: bytes.suffix(ObjectID.byteCount)) else { return nil }
    }

    /// The last bytes of the pack it was made for.
    var packChecksum: ObjectID? { ObjectID(bytes: self.bytes.suffix(2 * ObjectID.byteCount).prefix(ObjectID.byteCount)) }

    /// In the order of their ids.
    var entries: [PackEntry] {
        (0..<self.count).map { position in
            PackEntry(
                id: self.bytes.withUnsafeBytes {
                    ObjectID(raw: UnsafeRawBufferPointer(rebasing: $0[(Self.tableStart + position * 20)..<(Self.tableStart + position * 20 + 20)]))
                },
                offset: Int(Self.number(self.bytes, Self.tableStart + self.count * 24 + position * 4)),
                crc: Self.number(self.bytes, Self.tableStart + self.count * 20 + position * 4)
            )
        }
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        bytes.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }
}
