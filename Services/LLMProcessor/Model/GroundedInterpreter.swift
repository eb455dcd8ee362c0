package import IntentLanguage
package import IntentModel

/// The model beside the embedded interpreter. The embedded reading is what is acted on; the model's, after it is held against the text, can
/// only turn it into a question. A model that is down, slow, over budget or nonsensical costs a note.
package struct GroundedInterpreter: Sendable {
    /// What happens on the way to a reading, for who watches it.
    package enum Progress: Sendable, Equatable {
        /// Ids of the passages shown.
        case passages([String])
        case asked(model: String)
        case answered(model: String, tokens: Int?)
        case failed(model: String, reason: String)
        /// The model's reading was held against the text.
        case grounded(notes: [String], questions: Int)
    }

    private let model: any Interpreter
    /// For people, e.g. `openai/gpt-4o-mini`.
    package let modelName: String
    private let vocabulary: Vocabulary

    package init(model: any Interpreter, modelName: String, vocabulary: Vocabulary) {
        self.model = model
        self.modelName = modelName
        self.vocabulary = vocabulary
    }

    /// Never throws but for cancellation.
    ///
    /// - Parameter embedded: the embedded reading of the same request, which stands unless the model's, grounded, disagrees.
    package func interpret(
        _ request: InterpretationRequest, embedded: Interpretation, passages: [Passage], progress: (Progress) -> Void = { _ in }
    ) async throws -> Interpretation {
        // A refusal stands, and nothing that tries to steer a model is shown to one.
        if embedded.decision == .refused { return embedded }
        progress(.asked(model: self.modelName))
        let model: Interpretation
        do {
            model = try await self.model.interpret(request, passages: passages)
        } catch {
            try Task.checkCancellation()
            progress(.failed(model: self.modelName, reason: "\(error)"))
            return embedded.noting("The model \(self.modelName) was not used: \(error).")
        }
        progress(.answered(model: model.provenance.model ?? self.modelName, tokens: model.provenance.tokens))
        let result = self.combined(embedded, model, request)
        progress(.grounded(notes: result.provenance.notes ?? [], questions: result.clarifications.count))
        return result
    }

    /// The same without a task; false when nothing was begun.
    ///
    /// - Parameter answer: called once, on any thread, if the result is true; nil: `interpret` is to be asked after all.
    func begin(
        _ request: InterpretationRequest, embedded: Interpretation, passages: [Passage], _ answer: @escaping @Sendable (Interpretation?) -> Void
    ) -> Bool {
        self.model.begin(request, passages: passages) { result in
            switch result {
            case .success(let model): answer(self.combined(embedded, model, request))
            case .failure(let error): answer(embedded.noting("The model \(self.modelName) was not used: \(error)."))
            case nil: answer(nil)
            }
        }
    }

    private func combined(_ embedded: Interpretation, _ model: Interpretation, _ request: InterpretationRequest) -> Interpretation {
        var result = embedded
        result.provenance = model.provenance
        if let said = embedded.provenance.notes { result.provenance.notes = said + (model.provenance.notes ?? []) }
        let vocabulary = self.vocabulary
        switch model.decision {
        case .refused: return self.weighed(result, model.refusal, request)
        case .needsClarification:
            // The embedded reading found every word of it; what a model is unsure of is told, not asked.
            let question = model.clarifications.first.map { ": \($0.question.prefix(200))" } ?? ""
            return embedded.decision == .accepted ? result.noting("The model was unsure\(question); the embedded reading stands.") : result
        case .accepted:
            guard embedded.decision == .accepted else {
                // The model proposes answers; what the embedded reading cannot find out is a person's to say (docs/decisions/018).
                return result.offering(model.expectations, TextGrounds(request.intent, vocabulary: vocabulary))
            }
            let comparison = ReadingComparison(embedded: embedded.expectations, model: model.expectations, request: request) {
                TextGrounds(request.intent, vocabulary: vocabulary)
            }
            for note in comparison.notes { result = result.noting(note) }
            result.expectations += comparison.additions
            return result.asking(comparison.clarifications)
        }
    }

    /// A refusal by the model. It counts when it quotes words of the text that no reading accounts for; anything else would let a model that
    /// refuses everything stop everything.
    private func weighed(_ embedded: Interpretation, _ refusal: Refusal?, _ request: InterpretationRequest) -> Interpretation {
        guard let refusal, refusal.reason == .promptInjection || refusal.reason == .unsafe else {
            return embedded.noting("The model found nothing to act on; the embedded reading stands.")
        }
        let explained = embedded.expectations.flatMap { expectation -> [String?] in
            let context = expectation.context
            return [expectation.object.evidence, expectation.object.name, context.namespace, context.cluster, context.region, context.site, context.zone]
                + expectation.targets.map(\.evidence) + [context.use, context.from, context.tenant]
        }
        let grounds = TextGrounds(request.intent, vocabulary: self.vocabulary)
        guard grounds.holdUnexplained(refusal.detail, explained: explained.compactMap { $0 }) else {
            return embedded.noting("The model took it for \(refusal.reason.rawValue), but quotes no words for it; the embedded reading stands.")
        }
        return embedded.asking([
            Clarification(
                expectation: embedded.expectations.first?.id ?? "e1", field: "confirm",
                question: "'\(refusal.detail.prefix(120))' may be an instruction to the interpreter. Is the request meant as it is read?",
                options: ["yes", "no"])
        ])
    }
}

extension Interpretation {
    func noting(_ note: String) -> Interpretation {
        var copy = self
        copy.provenance.notes = (copy.provenance.notes ?? []) + [note]
        return copy
    }

    fileprivate func asking(_ questions: [Clarification]) -> Interpretation {
        guard !questions.isEmpty else { return self }
        var copy = self
        copy.decision = .needsClarification
        copy.clarifications += questions
        return copy
    }

    /// Puts what the model read, where the text holds it, first among the answers proposed to open questions.
    fileprivate func offering(_ expectations: [Expectation], _ grounds: TextGrounds) -> Interpretation {
        var copy = self
        for (index, question) in copy.clarifications.enumerated() {
            let position = copy.expectations.firstIndex { $0.id == question.expectation } ?? 0
            guard expectations.indices.contains(position) else { continue }
            let reading = expectations[position]
            var offer: String?
            switch question.field {
            case "verb": offer = grounds.hold(reading.verb) ? reading.verb.rawValue : nil
            case "object.type": offer = reading.object.type.flatMap { grounds.hold(type: $0) ? $0 : nil }
            case "object.name": offer = grounds.hold(reading.object.name) ? reading.object.name : nil
            default:
                if question.field.hasPrefix("targets."), let target = reading.target(String(question.field.dropFirst("targets.".count))),
                    target.condition == .equals, grounds.hold(target.value, of: target.attribute)
                {
                    offer = "\(target.value)"
                }
            }
            guard let offer else { continue }
            copy.clarifications[index].options = [offer] + question.options.filter { $0.lowercased() != offer.lowercased() }
        }
        return copy
    }
}
