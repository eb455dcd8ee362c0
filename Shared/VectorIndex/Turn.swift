import CTensor

/// Turns vectors to where their numbers are alike in size, the same in every process: a file is read by others than who wrote it.
struct Turn: Sendable {
    /// As many as the vectors have, rounded up to what the kernels take.
    let dimensions: Int32
    private let signs: [UInt32]

    init(dimensions: Int) {
        let step = Int(vectors_step)
        let width = (dimensions + step - 1) / step * step
        self.dimensions = Int32(width)
        // SplitMix64 from a seed that is part of the file's format.
        var state: UInt64 = 0x4e65_7068_6f72_616e
        self.signs = (0..<3 * width).map { _ in
            state &+= 0x9e37_79b9_7f4a_7c15
            var word = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
            return UInt32(truncatingIfNeeded: (word ^ word >> 31) >> 32)
        }
    }

    func callAsFunction(_ vector: [Float]) -> [Float] {
        var turned = vector
        turned.append(contentsOf: repeatElement(0, count: Int(self.dimensions) - vector.count))
        turned.withUnsafeMutableBufferPointer { vectors_turn($0.baseAddress, self.dimensions, self.signs) }
        return turned
    }
}
