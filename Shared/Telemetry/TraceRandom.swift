import Synchronization

/// Numbers that no two of are the same within 2^64 calls and that nobody has chosen, for ids that are no secrets. The system's generator
/// costs a call of the kernel each time (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
enum TraceRandom {
    private static let state = Atomic<UInt64>(.random(in: 0...UInt64.max))

    /// Never 0.
    static func next() -> UInt64 {
        var word = self.state.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        word ^= word >> 31
        return word == 0 ? 1 : word
    }
}
