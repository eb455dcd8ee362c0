/// Vectors as a corpus has them, the same in every run: around some topics, closer to some than to others, of length 1.
struct Vectors {
    private var state: UInt64
    private let topics: [[Float]]
    let dimensions: Int

    init(dimensions: Int, topics: Int = 20, seed: UInt64 = 7) {
        self.state = seed
        self.dimensions = dimensions
        var random = Vectors(dimensions: dimensions, seed: seed)
        self.topics = (0..<topics).map { _ in random.noise() }
        self.state = random.state
    }

    private init(dimensions: Int, seed: UInt64) {
        self.state = seed
        self.topics = []
        self.dimensions = dimensions
    }

    mutating func next(spread: Float = 0.7) -> [Float] {
        let topic = self.topics[Int(self.word() % UInt64(self.topics.count))]
        return Self.unit(zip(topic, self.noise()).map { $0 + spread * $1 })
    }

    mutating func near(_ vector: [Float], spread: Float) -> [Float] {
        let noise = Self.unit(self.noise())
        return Self.unit(zip(vector, noise).map { $0 + spread * $1 })
    }

    static func dot(_ a: [Float], _ b: [Float]) -> Float {
        var sum: Float = 0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    private static func unit(_ vector: [Float]) -> [Float] {
        let length = self.dot(vector, vector).squareRoot()
        return vector.map { $0 / length }
    }

    /// Nearly normal: the sum of four even ones.
    private mutating func noise() -> [Float] {
        (0..<self.dimensions).map { _ in (0..<4).reduce(Float(-2)) { sum, _ in sum + Float(self.word() >> 40) / Float(1 << 24) } }
    }

    private mutating func word() -> UInt64 {
        self.state ^= self.state << 13
        self.state ^= self.state >> 7
        self.state ^= self.state << 17
        return self.state &* 0x2545_f491_4f6c_dd1d
    }
}
