/// A set of the passages of one segment.
struct Bitmap: Sendable {
    private(set) var words: [UInt64]

    init(words: [UInt64]) { self.words = words }

    init(count: Int) { self.words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    @inline(__always)
    subscript(_ index: Int) -> Bool {
        get { self.words[index >> 6] & (1 << UInt64(index & 63)) != 0 }
        set {
            if newValue { self.words[index >> 6] |= 1 << UInt64(index & 63) } else { self.words[index >> 6] &= ~(1 << UInt64(index & 63)) }
        }
    }

    var count: Int { self.words.reduce(0) { $0 + $1.nonzeroBitCount } }

    mutating func formIntersection(_ other: Bitmap) {
        for index in self.words.indices { self.words[index] &= other.words[index] }
    }
}
