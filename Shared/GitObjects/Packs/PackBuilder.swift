import Crypto

/// A pack in memory: the objects of one batch, each once (gitformat-pack, version 2).
package struct PackBuilder {
    /// A base is at most so many deltas away from an object that is stored whole; a reader follows each.
    private static let maxDepth = 24

    private var bytes: [UInt8] = []
    private var entries: [PackEntry] = []
    private var depths: [ObjectID: Int] = [:]
    private let deflater: Deflater

    package init() throws {
        self.deflater = try Deflater.begin()
        self.bytes = Self.header(count: 0)
    }

    package var isEmpty: Bool { self.entries.isEmpty }
    package var ids: [ObjectID] { self.entries.map(\.id) }

    package func contains(_ id: ObjectID) -> Bool { self.depths[id] != nil }

    package mutating func add(_ kind: GitObjectKind, _ id: ObjectID, _ content: [UInt8]) throws {
        guard self.depths[id] == nil else { return }
        try content.withUnsafeBufferPointer { try self.append(PackEntryHeader(kind, size: $0.count), id, $0, depth: 0) }
    }

    package mutating func add(blob content: String, _ id: ObjectID) throws {
        guard self.depths[id] == nil else { return }
        var content = content
        try content.withUTF8 { try self.append(PackEntryHeader(.blob, size: $0.count), id, $0, depth: 0) }
    }

    /// As what makes it of a `base` that is in this pack.
    /// - Returns: false when it must be added whole instead.
    package mutating func add(_ id: ObjectID, as delta: PackDelta, of base: ObjectID) throws -> Bool {
        guard self.depths[id] == nil else { return true }
        guard let depth = self.depths[base], depth < Self.maxDepth else { return false }
        try delta.bytes.withUnsafeBufferPointer {
            try self.append(PackEntryHeader(kind: .referenceDelta(base: base), size: $0.count), id, $0, depth: depth + 1)
        }
        return true
    }

    private mutating func append(_ header: PackEntryHeader, _ id: ObjectID, _ content: UnsafeBufferPointer<UInt8>, depth: Int) throws {
        let offset = self.bytes.count
        header.append(to: &self.bytes)
        try self.deflater.append(content, to: &self.bytes)
        self.entries.append(PackEntry(id: id, offset: offset, crc: Checksum.crc(of: self.bytes[offset...])))
        self.depths[id] = depth
    }

    /// `PACK`, the version and the number of objects.
    static func header(count: Int) -> [UInt8] {
        var header = Array("PACK".utf8) + [0, 0, 0, 2]
        withUnsafeBytes(of: UInt32(count).bigEndian) { header.append(contentsOf: $0) }
        return header
    }

    /// The pack and its index, as they are in files.
    package consuming func finished() -> Pack {
        self.bytes.replaceSubrange(0..<12, with: Self.header(count: self.entries.count))
        let checksum = ObjectID(Insecure.SHA1.hash(data: self.bytes))
        checksum.append(to: &self.bytes)
        return Pack(checksum: checksum, pack: self.bytes, index: PackIndex.encoded(self.entries, packChecksum: checksum))
    }
}

/// The bytes of two files that belong together.
package struct Pack: Sendable {
    /// Of the pack's content: it names both files.
    let checksum: ObjectID
    let pack: [UInt8]
    let index: [UInt8]
}
