import Foundation

/// SplitMix64: the same seed, the same numbers.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    /// What `NEPHORAN_SEED` says, or another each time.
    static var seed: UInt64 { ProcessInfo.processInfo.environment["NEPHORAN_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...999_999) }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
