/// How to make an object of another (gitformat-pack, "Deltified representation").
package struct PackDelta: Sendable {
    private(set) var bytes: [UInt8] = []

    /// The base with `inserted` in the place of `replaced`.
    package init(baseSize: Int, replacing replaced: Range<Int>, with inserted: [UInt8]) {
        self.appendSize(baseSize)
        self.appendSize(baseSize - replaced.count + inserted.count)
        self.appendCopy(0..<replaced.lowerBound)
        for start in stride(from: 0, to: inserted.count, by: 127) {
            let part = inserted[start..<min(start + 127, inserted.count)]
            self.bytes.append(UInt8(part.count))
            self.bytes.append(contentsOf: part)
        }
        self.appendCopy(replaced.upperBound..<baseSize)
    }

    private mutating func appendSize(_ size: Int) {
        var rest = size
        while rest > 0x7f {
            self.bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        self.bytes.append(UInt8(rest))
    }

    private mutating func appendCopy(_ range: Range<Int>) {
        var start = range.lowerBound
        while start < range.upperBound {
            // 65,536 is written as no size at all.
            let count = min(range.upperBound - start, 0xffff)
            let place = self.bytes.count
            var instruction: UInt8 = 0x80
            self.bytes.append(0)
            for byte in 0..<4 where start >> (8 * byte) & 0xff != 0 {
                instruction |= 1 << byte
                self.bytes.append(UInt8(start >> (8 * byte) & 0xff))
            }
            for byte in 0..<2 where count >> (8 * byte) & 0xff != 0 {
                instruction |= 0x10 << byte
                self.bytes.append(UInt8(count >> (8 * byte) & 0xff))
            }
            self.bytes[place] = instruction
            start += count
        }
    }
}
