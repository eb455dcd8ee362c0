/// What a page of metrics is written in.
package enum MetricsFormat: Sendable {
    /// Prometheus text exposition format 0.0.4.
    case prometheus
    /// OpenMetrics 1.0, which has exemplars.
    case openMetrics

    /// As `Accept` asks; who does not say so gets the older one.
    package init(accept: String?) { self = accept?.contains("application/openmetrics-text") == true ? .openMetrics : .prometheus }

    package var contentType: String {
        switch self {
        case .prometheus: PrometheusText.contentType
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }
}

/// A page of metrics being written.
struct PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    let format: MetricsFormat
    private(set) var bytes: [UInt8] = []

    init(_ format: MetricsFormat = .prometheus) {
        self.format = format
        self.bytes.reserveCapacity(32 * 1024)
    }

    mutating func header(name: String, help: String?, kind: PrometheusFamily.Kind) {
        var (name, type) = (name, kind.rawValue)
        if self.format == .openMetrics, kind == .counter {
            // There a counter's family is named without the suffix, and without the suffix there is no counter.
            if name.hasSuffix("_total") { name = String(name.dropLast("_total".count)) } else { type = "unknown" }
        }
        if let help {
            let escaped = self.format == .openMetrics ? Self.escapedValue(help) : Self.escapedHelp(help)
            self.bytes.append(contentsOf: "# HELP \(name) \(escaped)\n".utf8)
        }
        self.bytes.append(contentsOf: "# TYPE \(name) \(type)\n".utf8)
    }

    /// The end of a page, which OpenMetrics wants said.
    mutating func finish() -> [UInt8] {
        if self.format == .openMetrics { self.bytes.append(contentsOf: "# EOF\n".utf8) }
        return self.bytes
    }

    /// The bound of a bucket, for `le`: OpenMetrics has one way to write it.
    func bound(_ value: Double) -> String {
        guard self.format == .openMetrics, value.isFinite else { return Self.number(value) }
        return "\(value)"
    }

    mutating func sample(_ name: String, _ labels: String, _ value: Double, exemplar: PrometheusHistogram.Exemplar? = nil) {
        self.bytes.append(contentsOf: name.utf8)
        if !labels.isEmpty {
            self.bytes.append(UInt8(ascii: "{"))
            self.bytes.append(contentsOf: labels.utf8)
            self.bytes.append(UInt8(ascii: "}"))
        }
        self.bytes.append(UInt8(ascii: " "))
        self.bytes.append(contentsOf: Self.number(value).utf8)
        if self.format == .openMetrics, let exemplar {
            let (trace, span) = (exemplar.trace.traceID, exemplar.trace.spanID)
            self.bytes.append(
                contentsOf: " # {trace_id=\"\(trace)\",span_id=\"\(span)\"} \(exemplar.value) \(Double(exemplar.at) / 1_000)".utf8)
        }
        self.bytes.append(UInt8(ascii: "\n"))
    }

    static func number(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if value == -.infinity { return "-Inf" }
        if value.isNaN { return "NaN" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }

    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.map { "\(self.name($0.0, colons: false))=\"\(self.escapedValue($0.1))\"" }.joined(separator: ",")
    }

    /// A name with what Prometheus does not take replaced by `_`.
    static func name(_ text: String, colons: Bool = true) -> String {
        var out = ""
        for (index, character) in text.utf8.enumerated() {
            switch character {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
                out.unicodeScalars.append(Unicode.Scalar(character))
            case UInt8(ascii: "0")...UInt8(ascii: "9") where index > 0: out.unicodeScalars.append(Unicode.Scalar(character))
            case UInt8(ascii: ":") where colons: out.append(":")
            default: out.append("_")
            }
        }
        return out.isEmpty ? "_" : out
    }

    static func escapedValue(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") }) else { return text }
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    static func escapedHelp(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
