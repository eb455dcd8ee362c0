/// The 16,384 parts of a cluster's key space (Redis Cluster specification, "Key distribution model").
enum HashSlot {
    static let count = 16_384

    /// CRC-16/XMODEM of the part between the first `{` and the next `}`, or of all where there is none or it is empty.
    static func of(_ key: some BidirectionalCollection<UInt8>) -> Int {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")), case let tag = key[key.index(after: open)...],
            let close = tag.firstIndex(of: UInt8(ascii: "}")), close != tag.startIndex
        else { return Self.slot(of: key) }
        return Self.slot(of: tag[..<close])
    }

    private static func slot(of bytes: some Collection<UInt8>) -> Int {
        var checksum: UInt16 = 0
        for byte in bytes { checksum = checksum << 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: checksum >> 8) ^ byte)] }
        return Int(checksum) % Self.count
    }

    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { value, _ in value & 0x8000 != 0 ? value << 1 ^ 0x1021 : value << 1 }
    }
}
