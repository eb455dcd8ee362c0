import IntentModel
import JSONSchema

extension Interpretation {
    /// Byte for byte the JSON that `LedgerJSON` gives, at a tenth of the cost: written for every request.
    var json: [UInt8] {
        var writer = InterpretationWriter()
        writer.write(self)
        return writer.out
    }
}

/// Members in the order of their names; absent ones are left out, but for those that the wire form says as null.
private struct InterpretationWriter {
    var out: [UInt8] = []

    init() { self.out.reserveCapacity(1_536) }

    mutating func write(_ value: Interpretation) {
        self.out.append(ascii: "{\"clarifications\":")
        self.list(value.clarifications) { writer, question in
            writer.member("{\"expectation\":", question.expectation)
            writer.member(",\"field\":", question.field)
            writer.out.append(ascii: ",\"options\":")
            writer.list(question.options) { $0.out.append(json: $1) }
            writer.member(",\"question\":", question.question)
            writer.out.append(UInt8(ascii: "}"))
        }
        self.member(",\"decision\":", value.decision.rawValue)
        self.out.append(ascii: ",\"expectations\":")
        self.list(value.expectations) { $0.write($1) }
        self.member(",\"language\":", value.language)
        self.member(",\"priority\":", value.priority.rawValue)
        self.write(value.provenance)
        if let refusal = value.refusal {
            self.member(",\"refusal\":{\"detail\":", refusal.detail)
            self.member(",\"reason\":", refusal.reason.rawValue)
            self.out.append(UInt8(ascii: "}"))
        }
        self.member(",\"schema\":", value.schema)
        self.out.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ value: Expectation) {
        self.out.append(ascii: "{\"confidence\":")
        self.out.append(json: value.confidence)
        self.out.append(ascii: ",\"context\":")
        self.write(value.context)
        self.member(",\"id\":", value.id)
        self.out.append(ascii: ",\"object\":{")
        if let evidence = value.object.evidence {
            self.member("\"evidence\":", evidence)
            self.out.append(UInt8(ascii: ","))
        }
        self.member("\"kind\":", value.object.kind.rawValue)
        self.nullable(",\"name\":", value.object.name)
        self.write(value.object.span)
        self.nullable(",\"type\":", value.object.type)
        self.out.append(UInt8(ascii: "}"))
        if let spans = value.spans {
            self.out.append(ascii: ",\"spans\":{")
            var isFirst = true
            for (name, span) in spans.sorted(by: { $0.key < $1.key }) {
                if !isFirst { self.out.append(UInt8(ascii: ",")) }
                isFirst = false
                self.out.append(json: name)
                self.out.append(UInt8(ascii: ":"))
                self.bounds(span)
            }
            self.out.append(UInt8(ascii: "}"))
        }
        self.out.append(ascii: ",\"targets\":")
        self.list(value.targets) { $0.write($1) }
        self.member(",\"verb\":", value.verb.rawValue)
        self.out.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ value: Target) {
        self.member("{\"attribute\":", value.attribute)
        self.member(",\"condition\":", value.condition.rawValue)
        self.member(",\"evidence\":", value.evidence)
        self.write(value.span)
        self.member(",\"unit\":", value.unit)
        self.out.append(ascii: ",\"value\":")
        switch value.value {
        case .number(let number): self.out.append(json: number)
        case .boolean(let flag): if flag { self.out.append(ascii: "true") } else { self.out.append(ascii: "false") }
        case .text(let text): self.out.append(json: text)
        case .range(let low, let high): self.list([low, high]) { $0.out.append(json: $1) }
        }
        self.out.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ span: Span?) {
        guard let span else { return }
        self.out.append(ascii: ",\"span\":")
        self.bounds(span)
    }

    private mutating func bounds(_ span: Span) {
        self.out.append(ascii: "{\"end\":")
        self.out.append(json: span.end)
        self.out.append(ascii: ",\"start\":")
        self.out.append(json: span.start)
        self.out.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ context: Context) {
        self.out.append(UInt8(ascii: "{"))
        var isFirst = true
        func separate(_ writer: inout Self) {
            if !isFirst { writer.out.append(UInt8(ascii: ",")) }
            isFirst = false
        }
        if context != Context() {
            func say(_ name: StaticString, _ text: String?) {
                guard let text else { return }
                separate(&self)
                self.member(name, text)
            }
            func list(_ name: StaticString, _ texts: [String]?) {
                guard let texts else { return }
                separate(&self)
                self.out.append(ascii: name)
                self.list(texts) { $0.out.append(json: $1) }
            }
            say("\"cell\":", context.cell)
            say("\"cluster\":", context.cluster)
            list("\"depends\":", context.depends)
            say("\"dnn\":", context.dnn)
            say("\"environment\":", context.environment)
            say("\"from\":", context.from)
            say("\"gnb\":", context.gnb)
            say("\"namespace\":", context.namespace)
            say("\"plmn\":", context.plmn)
            list("\"qualities\":", context.qualities)
            say("\"region\":", context.region)
            say("\"site\":", context.site)
            if let slice = context.slice {
                separate(&self)
                self.out.append(ascii: "\"slice\":{")
                if let sd = slice.sd {
                    self.member("\"sd\":", sd)
                    self.out.append(UInt8(ascii: ","))
                }
                self.out.append(ascii: "\"sst\":")
                self.out.append(json: slice.sst)
                self.out.append(UInt8(ascii: "}"))
            }
            say("\"tac\":", context.tac)
            say("\"tenant\":", context.tenant)
            say("\"ue\":", context.ue)
            say("\"urgency\":", context.urgency)
            say("\"use\":", context.use)
            if let window = context.window {
                separate(&self)
                self.out.append(ascii: "\"window\":{")
                var between = false
                for (name, text) in [("\"end\":", window.end), ("\"recurrence\":", window.recurrence), ("\"start\":", window.start)]
                    as [(StaticString, String?)]
                {
                    guard let text else { continue }
                    if between { self.out.append(UInt8(ascii: ",")) }
                    between = true
                    self.member(name, text)
                }
                self.out.append(UInt8(ascii: "}"))
            }
            say("\"zone\":", context.zone)
        }
        self.out.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ value: Provenance) {
        self.out.append(ascii: ",\"provenance\":{\"costUSD\":")
        self.out.append(json: value.costUSD)
        self.member(",\"interpreter\":", value.interpreter)
        self.member(",\"model\":", value.model)
        if let notes = value.notes {
            self.out.append(ascii: ",\"notes\":")
            self.list(notes) { $0.out.append(json: $1) }
        }
        self.out.append(ascii: ",\"passages\":")
        self.list(value.passages) { $0.out.append(json: $1) }
        self.member(",\"promptVersion\":", value.promptVersion)
        if let tokens = value.tokens {
            self.out.append(ascii: ",\"tokens\":")
            self.out.append(json: tokens)
        }
        self.out.append(UInt8(ascii: "}"))
    }

    // MARK: Pieces

    private mutating func member(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        self.out.append(ascii: name)
        self.out.append(json: text)
    }

    private mutating func nullable(_ name: StaticString, _ text: String?) {
        self.out.append(ascii: name)
        if let text { self.out.append(json: text) } else { self.out.append(ascii: "null") }
    }

    private mutating func list<Element>(_ elements: [Element], _ write: (inout Self, Element) -> Void) {
        self.out.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { self.out.append(UInt8(ascii: ",")) }
            write(&self, element)
        }
        self.out.append(UInt8(ascii: "]"))
    }
}
