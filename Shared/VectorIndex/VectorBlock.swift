import CTensor

/// The memory of ``vectors_block`` rows: its own, or a piece of a mapped file. Never changed once it is shared: a writer fills a block of its
/// own and publishes it.
///
/// `@unchecked Sendable` for that reason: only ``VectorAppender`` writes, before anybody else has the block.
final class VectorBlock: @unchecked Sendable {
    static let rows = Int(vectors_block)

    let bytes: UnsafeMutableRawPointer
    private let file: MappedFile?

    /// Zeros.
    init(dimensions: Int32) {
        let count = Int(vectors_block_bytes(dimensions))
        self.bytes = .allocate(byteCount: count, alignment: 64)
        self.bytes.initializeMemory(as: UInt8.self, repeating: 0, count: count)
        self.file = nil
    }

    init(_ file: MappedFile, at offset: Int) {
        self.bytes = UnsafeMutableRawPointer(mutating: file.bytes.advanced(by: offset))
        self.file = file
    }

    deinit { if self.file == nil { self.bytes.deallocate() } }

    func id(_ row: Int) -> Int64 { self.bytes.load(fromByteOffset: row * 8, as: Int64.self) }
}

/// A block and which of its rows count.
struct VectorRows: Sendable {
    var block: VectorBlock
    /// Rows written, from the first on.
    var used: Int
    /// A bit for each row that was not removed.
    var live: [UInt64]

    init(block: VectorBlock, used: Int = 0, live: [UInt64] = Array(repeating: 0, count: VectorBlock.rows / 64)) {
        self.block = block
        self.used = used
        self.live = live
    }

    func isLive(_ row: Int) -> Bool { self.live[row >> 6] >> UInt64(row & 63) & 1 == 1 }
    var liveCount: Int { self.live.reduce(0) { $0 + $1.nonzeroBitCount } }
}
