import Caching
import IntentLanguage
import IntentModel
import Ledger

/// The one way from words to an interpretation: cache, passages, model, embedded interpreter.
struct IntentReading: Sendable {
    let embedded: EmbeddedInterpreter
    /// Nil: the embedded interpreter alone.
    let model: GroundedInterpreter?
    let passages: PassageSource?
    let cache: MemoryCache<InterpretationRequest, Interpretation>
    let rate: RequestRate

    /// A read may wait for a network.
    var waitsForOthers: Bool { self.model != nil }

    /// Never fails: what is missing costs quality and is said in the provenance.
    func read(_ request: InterpretationRequest, skippingCache: Bool = false) async -> Interpretation {
        self.rate.record()
        guard let model else { return self.embedded.interpret(request) }
        // The key is the whole request, letter by letter: nothing similar ever answers for it.
        if !skippingCache, let known = self.cache.value(for: request) { return known }
        var passages: [Passage] = []
        var note: String?
        if let source = self.passages {
            do { passages = try await source.passages(for: request.intent) } catch { note = "No passages were retrieved: \(error)." }
        }
        guard var interpretation = try? await model.interpret(request, passages: passages) else { return self.embedded.interpret(request) }
        if let note { interpretation.provenance.notes = (interpretation.provenance.notes ?? []) + [note] }
        // Only what the model took part in is worth keeping: a fallback should not outlive the outage.
        if interpretation.provenance.model != nil, note == nil { self.cache.insert(interpretation, for: request, cost: request.intent.utf8.count * 8 + 2_048) }
        return interpretation
    }

    func answering(_ interpretation: Interpretation, with answers: [ClarificationAnswer]) -> Interpretation {
        self.embedded.answering(interpretation, with: answers)
    }
}

extension InterpretationRequest: Hashable {
    package func hash(into hasher: inout Hasher) { hasher.combine(self.intent) }
}
