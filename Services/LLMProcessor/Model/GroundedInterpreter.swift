package import IntentLanguage
package import IntentModel

/// The model beside the embedded interpreter. The embedded reading is what is acted on; the model's, after it is held against the text, can
/// only turn it into a question. A model that is down, slow or nonsensical costs a note.
package struct GroundedInterpreter: Interpreter {
    private let model: any Interpreter
    private let modelName: String
    private let embedded: @Sendable (InterpretationRequest) -> Interpretation

    /// `modelName` is for people, e.g. `openai/gpt-4o-mini`.
    package init(model: any Interpreter, modelName: String, embedded: @escaping @Sendable (InterpretationRequest) -> Interpretation) {
        self.model = model
        self.modelName = modelName
        self.embedded = embedded
    }

    /// Never throws but for cancellation.
    package func interpret(_ request: InterpretationRequest, passages: [Passage]) async throws -> Interpretation {
        let embedded = self.embedded(request)
        // A refusal stands, and nothing that tries to steer a model is shown to one.
        if embedded.decision == .refused { return embedded }
        let model: Interpretation
        do {
            model = try await self.model.interpret(request, passages: passages)
        } catch {
            try Task.checkCancellation()
            return embedded.noting("The model \(self.modelName) was not used: \(error).")
        }
        return self.combined(embedded, model, request)
    }

    private func combined(_ embedded: Interpretation, _ model: Interpretation, _ request: InterpretationRequest) -> Interpretation {
        var result = embedded
        result.provenance = model.provenance
        result.provenance.notes = embedded.provenance.notes
        switch model.decision {
        case .refused:
            guard let reason = model.refusal?.reason, reason == .promptInjection || reason == .unsafe else {
                return result.noting("The model found nothing to act on; the embedded reading stands.")
            }
            return result.asking([
                Clarification(
                    expectation: result.expectations.first?.id ?? "e1", field: "confirm",
                    question: "Part of the text may be an instruction to the interpreter. Is the request meant as it is read?", options: ["yes", "no"])
            ])
        case .needsClarification:
            // The embedded reading found every word of it; what a model is unsure of is told, not asked.
            let question = model.clarifications.first.map { ": \($0.question.prefix(200))" } ?? ""
            return embedded.decision == .accepted ? result.noting("The model was unsure\(question); the embedded reading stands.") : result
        case .accepted:
            let comparison = ReadingComparison(embedded: embedded.expectations, model: model.expectations, request: request)
            for note in comparison.notes { result = result.noting(note) }
            return embedded.decision == .accepted
                ? result.asking(comparison.clarifications) : result.offering(model.expectations, TextGrounds(request.intent, known: embedded.expectations))
        }
    }
}

extension Interpretation {
    fileprivate func noting(_ note: String) -> Interpretation {
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
            case "object.type": offer = grounds.hold(reading.object.evidence) || grounds.hold(reading.object.type) ? reading.object.type : nil
            case "object.name": offer = grounds.hold(reading.object.name) ? reading.object.name : nil
            default:
                if question.field.hasPrefix("targets."), let target = reading.target(String(question.field.dropFirst("targets.".count))),
                    grounds.hold(target.value)
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
