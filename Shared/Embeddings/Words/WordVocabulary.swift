import Foundation

/// The pieces of words that a model knows, by their number: one a line, those that go on with a word marked with `##`.
struct WordVocabulary: Sendable {
    private static let firstHash: UInt64 = 0xcbf2_9ce4_8422_2325

    let count: Int
    /// Before and after a text, and instead of a word that has no pieces.
    let start: Int32
    let end: Int32
    let unknown: Int32
    private let bytes: [UInt8]
    /// Of each piece, without the mark, where its bytes are.
    private let pieces: [Range<Int32>]
    private let beginnings: [Int32]
    private let continuations: [Int32]
    private let mask: Int

    init(path: String) throws(EmbeddingError) {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch { throw .model("\(path) cannot be read") }
        try self.init(lines: Array(data), path: path)
    }

    init(lines bytes: [UInt8], path: String) throws(EmbeddingError) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
        let known = lines.last?.isEmpty == true ? lines.dropLast() : lines[...]
        guard known.count > 3, known.count < 1 << 24 else { throw .model("\(path) has \(known.count) pieces") }
        func number(_ name: String) throws(EmbeddingError) -> Int32 {
            guard let index = known.firstIndex(where: { $0.elementsEqual(name.utf8) }) else { throw .model("\(path) has no \(name)") }
            return Int32(index)
        }
        self.start = try number("[CLS]")
        self.end = try number("[SEP]")
        self.unknown = try number("[UNK]")
        self.count = known.count
        self.bytes = bytes
        var size = 1
        while size < known.count * 2 { size *= 2 }
        self.mask = size - 1
        var pieces: [Range<Int32>] = []
        var tables = [[Int32](repeating: -1, count: size), [Int32](repeating: -1, count: size)]
        for (index, line) in known.enumerated() {
            let goesOn = line.starts(with: "##".utf8) && line.count > 2
            let piece = goesOn ? line.dropFirst(2) : line
            pieces.append(Int32(piece.startIndex)..<Int32(piece.endIndex))
            // Names in brackets stand for something: no text means them.
            if piece.first == UInt8(ascii: "["), piece.count > 2 { continue }
            let hash = piece.reduce(Self.firstHash, Self.next)
            var slot = Self.slot(hash, mask: size - 1)
            while tables[goesOn ? 1 : 0][slot] >= 0 { slot = (slot + 1) & (size - 1) }
            tables[goesOn ? 1 : 0][slot] = Int32(index)
        }
        self.pieces = pieces
        self.beginnings = tables[0]
        self.continuations = tables[1]
    }

    /// Appends the pieces of a word, the longest that fits first, or `unknown`. `hashes` is scratch.
    func append(_ word: UnsafeBufferPointer<UInt8>, to numbers: inout [Int32], _ hashes: inout [UInt64]) {
        let before = numbers.count
        var start = 0
        while start < word.count {
            hashes.removeAll(keepingCapacity: true)
            var hash = Self.firstHash
            for index in start..<word.count {
                hash = Self.next(hash, word[index])
                hashes.append(hash)
            }
            var end = word.count
            var found: Int32?
            while end > start {
                found = self.find(
                    UnsafeBufferPointer(rebasing: word[start..<end]), hashes[end - start - 1], in: start == 0 ? self.beginnings : self.continuations)
                if found != nil { break }
                end -= 1
            }
            guard let found else {
                numbers.removeSubrange(before...)
                numbers.append(self.unknown)
                return
            }
            numbers.append(found)
            start = end
        }
    }

    private func find(_ piece: UnsafeBufferPointer<UInt8>, _ hash: UInt64, in table: [Int32]) -> Int32? {
        var slot = Self.slot(hash, mask: self.mask)
        while table[slot] >= 0 {
            let range = self.pieces[Int(table[slot])]
            if range.count == piece.count, self.bytes[Int(range.lowerBound)..<Int(range.upperBound)].elementsEqual(piece) { return table[slot] }
            slot = (slot + 1) & self.mask
        }
        return nil
    }

    /// FNV-1a: that of a longer piece comes out of that of a shorter one.
    private static func next(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    private static func slot(_ hash: UInt64, mask: Int) -> Int { Int(truncatingIfNeeded: hash ^ hash >> 29) & mask }
}
