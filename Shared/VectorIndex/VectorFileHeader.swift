/// The first page of a file: of what it is, and whether it was closed.
struct VectorFileHeader: Equatable {
    /// Of the format, and of how vectors are turned and quantised.
    static let version: UInt64 = 1
    static let longestModel = 1_024
    private static let magic: UInt64 = 0x3158_4456_5048_454e  // "NEHPVDX1"

    var model: String
    var dimensions: Int
    var generation: UInt64
    var blocks: Int
    /// Vectors, without those removed.
    var count: Int
    /// Not in the middle of a change.
    var isClosed: Bool

    var page: FilePage {
        var page = FilePage()
        let name = Array(self.model.utf8)
        let numbers: [UInt64] = [
            Self.magic, Self.version, UInt64(self.dimensions), UInt64(VectorBlock.rows), self.generation, UInt64(self.blocks), UInt64(self.count),
            self.isClosed ? 1 : 0, UInt64(name.count),
        ]
        for (index, number) in numbers.enumerated() { page.set(index * 8, number) }
        page.set(numbers.count * 8, name)
        page.seal()
        return page
    }

    /// What is wrong with a page is said in words.
    static func read(_ start: UnsafeRawPointer, path: String) throws(VectorIndexError) -> VectorFileHeader {
        guard start.loadUnaligned(as: UInt64.self) == Self.magic else { throw .foreign(path: path, reason: "it is no index of vectors") }
        guard let page = FilePage(start) else { throw .damaged(path: path, reason: "the header's checksum is wrong") }
        guard page.word(8) == Self.version, page.word(24) == UInt64(VectorBlock.rows) else {
            throw .foreign(path: path, reason: "it has format \(page.word(8)) instead of \(Self.version)")
        }
        guard let dimensions = Int(exactly: page.word(16)), let blocks = Int(exactly: page.word(40)), let count = Int(exactly: page.word(48)),
            let length = Int(exactly: page.word(64)), length <= Self.longestModel
        else { throw .damaged(path: path, reason: "the header makes no sense") }
        return VectorFileHeader(
            model: page.text(72, count: length), dimensions: dimensions, generation: page.word(32), blocks: blocks, count: count, isClosed: page.word(56) == 1)
    }
}
