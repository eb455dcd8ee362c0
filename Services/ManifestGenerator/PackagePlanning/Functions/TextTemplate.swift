/// A text with `{{name}}` places, cut up once when the catalogue is loaded.
package struct TextTemplate: Sendable, Equatable {
    enum Part: Sendable, Equatable { case text(String), value(String) }
    let parts: [Part]

    init(parts: [Part]) { self.parts = parts }

    /// Nil when a place is not closed or names something not in `names`.
    init?(_ text: String, names: Set<String>) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = Self.position(of: "{{", in: rest) {
            guard let close = Self.position(of: "}}", in: rest[open...]) else { return nil }
            let name = String(rest[rest.index(open, offsetBy: 2)..<close])
            guard names.contains(name) else { return nil }
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            parts.append(.value(name))
            rest = rest[rest.index(close, offsetBy: 2)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    private static func position(of pair: String, in text: Substring) -> Substring.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(pair) { return index }
            index = text.index(after: index)
        }
        return nil
    }

    func filled(_ value: (String) -> String) -> String {
        var text = ""
        for part in self.parts {
            switch part {
            case .text(let part): text += part
            case .value(let name): text += value(name)
            }
        }
        return text
    }

    /// Line by line, with the places that `value` has something for filled.
    func lines(filling value: (String) -> String?) -> [[Part]] {
        var lines: [[Part]] = []
        var open: [Part] = []
        func add(_ literal: Substring) {
            guard !literal.isEmpty else { return }
            if case .text(let before)? = open.last { open[open.count - 1] = .text(before + literal) } else { open.append(.text(String(literal))) }
        }
        for part in self.parts {
            switch part {
            case .value(let name):
                if let text = value(name) { add(text[...]) } else { open.append(part) }
            case .text(let text):
                for (index, piece) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                    if index > 0 {
                        lines.append(open)
                        open = []
                    }
                    add(piece)
                }
            }
        }
        if !open.isEmpty { lines.append(open) }
        return lines
    }
}
