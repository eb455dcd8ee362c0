/// Scores of one search as whole numbers: sums of them do not depend on their order, so that equal passages have equal scores.
struct ScoreUnit {
    /// Of all terms together, with every share at its largest: few enough for a `Float` to tell all of them apart.
    private static let most: Float = 0x1p22

    /// What the smallest whole number is worth.
    private let value: Float

    /// - Parameter weights: what a share of 1 of each term adds to a score.
    init(_ weights: [Float]) { self.value = max(weights.reduce(0, +), .leastNormalMagnitude) / Self.most }

    /// What a share of 1/255 adds; at least 1 of what is not 0.
    func whole(_ weight: Float) -> UInt32 { weight > 0 ? max(1, UInt32((weight / self.value / 255).rounded())) : 0 }

    func score(_ whole: UInt32) -> Float { Float(whole) * self.value }
}
