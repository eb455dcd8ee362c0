/// Small pictures beside a sentence decorate it, except for those that say something.
enum Pictograph {
    /// Crosses, ticks, question marks, signs of more and less, a thumb down, a stop, the number ten: what they do to a sentence is asked.
    private static let telling: Set<UInt32> = [
        0x2705, 0x2611, 0x2612, 0x2713, 0x2714, 0x2715, 0x2716, 0x2717, 0x2718, 0x274c, 0x274e, 0x2753, 0x2754, 0x2755, 0x2795, 0x2796, 0x2797, 0x26d4,
        0x270b, 0x1f44e, 0x1f51f, 0x1f64a, 0x1f6ab, 0x1f6d1, 0x1f645, 0x1f914, 0x1f937, 0x1f519, 0x1f51c, 0x1f195, 0x1f522,
    ]

    static func isDecoration(_ value: UInt32) -> Bool {
        switch value {
        case 0x27a1: false
        case 0x2600...0x27bf, 0x2b50, 0x2b55, 0x1f1e6...0x1f1ff, 0x1f300...0x1faff: !self.telling.contains(value)
        default: false
        }
    }

    /// A picture that says something.
    static func isTelling(_ value: UInt32) -> Bool { self.telling.contains(value) }
}
