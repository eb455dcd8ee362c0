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
            for (name, span) in (expectation.spans ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard let value = self.value(of: name, expectation) else { continue }
                readings.append(Reading(span: span, meaning: "\(expectation.id) \(value)"))
            }
        }
        return readings.sorted { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) }
    }

    /// "action scale", "namespace core5g", "qualities edge".
    private static func value(of name: String, _ expectation: Expectation) -> String? {
        if name == "verb" { return "action \(expectation.verb.rawValue)" }
        let context = expectation.context
        let value: String? =
            switch name {
            case "namespace": context.namespace
            case "cluster": context.cluster
            case "region": context.region
            case "site": context.site
            case "zone": context.zone
            case "tenant": context.tenant
            case "from": context.from
            case "environment": context.environment
            case "slice": context.slice.map { "SST \($0.sst)" + ($0.sd.map { ", SD \($0)" } ?? "") }
            case "plmn": context.plmn
            case "dnn": context.dnn
            case "tac": context.tac
            case "cell": context.cell
            case "gnb": context.gnb
            case "ue": context.ue
            case "use": context.use
            case "urgency": context.urgency
            case "window": context.window.map { [$0.recurrence, $0.start, $0.end.map { "until \($0)" }].compactMap { $0 }.joined(separator: " ") }
            default: nil
            }
        if let value { return "\(name) \(value)" }
        // Of a list: "qualities.edge".
        let parts = name.split(separator: ".", maxSplits: 1)
        return parts.count == 2 ? "\(parts[0]) \(parts[1])" : nil
    }

    private static func words(_ span: Span, _ sentence: String) -> String {
        let bytes = Array(sentence.utf8)
        guard span.start <= span.end, span.end <= bytes.count else { return "" }
        return String(decoding: bytes[span.start..<span.end], as: UTF8.self)
    }
}
