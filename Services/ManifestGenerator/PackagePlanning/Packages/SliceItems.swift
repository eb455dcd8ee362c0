/// The items of a YAML configuration's lists that stand for one slice each, by its template, so that another one is put beside those that a file has.
struct SliceItems {
    private struct Item {
        /// From its dash on.
        var lines: [[TextTemplate.Part]]
        /// The line of its SST among them.
        var anchor: Int
        /// Columns before the dash.
        var indent: Int
    }

    private let items: [Item]

    init(_ template: TextTemplate, values: TemplateValues) {
        let lines = template.lines { $0 == "sst" || $0 == "sd" ? nil : values($0) }
        let texts = lines.map { line in line.map { part in if case .text(let literal) = part { literal } else { "" } }.joined() }
        var items: [Item] = []
        for anchor in lines.indices where lines[anchor].contains(.value("sst")) {
            guard let start = Self.start(of: anchor, in: texts.map { $0[...] }) else { continue }
            let indent = Self.indent(of: texts[start][...])
            let end = Self.end(of: start, indent: indent, in: texts.map { $0[...] })
            items.append(Item(lines: Array(lines[start..<end]), anchor: anchor - start, indent: indent))
        }
        self.items = items
    }

    /// A text with the slice of `values` in the last list of each kind; nil where it has none of the lists.
    func adding(_ values: TemplateValues, to text: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var isFound = false
        for item in self.items {
            let places = self.places(of: item, in: lines)
            guard let last = places.last else { continue }
            isFound = true
            let own = item.lines.map { TextTemplate(parts: $0).filled(values.callAsFunction) }
            if !places.contains(where: { self.isOf(values, lines[$0], item) }) { lines.insert(contentsOf: own, at: last.upperBound) }
        }
        return isFound ? lines.joined(separator: "\n") : nil
    }

    /// A text without the slice of `values`; the only one of a list stays.
    func removing(_ values: TemplateValues, from text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for item in self.items {
            let places = self.places(of: item, in: lines)
            guard places.count > 1, let place = places.last(where: { self.isOf(values, lines[$0], item) }) else { continue }
            lines.removeSubrange(place)
        }
        return lines.joined(separator: "\n")
    }

    /// The items of one kind that a text has.
    private func places(of item: Item, in lines: [String]) -> [Range<Int>] {
        let anchor = ContextLines.Line(parts: item.lines[item.anchor])
        let texts = lines.map { $0[...] }
        return texts.indices.compactMap { place in
            guard anchor.matches(texts[place]), let start = Self.start(of: place, in: texts), Self.indent(of: texts[start]) == item.indent else { return nil }
            return start..<Self.end(of: start, indent: item.indent, in: texts)
        }
    }

    /// Whether the lines of an item say the slice of `values`, SST and SD.
    private func isOf(_ values: TemplateValues, _ lines: ArraySlice<String>, _ item: Item) -> Bool {
        item.lines.allSatisfy { parts in
            guard parts.contains(where: { if case .value = $0 { true } else { false } }) else { return true }
            let own = TextTemplate(parts: parts).filled(values.callAsFunction).lowercased()
            // What else is named after the slice, by others' ways, does not make it another.
            return lines.contains { $0.lowercased() == own }
                || !parts.contains(where: { if case .text(let text) = $0 { text.contains("sst:") || text.contains("sd:") } else { false } })
        }
    }

    private static func indent(of line: Substring) -> Int { line.prefix { $0 == " " }.count }

    /// Where the item begins that a line is in: at a dash, further out than the line unless it is on it.
    private static func start(of place: Int, in lines: [Substring]) -> Int? {
        var column = Self.indent(of: lines[place])
        if lines[place].dropFirst(column).hasPrefix("- ") { return place }
        for above in (0..<place).reversed() {
            let indent = Self.indent(of: lines[above])
            guard indent < column else { continue }
            if lines[above].dropFirst(indent).hasPrefix("- ") { return above }
            column = indent
        }
        return nil
    }

    private static func end(of start: Int, indent: Int, in lines: [Substring]) -> Int {
        var end = start + 1
        while end < lines.count, Self.indent(of: lines[end]) > indent, lines[end].contains(where: { $0 != " " }) { end += 1 }
        return end
    }
}
