/// The LZ4 block format (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md) behind a length: what is kept elsewhere takes a
/// third of the room, for some microseconds.
enum BlockCompression {
    private static let hashBits = 13
    private static let minMatch = 4
    /// The last bytes of a block are literals, and no match begins in the last twelve.
    private static let endLiterals = 5
    private static let matchLimit = 12

    /// First the size of what was compressed, as four bytes in little-endian order.
    static func compress(_ input: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(input.count / 2 + 32)
        withUnsafeBytes(of: UInt32(clamping: input.count).littleEndian) { output.append(contentsOf: $0) }
        var table = [Int32](repeating: -1, count: 1 << self.hashBits)
        var anchor = 0
        var position = 0
        let last = input.count - self.matchLimit
        input.withUnsafeBytes { bytes in
            while position < last {
                let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
                let slot = Int((word &* 2_654_435_761) >> UInt32(32 - self.hashBits))
                let candidate = Int(table[slot])
                table[slot] = Int32(position)
                guard candidate >= 0, position - candidate <= 0xffff, bytes.loadUnaligned(fromByteOffset: candidate, as: UInt32.self) == word else {
                    position += 1
                    continue
                }
                var length = self.minMatch
                let limit = input.count - self.endLiterals
                while position + length < limit, bytes[candidate + length] == bytes[position + length] { length += 1 }
                self.sequence(bytes[anchor..<position], offset: position - candidate, length: length, to: &output)
                position += length
                anchor = position
            }
            self.sequence(bytes[anchor...], offset: 0, length: 0, to: &output)
        }
        return output
    }

    /// Nil for bytes that are no block, or one of more than `limit` bytes.
    static func decompress(_ input: [UInt8], limit: Int = 256 << 20) -> [UInt8]? {
        guard input.count >= 5 else { return nil }
        let size = (0..<4).reduce(0) { $0 | Int(input[$1]) << (8 * $1) }
        guard size <= limit else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(size)
        var position = 4
        func length(_ nibble: Int) -> Int? {
            guard nibble == 15 else { return nibble }
            var length = 15
            while position < input.count {
                let byte = input[position]
                position += 1
                length += Int(byte)
                if byte < 255 { return length }
            }
            return nil
        }
        while position < input.count {
            let token = input[position]
            position += 1
            guard let literals = length(Int(token >> 4)), position + literals <= input.count, output.count + literals <= size else { return nil }
            output.append(contentsOf: input[position..<(position + literals)])
            position += literals
            if position == input.count { break }
            guard position + 2 <= input.count else { return nil }
            let offset = Int(input[position]) | Int(input[position + 1]) << 8
            position += 2
            guard offset > 0, offset <= output.count, let more = length(Int(token & 15)), output.count + more + self.minMatch <= size else { return nil }
            // A match may reach into what it makes.
            for _ in 0..<(more + self.minMatch) { output.append(output[output.count - offset]) }
        }
        return output.count == size ? output : nil
    }

    private static func sequence(_ literals: Slice<UnsafeRawBufferPointer>, offset: Int, length: Int, to output: inout [UInt8]) {
        let matched = length - self.minMatch
        output.append(UInt8(min(literals.count, 15) << 4 | (length > 0 ? min(matched, 15) : 0)))
        self.more(literals.count, to: &output)
        output.append(contentsOf: literals)
        guard length > 0 else { return }
        output.append(UInt8(offset & 0xff))
        output.append(UInt8(offset >> 8))
        self.more(matched, to: &output)
    }

    private static func more(_ length: Int, to output: inout [UInt8]) {
        guard length >= 15 else { return }
        var rest = length - 15
        while rest >= 255 {
            output.append(255)
            rest -= 255
        }
        output.append(UInt8(rest))
    }
}
