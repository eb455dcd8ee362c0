/// A line chart as SVG that needs nothing else.
struct SVGChart {
    struct Line {
        var name: String
        var colour: String
        var values: [Double]
    }

    var title: String
    /// Of the values, for the axis.
    var unit: String
    var lines: [Line]
    /// What is below the points: their text, at the places of the values.
    var labels: [String]

    private static let width = 720.0, height = 220.0, left = 64.0, right = 12.0, top = 28.0, bottom = 28.0

    var svg: String {
        let count = self.lines.map(\.values.count).max() ?? 0
        let top = Self.rounded(self.lines.flatMap(\.values).filter(\.isFinite).max() ?? 0)
        let (inner, tall) = (Self.width - Self.left - Self.right, Self.height - Self.top - Self.bottom)
        func x(_ index: Int) -> Double { Self.left + (count > 1 ? inner * Double(index) / Double(count - 1) : inner / 2) }
        func y(_ value: Double) -> Double { Self.top + tall * (1 - min(max(value / top, 0), 1)) }
        var out = "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"\(HTMLText.escaped(self.title))\">"
        out += "<text class=\"title\" x=\"\(Int(Self.left))\" y=\"16\">\(HTMLText.escaped(self.title))</text>"
        for step in 0...4 {
            let value = top * Double(step) / 4
            let height = NumberText.fixed(y(value), 1)
            out += "<line class=\"grid\" x1=\"\(Int(Self.left))\" x2=\"\(Int(Self.width - Self.right))\" y1=\"\(height)\" y2=\"\(height)\"/>"
            out +=
                "<text class=\"axis\" text-anchor=\"end\" x=\"\(Int(Self.left) - 6)\" y=\"\(NumberText.fixed(y(value) + 4, 1))\">\(NumberText.digits(value)) \(self.unit)</text>"
        }
        for index in Self.places(count) where index < self.labels.count {
            out +=
                "<text class=\"axis\" text-anchor=\"middle\" x=\"\(NumberText.fixed(x(index), 1))\" y=\"\(Int(Self.height) - 8)\">\(HTMLText.escaped(self.labels[index]))</text>"
        }
        var legend = Self.width - Self.right
        for line in self.lines {
            let points = line.values.enumerated().map { "\(NumberText.fixed(x($0), 1)),\(NumberText.fixed(y($1), 1))" }.joined(separator: " ")
            if line.values.count > 1 {
                out += "<polyline fill=\"none\" stroke=\"\(line.colour)\" stroke-width=\"1.6\" points=\"\(points)\"/>"
            } else if let value = line.values.first {
                out += "<circle cx=\"\(NumberText.fixed(x(0), 1))\" cy=\"\(NumberText.fixed(y(value), 1))\" r=\"3\" fill=\"\(line.colour)\"/>"
            }
            out +=
                "<text class=\"axis\" text-anchor=\"end\" x=\"\(Int(legend))\" y=\"16\" fill=\"\(line.colour)\" style=\"fill:\(line.colour)\">\(HTMLText.escaped(line.name))</text>"
            legend -= Double(line.name.count) * 7 + 16
        }
        return out + "</svg>"
    }

    /// At most nine places for labels.
    private static func places(_ count: Int) -> [Int] {
        guard count > 9 else { return Array(0..<count) }
        return (0...8).map { $0 * (count - 1) / 8 }
    }

    /// The next of 1, 2, 5, 10, … that is no less.
    private static func rounded(_ value: Double) -> Double {
        guard value > 0 else { return 1 }
        var scale = 1e-6
        while scale * 10 < value { scale *= 10 }
        return [1, 2, 2.5, 5, 10].map { $0 * scale }.first { $0 >= value } ?? scale * 10
    }
}

enum HTMLText {
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
