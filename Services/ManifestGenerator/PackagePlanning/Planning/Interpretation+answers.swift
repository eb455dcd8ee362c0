package import IntentModel

extension Planner {
    /// The fields that answers settle, as planning asks about them.
    package static func settled(by answers: [ClarificationAnswer]) -> Set<String> { Set(self.usable(answers).map { "\($0.expectation) \($0.field)" }) }

    /// What is neither yes nor no answers no question of yes or no: it stays open.
    private static func usable(_ answers: [ClarificationAnswer]) -> [ClarificationAnswer] {
        answers.filter { $0.field != "confirm" || Confirmation($0.value) != nil }
    }

    /// The interpretation with the operator's answers to the questions of planning in it. An answer to `confirm` makes
    /// the expectation a deploy, or, for a removal, takes it as done; a no refuses the intent.
    package static func applying(_ answers: [ClarificationAnswer], to interpretation: Interpretation) -> Interpretation {
        var result = interpretation
        let answers = self.usable(answers)
        for answer in answers {
            guard let index = result.expectations.firstIndex(where: { $0.id == answer.expectation }) else { continue }
            let text = answer.value.description
            if answer.field == "confirm" {
                if Confirmation(answer.value) == .yes {
                    switch result.expectations[index].verb {
                    case .remove: result.expectations.remove(at: index)
                    case .rollback:
                        // The version of a rollback is a package's revision, not an image's.
                        result.expectations[index].targets.removeAll { $0.attribute == "version" }
                        result.expectations[index].verb = .deploy
                    default: result.expectations[index].verb = .deploy
                    }
                } else {
                    result.decision = .refused
                    result.refusal = Refusal(reason: .outOfScope, detail: "declined by the operator")
                }
                continue
            }
            self.apply(answer, text: text, to: &result.expectations[index])
        }
        let answered = Set(answers.map { "\($0.expectation) \($0.field)" })
        result.clarifications.removeAll { answered.contains("\($0.expectation) \($0.field)") }
        if result.decision == .needsClarification, result.clarifications.isEmpty, !result.expectations.isEmpty { result.decision = .accepted }
        return result
    }

    private static func apply(_ answer: ClarificationAnswer, text: String, to expectation: inout Expectation) {
        let parts = answer.field.split(separator: ".", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count > 1 ? parts[1] : nil) {
        case ("verb", nil): if let verb = Verb(rawValue: text) { expectation.verb = verb }
        case ("object", "type"): expectation.object.type = text
        case ("object", "name"): expectation.object.name = text
        case ("context", "namespace"): expectation.context.namespace = text
        case ("context", "cluster"): expectation.context.cluster = text
        case ("context", "region"): expectation.context.region = text
        case ("context", "zone"): expectation.context.zone = text
        case ("context", "site"): expectation.context.site = text
        case ("context", "from"): expectation.context.from = text
        case ("context", "environment"): expectation.context.environment = text
        case ("context", "dnn"): expectation.context.dnn = text
        case ("context", "slice"): if let slice = SliceID(answer: text) { expectation.context.slice = slice }
        case ("context", "cell"): expectation.context.cell = text
        case ("context", "gnb"): expectation.context.gnb = text
        case ("context", "tac"): expectation.context.tac = text
        case ("context", "ue"): expectation.context.ue = text.lowercased()
        case ("context", "plmn"): expectation.context.plmn = text
        case ("context", "window"): expectation.context.window = text.lowercased() == "now" ? nil : TimeWindow(start: text)
        case ("context", "tenant"): expectation.context.tenant = text
        case ("targets", let attribute?):
            guard let kind = Attribute.table[attribute]?.kind, let value = self.value(answer.value, kind: kind) else { return }
            // An answer is a figure, also where the text was relative ("two more").
            let target = Target(attribute: attribute, condition: .equals, value: value, unit: Attribute.unit(of: attribute), evidence: text)
            expectation.targets.removeAll { $0.attribute == attribute }
            expectation.targets.append(target)
        default: return
        }
    }

    private static func value(_ value: TargetValue, kind: Attribute.Kind) -> TargetValue? {
        switch (kind, value) {
        case (.number, .number), (.number, .range), (.boolean, .boolean), (.text, .text): value
        case (.number, .text(let text)): Double(text).map { .number($0) }
        case (.boolean, .text(let text)):
            text.lowercased() == "yes" || text.lowercased() == "true"
                ? .boolean(true) : text.lowercased() == "no" || text.lowercased() == "false" ? .boolean(false) : nil
        case (.text, _): .text(value.description)
        default: nil
        }
    }
}
