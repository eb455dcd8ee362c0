/// The lines of a configuration that the network context decides, found again in a file whatever else somebody has made of it.
struct ContextLines {
    /// One line of a template that has such places.
    struct Line {
        /// Literals and names by turns; what is no part of the context is filled.
        var parts: [TextTemplate.Part]

        /// The parts of an intent that it follows.
        var fields: Set<String> {
            Set(self.parts.compactMap { part in if case .value(let name) = part { TemplateValues.fields[name] } else { nil } })
        }

        func filled(_ values: TemplateValues) -> String { TextTemplate(parts: self.parts).filled(values.callAsFunction) }

        /// Whether a line says the same of another context.
        func matches(_ line: Substring) -> Bool {
            var rest = line
            for (index, part) in self.parts.enumerated() {
                guard case .text(let literal) = part else { continue }
                let isLast = index == self.parts.count - 1
                if index == 0 {
                    guard rest.hasPrefix(literal) else { return false }
                    rest = rest.dropFirst(literal.count)
                    if isLast, !rest.isEmpty { return false }
                } else if isLast {
                    return rest.hasSuffix(literal)
                } else {
                    guard let found = rest.firstRange(of: literal) else { return false }
                    rest = rest[found.upperBound...]
                }
            }
            return true
        }

        /// Lines that cannot be told from each other: their literals are the same.
        var shape: [String] { self.parts.map { part in if case .text(let literal) = part { literal } else { "\0" } } }
    }

    let lines: [Line]

    init(_ template: TextTemplate, values: TemplateValues) {
        let filled = template.lines { TemplateValues.fields[$0] == nil ? values($0) : nil }
        let lines = filled.filter { $0.contains { if case .value = $0 { true } else { false } } }.map { Line(parts: $0) }
        self.lines = lines
    }

    /// The lines of a text that are these, by the index here; of a shape that occurs another number of times, none.
    func places(in text: [Substring]) -> [Int: Int] {
        var places: [Int: Int] = [:]
        var shapes: [[String]: [Int]] = [:]
        for (index, line) in self.lines.enumerated() { shapes[line.shape, default: []].append(index) }
        for (_, own) in shapes {
            guard let first = own.first else { continue }
            let there = text.indices.filter { self.lines[first].matches(text[$0]) }
            guard there.count == own.count else { continue }
            for (index, place) in zip(own, there) { places[index] = place }
        }
        return places
    }
}
