import IntentModel

/// Answers as they are typed.
enum ClarificationText {
    /// Reads `[expectation:]field=value`, or a bare value when there is one question. Without an expectation it is that of the question about the field.
    static func answer(_ text: String, to open: [Clarification]) throws(CommandFailure) -> ClarificationAnswer {
        guard let equals = text.firstIndex(of: "=") else {
            guard open.count == 1 else { throw CommandFailure(.usage, "\(text): with \(open.count) open questions, say which: expectation:field=value") }
            return ClarificationAnswer(expectation: open[0].expectation, field: open[0].field, value: self.value(text))
        }
        let value = self.value(String(text[text.index(after: equals)...]))
        let place = text[..<equals]
        if let colon = place.firstIndex(of: ":") {
            return ClarificationAnswer(expectation: String(place[..<colon]), field: String(place[place.index(after: colon)...]), value: value)
        }
        let asked = open.filter { $0.field == place }
        guard asked.count == 1 else {
            throw CommandFailure(
                .usage,
                asked.isEmpty
                    ? "nobody asks for \(place)" : "several questions ask for \(place); put the expectation in front, such as \(asked[0].expectation):\(place)")
        }
        return ClarificationAnswer(expectation: asked[0].expectation, field: String(place), value: value)
    }

    /// `true` and `false`, numbers and `low…high` are what they look like; quotes make anything a text.
    static func value(_ text: String) -> TargetValue {
        switch text {
        case "true", "yes": return .boolean(true)
        case "false", "no": return .boolean(false)
        default: break
        }
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { return .text(String(text.dropFirst().dropLast())) }
        if let number = Double(text), number.isFinite { return .number(number) }
        let bounds = text.split(separator: text.contains("…") ? "…" : "..")
        if bounds.count == 2, let low = Double(bounds[0]), let high = Double(bounds[1]) { return .range(low, high) }
        return .text(text)
    }
}
