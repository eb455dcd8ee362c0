/// Spans of time as people write them: `500ms`, `10s`, `1m30s`, `2h`, `1.5s`, `250us`.
enum DurationText {
    private static let units: [(name: String, seconds: Double)] = [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)]

    /// Seconds; nil when it is no span of time. A number without a unit is none.
    static func seconds(_ text: some StringProtocol) -> Double? {
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            guard let value = Double(number), value.isFinite else { return nil }
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { !$0.isNumber && $0 != "." }
            guard let unit = self.units.first(where: { $0.name == name }) else { return nil }
            total += value * unit.seconds
            rest = rest.dropFirst(name.count)
        }
        return total
    }

    /// For people: three digits and a fitting unit.
    static func text(nanoseconds: Double) -> String {
        switch nanoseconds {
        case ..<1e3: "\(Int(nanoseconds)) ns"
        case ..<1e6: "\(NumberText.digits(nanoseconds / 1e3)) µs"
        case ..<1e9: "\(NumberText.digits(nanoseconds / 1e6)) ms"
        default: "\(NumberText.digits(nanoseconds / 1e9)) s"
        }
    }
}

enum NumberText {
    /// About three digits: `1234`, `123`, `12.3`, `1.23`.
    static func digits(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        return switch abs(value) {
        case 100...: self.fixed(value, 0)
        case 10...: self.fixed(value, 1)
        default: self.fixed(value, 2)
        }
    }

    /// Rounded to `places` (0…6) places after the point.
    static func fixed(_ value: Double, _ places: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "–" }
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let whole = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && whole > 0 ? "-" : ""
        guard places > 0 else { return "\(sign)\(whole)" }
        let rest = "\(whole % scale)"
        return "\(sign)\(whole / scale)." + String(repeating: "0", count: places - rest.count) + rest
    }
}
