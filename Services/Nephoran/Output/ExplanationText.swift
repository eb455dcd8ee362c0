import IntentModel

/// How a sentence was read: its words underlined, what each of them became, what nothing in it said, and what is asked.
struct ExplanationText {
    let terminal: Terminal
    private(set) var lines: [String] = []

    init(_ sentence: String, _ answer: DryRunAnswer, _ terminal: Terminal) {
        self.terminal = terminal
        let readings = Self.readings(of: answer.interpretation, in: sentence)
        let spans = readings.reduce(into: [Span]()) { if !$0.contains($1.span) { $0.append($1.span) } }
        self.lines += UnderlinedText(sentence, spans: spans, width: min(120, terminal.width ?? 100)).lines
        self.lines.append("")
        for (index, span) in spans.enumerated() {
            for reading in readings where reading.span == span {
                self.field("\(index + 1)", "\(reading.meaning)" + terminal.styled("   “\(Self.words(span, sentence))”", .dim))
            }
        }
        let interpretation = answer.interpretation
        for expectation in interpretation.expectations {
            let object = [expectation.object.type ?? expectation.object.kind.rawValue, expectation.object.name].compactMap { $0 }.joined(separator: " ")
            self.field("understood", "\(expectation.id): \(expectation.verb.rawValue) \(object)")
        }
        self.field("language", interpretation.language)
        for figure in (answer.plan?.packages ?? []).flatMap(\.figures) where figure.source != .text {
            self.field(figure.source.rawValue, "\(figure.name) = \(figure.value)" + terminal.styled("   \(figure.reason)", .dim))
        }
        for note in interpretation.provenance.notes ?? [] { self.field("unused", note) }
        for question in answer.clarifications ?? interpretation.clarifications {
            self.field("asked", terminal.styled("\(question.expectation) \(question.field): \(question.question)", .yellow))
            if !question.options.isEmpty { self.lines.append("              \(question.options.joined(separator: " · "))") }
        }
        if let refusal = interpretation.refusal { self.field("refused", terminal.styled("\(refusal.detail) (\(refusal.reason.rawValue))", .red)) }
        if let problem = answer.problem { self.field("problem", terminal.styled("\(problem.detail) (\(problem.code))", .red)) }
        self.field("read by", "\(interpretation.provenance.interpreter), \(interpretation.provenance.promptVersion)")
    }

    private mutating func field(_ name: String, _ value: String) {
        self.lines.append(self.terminal.styled(name + String(repeating: " ", count: max(1, 12 - name.count)), .bold) + value)
    }

    private struct Reading {
        var span: Span
        var meaning: String
    }

    /// In the order of the text.
    private static func readings(of interpretation: Interpretation, in sentence: String) -> [Reading] {
        var readings: [Reading] = []
        for expectation in interpretation.expectations {
            if let span = expectation.object.span {
                let object = [expectation.object.kind.rawValue, expectation.object.type, expectation.object.name].compactMap { $0 }.joined(separator: " ")
                readings.append(Reading(span: span, meaning: "\(expectation.id) \(object)"))
            }
            for target in expectation.targets {
                guard let span = target.span else { continue }
                let unit = target.unit.map { " \($0)" } ?? ""
                readings.append(Reading(span: span, meaning: "\(expectation.id) \(target.attribute) \(target.condition.rawValue) \(target.value)\(unit)"))
            }
            let context = expectation.context
            let places: [(String, String?)] = [
                ("namespace", context.namespace), ("cluster", context.cluster), ("region", context.region), ("site", context.site), ("zone", context.zone),
                ("tenant", context.tenant), ("from", context.from),
            ]
            for (name, value) in places {
                guard let value, let span = expectation.spans?[name] else { continue }
                readings.append(Reading(span: span, meaning: "\(expectation.id) \(name) \(value)"))
            }
            // What it is for is written as it was said.
            if let use = context.use, let span = self.span(of: use, in: sentence) {
                readings.append(Reading(span: span, meaning: "\(expectation.id) use \(use)"))
            }
        }
        return readings.sorted { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) }
    }

    private static func span(of value: String, in sentence: String) -> Span? {
        let text = Array(sentence.utf8), sought = Array(value.utf8)
        guard !sought.isEmpty, sought.count <= text.count else { return nil }
        func folded(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte }
        for start in 0...(text.count - sought.count) where sought.indices.allSatisfy({ folded(text[start + $0]) == folded(sought[$0]) }) {
            return Span(start: start, end: start + sought.count)
        }
        return nil
    }

    private static func words(_ span: Span, _ sentence: String) -> String {
        let bytes = Array(sentence.utf8)
        guard span.start <= span.end, span.end <= bytes.count else { return "" }
        return String(decoding: bytes[span.start..<span.end], as: UTF8.self)
    }
}
