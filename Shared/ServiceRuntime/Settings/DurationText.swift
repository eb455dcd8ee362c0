/// Durations as operators write them: `250ms`, `1.5s`, `2m`, `1h`, `7d`.
package enum DurationText {
    private static let units: [(suffix: String, seconds: Double)] = [("ms", 0.001), ("us", 0.000_001), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)]

    /// The longest there is, 3,000 years: sums with a time of day stay far from what 64 bits hold.
    private static let mostSeconds = 1e11

    /// A bare number is seconds. Nil when it is none, negative, or longer than 3,000 years.
    package static func parse(_ text: String) -> Duration? {
        let text = text.lowercased().trimmingSpaces
        let unit = self.units.first { text.hasSuffix($0.suffix) }
        let digits = text.dropLast(unit?.suffix.count ?? 0)
        guard let number = Double(digits.trimmingSpaces), number >= 0 else { return nil }
        let seconds = number * (unit?.seconds ?? 1)
        guard seconds <= self.mostSeconds else { return nil }
        return .microseconds(Int64((seconds * 1_000_000).rounded()))
    }

    package static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        for (suffix, length) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] as [(String, Int64)]
        where milliseconds != 0 && milliseconds % length == 0 {
            return "\(milliseconds / length)\(suffix)"
        }
        return "\(milliseconds)ms"
    }
}
