/// A set of ids as a bitmap: one bit for every number up to the largest, made for the row ids of a database.
package struct IDSet: Sendable {
    private(set) var words: [UInt64] = []
    package private(set) var count = 0

    package init() {}

    package init(_ ids: some Sequence<Int64>) {
        for id in ids { self.insert(id) }
    }

    /// Negative ids are left out: no row has one.
    package mutating func insert(_ id: Int64) {
        guard id >= 0 else { return }
        let word = Int(id >> 6), bit: UInt64 = 1 << UInt64(id & 63)
        if word >= self.words.count { self.words.append(contentsOf: repeatElement(0, count: max(word + 1, self.words.count * 2) - self.words.count)) }
        if self.words[word] & bit == 0 {
            self.words[word] |= bit
            self.count += 1
        }
    }

    package func contains(_ id: Int64) -> Bool {
        guard id >= 0, Int(id >> 6) < self.words.count else { return false }
        return self.words[Int(id >> 6)] & 1 << UInt64(id & 63) != 0
    }
}
