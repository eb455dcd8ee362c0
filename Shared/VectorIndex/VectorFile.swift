import CTensor
import Glibc

/// An index on the disk: a header, then each block behind a page that says which of its rows count. It is changed in place, marked as open
/// meanwhile: who finds it open, cut off or with a wrong checksum does not use it.
struct VectorFile: Sendable {
    let path: String
    private var header: VectorFileHeader

    var generation: UInt64 { self.header.generation }

    static func create(path: String, model: String, dimensions: Int, _ snapshot: VectorSnapshot, generation: UInt64) throws(VectorIndexError) -> VectorFile {
        let header = VectorFileHeader(
            model: model, dimensions: dimensions, generation: generation, blocks: snapshot.rows.count, count: snapshot.count, isClosed: true)
        let file = VectorFile(path: path, header: header)
        let temporary = path + ".new"
        do throws(VectorIndexError) {
            let writer = try FileWriter(path: temporary, isNew: true)
            try writer.write(header.page, at: 0)
            for index in snapshot.rows.indices { try file.write(snapshot.rows[index], index, writer) }
            try writer.flush()
            try writer.rename(to: path)
        } catch {
            unlink(temporary)
            throw error
        }
        return file
    }

    /// Writes the blocks that are `changed`. Blocks are never fewer than before.
    mutating func update(_ snapshot: VectorSnapshot, changed: Set<Int>, generation: UInt64) throws(VectorIndexError) {
        let writer = try FileWriter(path: self.path, isNew: false)
        self.header.isClosed = false
        try writer.write(self.header.page, at: 0)
        try writer.flush()
        for index in changed.sorted() { try self.write(snapshot.rows[index], index, writer) }
        try writer.flush()
        self.header.generation = generation
        self.header.blocks = snapshot.rows.count
        self.header.count = snapshot.count
        self.header.isClosed = true
        try writer.write(self.header.page, at: 0)
        try writer.flush()
    }

    static func read(path: String, model: String, dimensions: Int) throws(VectorIndexError) -> (VectorFile, VectorSnapshot) {
        guard let file = MappedFile(path: path) else { throw errno == ENOENT ? .missing(path: path) : FileWriter.error(path) }
        guard file.count >= FilePage.count else { throw .damaged(path: path, reason: "it is cut off") }
        let header = try VectorFileHeader.read(file.bytes, path: path)
        guard header.model == model else { throw .foreign(path: path, reason: "its vectors are of \(header.model)") }
        guard header.dimensions == dimensions else { throw .foreign(path: path, reason: "its vectors have \(header.dimensions) dimensions") }
        guard header.isClosed else { throw .damaged(path: path, reason: "it was left in the middle of a change") }
        let size = Self.blockSize(dimensions)
        guard header.blocks <= file.count / size, file.count >= FilePage.count + header.blocks * size else {
            throw .damaged(path: path, reason: "it is cut off")
        }
        var snapshot = VectorSnapshot()
        snapshot.rows.reserveCapacity(header.blocks)
        for index in 0..<header.blocks {
            let start = FilePage.count + index * size
            let block = VectorBlock(file, at: start + FilePage.count)
            guard let page = FilePage(file.bytes.advanced(by: start)), page.word(0) <= UInt64(VectorBlock.rows),
                page.word(8) == vectors_checksum(block.bytes, Int64(size - FilePage.count))
            else { throw .damaged(path: path, reason: "the checksum of block \(index + 1) of \(header.blocks) is wrong") }
            let rows = VectorRows(block: block, used: Int(page.word(0)), live: (0..<VectorBlock.rows / 64).map { page.word(16 + 8 * $0) })
            snapshot.count += rows.liveCount
            snapshot.rows.append(rows)
        }
        guard snapshot.count == header.count else { throw .damaged(path: path, reason: "it has \(snapshot.count) vectors instead of \(header.count)") }
        return (VectorFile(path: path, header: header), snapshot)
    }

    private func write(_ rows: VectorRows, _ index: Int, _ writer: FileWriter) throws(VectorIndexError) {
        let size = Self.blockSize(self.header.dimensions), start = FilePage.count + index * size
        let bytes = UnsafeRawBufferPointer(start: rows.block.bytes, count: size - FilePage.count)
        var page = FilePage()
        page.set(0, UInt64(rows.used))
        page.set(8, vectors_checksum(bytes.baseAddress, Int64(bytes.count)))
        for (word, live) in rows.live.enumerated() { page.set(16 + 8 * word, live) }
        page.seal()
        try writer.write(page, at: start)
        try writer.write(bytes, at: start + FilePage.count)
    }

    /// Bytes of a block and the page before it.
    private static func blockSize(_ dimensions: Int) -> Int { FilePage.count + Int(vectors_block_bytes(Turn(dimensions: dimensions).dimensions)) }
}
