package import IntentModel

/// Reads an operator's sentence with the vocabulary alone: deterministic, without network, and with the words each
/// conclusion was drawn from. What it cannot read without guessing it asks about.
package struct EmbeddedInterpreter: Sendable {
    package let vocabulary: Vocabulary

    package init(vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    package func interpret(_ request: InterpretationRequest) -> Interpretation { self.read(request).interpretation }

    /// With how often a word was looked at.
    func read(_ request: InterpretationRequest) -> (interpretation: Interpretation, looks: Int) {
        let intent = Quotation.unwrapped(request.intent)
        let scan = self.vocabulary.tokenizer.tokens(of: intent)
        let (language, tokens) = self.understood(scan)
        func refusal(_ reason: Refusal.Reason, _ detail: String) -> Interpretation {
            Interpretation(
                decision: .refused, language: language, priority: request.priority ?? .medium, refusal: Refusal(reason: reason, detail: detail),
                provenance: self.provenance([]))
        }
        func refused(_ reason: Refusal.Reason, _ detail: String) -> (Interpretation, Int) { (refusal(reason, detail), scan.tokens.count) }
        if scan.letters == 0 { return refused(.empty, "The text holds no words.") }
        if let finding = self.vocabulary.screening.finding(folded: scan.folded, tokens: scan.tokens) ?? Encoded.finding(Array(intent.utf8))
            ?? (tokens.map { self.vocabulary.screening.match($0.lazy.filter { $0.kind == .word || $0.kind == .number }.map(\.word)) } ?? nil)
        {
            switch finding.reason {
            case .promptInjection: return refused(.promptInjection, "'\(finding.words)' tries to steer the interpreter; the whole text is refused.")
            default: return refused(finding.reason, "'\(finding.words)' is code, a command or an attack; the whole text is refused.")
            }
        }
        var reading = Reading(vocabulary: self.vocabulary, text: intent, tokens: tokens ?? Self.joined(scan.tokens))
        reading.readLexemes()
        reading.disguised = scan.tokens.first { $0.disguised }.map { reading.text(Span(start: $0.start, end: $0.end)) }
        if let index = reading.lexemes.indices.first(where: { reading.has($0, .outOfScope) && !reading.isNameContext($0) }) {
            return refused(.outOfScope, "'\(reading.text(index..<(index + 1)))' is not about this network.")
        }
        reading.readExpectations()
        if tokens != nil { reading.readUnread() }
        let concluded = self.concluded(reading, request, language, refusal)
        return (concluded, scan.tokens.count + reading.effort.looks)
    }

    /// The language of a text and, when it is not (only) English, its words put into those of the vocabulary.
    private func understood(_ scan: Tokenizer.Result) -> (language: String, tokens: [Token]?) {
        var best: (glossary: Glossary, share: Glossary.Share)?
        // Most sentences are English: only words that the vocabulary does not know are looked for elsewhere.
        var foreign: [String] = []
        for token in scan.tokens where token.kind == .word && self.vocabulary.lexicon.id(of: token.word) < 0 { foreign.append(token.word) }
        if !foreign.isEmpty {
            for glossary in self.vocabulary.glossaries where foreign.contains(where: glossary.knows) {
                let share = glossary.share(of: scan.tokens, self.vocabulary.lexicon)
                if share.own > best?.share.own ?? 0 { best = (glossary, share) }
            }
        }
        let fallback = scan.eastAsian * 2 > scan.letters ? "zh-Hant" : "en"
        guard let (glossary, share) = best, share.own > 1 || share.hasVerb && share.own > 0 || scan.eastAsian > 0,
            share.own >= share.unknown || scan.eastAsian > 0
        else {
            return (fallback, nil)
        }
        return (share.own > share.english ? glossary.language : fallback, glossary.translated(scan.tokens, self.vocabulary.lexicon))
    }

    /// Characters of scripts without spaces that no glossary read stay together, as the name they may be.
    private static func joined(_ tokens: [Token]) -> [Token] {
        guard tokens.contains(where: \.isIdeograph) else { return tokens }
        var result: [Token] = []
        for token in tokens {
            if token.isIdeograph, let last = result.last, last.isIdeograph, last.end == token.start {
                result[result.count - 1].word += token.word
                result[result.count - 1].end = token.end
            } else {
                result.append(token)
            }
        }
        return result
    }

    private func provenance(_ notes: [String]) -> Provenance {
        Provenance(interpreter: "embedded", promptVersion: "vocabulary-\(self.vocabulary.version)", notes: notes.isEmpty ? nil : notes)
    }

    private static let opposeRemoval: [Verb] = [.deploy, .scale, .configure, .restart]

    /// What cannot all be true of the same object, wherever in the text it was said.
    private static func contradictions(_ expectations: [Expectation]) -> [Clarification] {
        var questions: [Clarification] = []
        for (index, one) in expectations.enumerated() {
            if let low = one.target("minReplicas"), let high = one.target("maxReplicas"), let least = low.value.number, let most = high.value.number,
                least > most
            {
                questions.append(
                    Clarification(
                        expectation: one.id, field: "targets.minReplicas",
                        question: "At least \(low.value) and at most \(high.value) replicas cannot both hold. How many at least?"))
            }
            // A long list of the same object is no contradiction worth comparing pair by pair.
            for index in max(0, index - 32)..<index {
                guard expectations[index].object.kind == one.object.kind, expectations[index].object.type == one.object.type,
                    expectations[index].object.name == one.object.name, one.object.type != nil || one.object.name != nil,
                    expectations[index].context.hasSamePlace(as: one.context)
                else { continue }
                let label = one.object.name ?? one.object.type ?? "it"
                let verb = expectations[index].verb
                if one.verb == .remove && Self.opposeRemoval.contains(verb) || verb == .remove && Self.opposeRemoval.contains(one.verb) {
                    questions.append(
                        Clarification(
                            expectation: one.id, field: "verb",
                            question: "'\(verb.rawValue)' and '\(one.verb.rawValue)' contradict each other. Which of them should happen to \(label)?",
                            options: [verb.rawValue, one.verb.rawValue]))
                }
                guard one.verb == verb, one.verb != .report, one.verb != .deploy || one.object.name != nil else { continue }
                for target in one.targets where target.attribute != "feature" {
                    guard let before = expectations[index].targets.first(where: { $0.attribute == target.attribute }), before.value != target.value else {
                        continue
                    }
                    questions.append(
                        Clarification(
                            expectation: one.id, field: "targets.\(target.attribute)",
                            question:
                                "The text says both '\(before.evidence ?? before.value.description)' and '\(target.evidence ?? target.value.description)'. Which \(target.attribute) should \(label) have?",
                            options: [before.value.description, target.value.description]))
                }
            }
        }
        return questions
    }

    private func concluded(_ reading: Reading, _ request: InterpretationRequest, _ language: String, _ refused: (Refusal.Reason, String) -> Interpretation)
        -> Interpretation
    {
        var expectations: [Expectation] = []
        var questions = reading.questions
        let completeness = Completeness(vocabulary: self.vocabulary)
        let spans = ContextSpans(reading)
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
                targets: draft.targets, context: draft.context,
                spans: spans.spans(
                    of: draft.context, verb: draft.deedAt.map { reading.span($0..<($0 + 1)) },
                    before: reading.clauses.indices.contains(draft.clause) ? reading.clauses[draft.clause].end : reading.lexemes.count),
                confidence: draft.confidence)
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
        questions += Self.contradictions(expectations)
        if questions.isEmpty, let leftover = reading.leftover { questions.append(leftover) }
        var seen: Set<String> = []
        questions = questions.filter { seen.insert($0.expectation + $0.field).inserted }
        return Interpretation(
            decision: questions.isEmpty ? .accepted : .needsClarification, language: language,
            priority: max(request.priority ?? .medium, reading.priority(request.priority) ?? .low), expectations: expectations, clarifications: questions,
            provenance: self.provenance(reading.notes))
    }
}
