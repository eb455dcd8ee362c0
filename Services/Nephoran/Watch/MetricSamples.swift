/// Samples of one scrape, as services expose them (Prometheus text format 0.0.4).
struct MetricSamples: Sendable {
    struct Series: Hashable, Sendable {
        var name: String
        var labels: [String: String]
    }

    private(set) var values: [Series: Double] = [:]

    init() {}

    /// Lines that are no samples are left out.
    init(text: String) {
        for line in text.split(separator: "\n") where line.first != "#" {
            guard let (series, value) = Self.sample(line) else { continue }
            self.values[series, default: 0] += value
        }
    }

    private static func sample(_ line: Substring) -> (Series, Double)? {
        let nameEnd = line.firstIndex { $0 == "{" || $0 == " " } ?? line.endIndex
        let name = String(line[..<nameEnd])
        var labels: [String: String] = [:]
        var rest = line[nameEnd...]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while let first = rest.first, first != "}" {
                guard let equals = rest.firstIndex(of: "=") else { return nil }
                let label = String(rest[..<equals].filter { $0 != "," && $0 != " " })
                rest = rest[rest.index(after: equals)...].dropFirst()
                var value = ""
                while let character = rest.popFirst(), character != "\"" {
                    if character == "\\", let escaped = rest.popFirst() { value.append(escaped == "n" ? "\n" : escaped) } else { value.append(character) }
                }
                labels[label] = value
            }
            rest = rest.dropFirst()
        }
        guard let text = rest.split(separator: " ").first, let value = Double(text == "+Inf" ? "inf" : String(text)) else { return nil }
        return (Series(name: name, labels: labels), value)
    }

    typealias Condition = ([String: String]) -> Bool

    func sum(_ name: String, where condition: Condition = { _ in true }) -> Double {
        self.values.reduce(0) { $1.key.name == name && condition($1.key.labels) ? $0 + $1.value : $0 }
    }

    func largest(_ name: String, where condition: Condition = { _ in true }) -> Double? {
        self.values.filter { $0.key.name == name && condition($0.key.labels) }.values.max()
    }

    /// The values of one label, sorted.
    func values(of label: String, in name: String) -> [String] { Set(self.values.keys.filter { $0.name == name }.compactMap { $0.labels[label] }).sorted() }

    /// Linear within the bucket, as Prometheus does it; nil without observations.
    func quantile(_ q: Double, of histogram: String, where condition: Condition = { _ in true }) -> Double? {
        var buckets: [Double: Double] = [:]
        for (series, value) in self.values where series.name == histogram + "_bucket" && condition(series.labels) {
            guard let text = series.labels["le"], let bound = Double(text == "+Inf" ? "inf" : text) else { continue }
            buckets[bound, default: 0] += value
        }
        let sorted = buckets.sorted { $0.key < $1.key }
        guard let total = sorted.last?.value, total > 0 else { return nil }
        let rank = q * total
        var (lower, before) = (0.0, 0.0)
        for (bound, count) in sorted {
            if count >= rank { return bound.isFinite && count > before ? lower + (bound - lower) * (rank - before) / (count - before) : lower }
            (lower, before) = (bound, count)
        }
        return lower
    }

    /// What was counted since an earlier scrape. Of a process that started anew, all it has counted.
    func since(_ earlier: MetricSamples) -> MetricSamples {
        var difference = self
        for (series, value) in self.values { if let old = earlier.values[series], old <= value { difference.values[series] = value - old } }
        return difference
    }

    /// Of several processes as if of one.
    static func + (left: MetricSamples, right: MetricSamples) -> MetricSamples {
        var all = left
        all.values.merge(right.values) { $0 + $1 }
        return all
    }
}
