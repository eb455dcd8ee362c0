import CZlib

/// Where an object is in a pack.
struct PackEntry: Sendable {
    var id: ObjectID
    var offset: Int
    /// Of the entry as it is in the pack, compressed.
    var crc: UInt32
}

/// The beginning of an entry in a pack (gitformat-pack, "pack-*.pack files have the following format").
struct PackEntryHeader: Equatable {
    enum Kind: Equatable {
        case object(UInt8)
        /// What the base is made of is `distance` bytes before this entry.
        case offsetDelta(distance: Int)
        case referenceDelta(base: ObjectID)
    }

    var kind: Kind
    /// Bytes of the object, or of the delta, uncompressed.
    var size: Int

    var isDelta: Bool { if case .object = self.kind { false } else { true } }

    init(kind: Kind, size: Int) {
        self.kind = kind
        self.size = size
    }

    init(_ kind: GitObjectKind, size: Int) {
        let number: UInt8 =
            switch kind {
            case .commit: 1
            case .tree: 2
            case .blob: 3
            case .tag: 4
            }
        self.init(kind: .object(number), size: size)
    }

    /// The header at the beginning of `bytes` and its length; nil when that is none.
    static func read(_ bytes: some RandomAccessCollection<UInt8>) -> (header: PackEntryHeader, length: Int)? {
        var rest = bytes[...]
        guard let first = rest.popFirst() else { return nil }
        var size = Int(first & 0x0f)
        var shift = 4
        var more = first & 0x80 != 0
        while more {
            guard let byte = rest.popFirst(), shift < 56 else { return nil }
            size |= Int(byte & 0x7f) << shift
            shift += 7
            more = byte & 0x80 != 0
        }
        let kind: Kind
        switch first >> 4 & 7 {
        case 1...4: kind = .object(first >> 4 & 7)
        case 6:
            guard var byte = rest.popFirst() else { return nil }
            var distance = Int(byte & 0x7f)
            while byte & 0x80 != 0 {
                guard let next = rest.popFirst(), distance < 1 << 48 else { return nil }
                byte = next
                distance = (distance + 1) << 7 | Int(byte & 0x7f)
            }
            kind = .offsetDelta(distance: distance)
        case 7:
            guard rest.count >= ObjectID.byteCount, let base = ObjectID(bytes: rest.prefix(ObjectID.byteCount)) else { return nil }
            rest = rest.dropFirst(ObjectID.byteCount)
            kind = .referenceDelta(base: base)
        default: return nil
        }
        return (PackEntryHeader(kind: kind, size: size), bytes.count - rest.count)
    }

    /// Not for a delta by offset, which is not written here: a reference stays true when entries are copied.
    func append(to bytes: inout [UInt8]) {
        let type: UInt8
        var base: ObjectID?
        switch self.kind {
        case .object(let number): type = number
        case .referenceDelta(let id): (type, base) = (7, id)
        case .offsetDelta: preconditionFailure("deltas are written by reference")
        }
        var byte = type << 4 | UInt8(self.size & 0x0f)
        var rest = self.size >> 4
        while rest > 0 {
            bytes.append(byte | 0x80)
            byte = UInt8(rest & 0x7f)
            rest >>= 7
        }
        bytes.append(byte)
        base?.append(to: &bytes)
    }
}

enum Checksum {
    static func crc(of bytes: some Sequence<UInt8>) -> UInt32 {
        let value: UInt32? = bytes.withContiguousStorageIfAvailable { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
        return value ?? Array(bytes).withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }
}
