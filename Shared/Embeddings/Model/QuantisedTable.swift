import CTensor

/// Vectors by number, in 8 bits.
struct QuantisedTable: Sendable {
    private let width: Int
    private let quanta: [Int8]
    private let steps: [Float]

    /// Nil when a number is not finite.
    init?(_ numbers: [Float], width: Int) {
        let rows = numbers.count / width
        var quanta = [Int8](repeating: 0, count: numbers.count)
        var steps = [Float](repeating: 1, count: rows)
        guard tensor_pack_rows(numbers, Int32(rows), Int32(width), &quanta, &steps) == 1 else { return nil }
        self.width = width
        self.quanta = quanta
        self.steps = steps
    }

    /// Writes the vector of a row plus the numbers from `offset` on.
    func write(_ row: Int, adding numbers: [Float], at offset: Int, to out: UnsafeMutablePointer<Float>) {
        let start = row * self.width, step = self.steps[row]
        self.quanta.withUnsafeBufferPointer { quanta in
            numbers.withUnsafeBufferPointer { numbers in
                for index in 0..<self.width { out[index] = Float(quanta[start + index]) * step + numbers[offset + index] }
            }
        }
    }
}
