/// Sizes as operators write them: `512MB`, `64MiB`, `1g`, `4096`. Both spellings of a unit are powers of 1024.
package enum ByteSize {
    private static let units: [Character: Int] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40]

    package static func parse(_ text: String) -> Int? {
        var digits = text.lowercased().trimmingSpaces
        for suffix in ["ib", "b", "i"] where digits.hasSuffix(suffix) {
            digits = digits.dropLast(suffix.count)
            break
        }
        var factor = 1
        if let last = digits.last, let unit = self.units[last] {
            factor = unit
            digits = digits.dropLast()
        }
        guard let number = Double(digits.trimmingSpaces), number >= 0, number * Double(factor) < 9e18 else { return nil }
        return Int(number * Double(factor))
    }

    package static func format(_ bytes: Int) -> String {
        for (suffix, unit) in [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes != 0 && bytes % unit == 0 {
            return "\(bytes / unit)\(suffix)"
        }
        return "\(bytes)B"
    }
}
