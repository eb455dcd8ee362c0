/// Prometheus text exposition format 0.0.4.
struct PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var bytes: [UInt8] = []

    init() { self.bytes.reserveCapacity(32 * 1024) }

    mutating func header(name: String, help: String?, type: String) {
        if let help {
            self.bytes.append(contentsOf: "# HELP \(name) \(Self.escapedHelp(help))\n".utf8)
        }
        self.bytes.append(contentsOf: "# TYPE \(name) \(type)\n".utf8)
    }

    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        self.bytes.append(contentsOf: name.utf8)
        if !labels.isEmpty {
            self.bytes.append(UInt8(ascii: "{"))
            self.bytes.append(contentsOf: labels.utf8)
            self.bytes.append(UInt8(ascii: "}"))
        }
        self.bytes.append(UInt8(ascii: " "))
        self.bytes.append(contentsOf: Self.number(value).utf8)
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
