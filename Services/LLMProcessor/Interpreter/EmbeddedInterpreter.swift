package import IntentModel

/// Reads an operator's sentence with the vocabulary alone: deterministic, without network, and with the words each
/// conclusion was drawn from. What it cannot read without guessing it asks about.
package struct EmbeddedInterpreter: Sendable {
    package let vocabulary: Vocabulary

    package init(vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    package func interpret(_ request: InterpretationRequest) -> Interpretation {
        let scan = self.vocabulary.tokenizer.tokens(of: request.intent)
        let language = scan.eastAsian * 2 > scan.letters ? "zh-Hant" : "en"
        func refused(_ reason: Refusal.Reason, _ detail: String) -> Interpretation {
            Interpretation(
                decision: .refused, language: language, priority: request.priority ?? .medium, refusal: Refusal(reason: reason, detail: detail),
                provenance: self.provenance([]))
        }
        if scan.letters == 0 { return refused(.empty, "The text holds no words.") }
        if let finding = self.vocabulary.screening.finding(folded: scan.folded, tokens: scan.tokens) ?? Encoded.finding(scan.tokens, self.vocabulary) {
            switch finding.reason {
            case .promptInjection: return refused(.promptInjection, "'\(finding.words)' tries to steer the interpreter; the whole text is refused.")
            default: return refused(finding.reason, "'\(finding.words)' is code, a command or an attack; the whole text is refused.")
            }
        }
        var reading = Reading(vocabulary: self.vocabulary, text: request.intent, tokens: scan.tokens)
        reading.readLexemes()
        reading.disguised = scan.tokens.first { $0.disguised }.map { reading.text(Span(start: $0.start, end: $0.end)) }
        if let index = reading.lexemes.indices.first(where: { reading.has($0, .outOfScope) && !reading.isNameContext($0) }) {
            return refused(.outOfScope, "'\(reading.text(index..<(index + 1)))' is not about this network.")
        }
        reading.readExpectations()
        return self.concluded(reading, request, language, refused)
    }

    private func provenance(_ notes: [String]) -> Provenance {
        Provenance(interpreter: "embedded", promptVersion: "vocabulary-\(self.vocabulary.version)", notes: notes.isEmpty ? nil : notes)
    }

    private func concluded(_ reading: Reading, _ request: InterpretationRequest, _ language: String, _ refused: (Refusal.Reason, String) -> Interpretation)
        -> Interpretation
    {
        var expectations: [Expectation] = []
        var questions = reading.questions
        let completeness = Completeness(vocabulary: self.vocabulary)
        for (index, each) in reading.expectations.enumerated() {
            var draft = each
            // What has no code and no name is told apart by the words used for it ("firewall").
            if draft.mention.type == "Custom", draft.mention.name == nil, draft.mention.kind == .networkFunction {
                draft.mention.name = self.vocabulary.singular(reading.text(draft.mention.span))
            }
            let expectation = Expectation(
                id: "e\(index + 1)", verb: draft.verb,
                object: ObjectReference(
                    kind: draft.mention.kind, type: draft.mention.type, name: draft.mention.name, evidence: reading.text(draft.mention.span),
                    span: draft.mention.span),
                targets: draft.targets, context: draft.context, confidence: draft.confidence)
            expectations.append(expectation)
            questions += completeness.questions(about: expectation, action: draft.action)
            questions += reading.questions(about: draft, expectation)
        }
        if expectations.isEmpty {
            if reading.negatedOnly {
                questions = [
                    Clarification(
                        expectation: "e1", field: "verb", question: "The text says what not to do. What should be done?", options: Verb.allCases.map(\.rawValue)
                    )
                ]
            } else if reading.mentionsDomain {
                questions = [
                    Clarification(
                        expectation: "e1", field: "verb", question: "What should be done, and with which function?", options: Verb.allCases.map(\.rawValue))
                ]
            } else {
                return refused(.outOfScope, "The text asks for nothing of a 5G or O-RAN network.")
            }
        } else if reading.unspoken, !reading.told,
            expectations.allSatisfy({ $0.object.type == nil && $0.object.name == nil && $0.targets.isEmpty && !$0.context.hasPlace }), !reading.mentionsDomain
        {
            return refused(.outOfScope, "The text asks for nothing of a 5G or O-RAN network.")
        }
        if let word = reading.disguised {
            questions.append(
                Clarification(
                    expectation: "e1", field: "confirm",
                    question: "'\(word)' is written with letters of another script that look Latin. Is the reading right all the same?", options: ["yes", "no"])
            )
        }
        var seen: Set<String> = []
        questions = questions.filter { seen.insert($0.expectation + $0.field).inserted }
        return Interpretation(
            decision: questions.isEmpty ? .accepted : .needsClarification, language: language,
            priority: max(request.priority ?? .medium, reading.priority(request.priority) ?? .low), expectations: expectations, clarifications: questions,
            provenance: self.provenance(reading.notes))
    }
}
