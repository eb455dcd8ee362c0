import Caching
import Foundation
import IntentLanguage
import IntentModel
import Telemetry

/// The one way from words to an interpretation: embedded interpreter, caches, passages, model.
struct IntentReading: Sendable {
    /// What it takes to have a model read along.
    struct ModelPath: Sendable {
        let interpreter: GroundedInterpreter
        let knowledge: KnowledgeSource?
        let cache: LayeredCache
        /// Providers and models in the order they are asked, and the version of the prompt: part of every key.
        let models: String
        let prompt: String
        /// `provider/model` that is asked first.
        let first: String
        let budget: DailyBudget?
        /// What others than the first model read is kept for this long: it should not outlive the outage.
        var fallbackLifetime = CacheLifetime(.seconds(60))
    }

    /// An interpretation as it is sent, and where it was found; nil: made without a look into the caches.
    struct Answer: Sendable {
        var json: [UInt8]
        var origin: LayeredCache.Origin?
        /// As made; nil when it came out of a cache.
        var interpretation: Interpretation?
    }

    private struct Made {
        var interpretation: Interpretation
        var keeping: LayeredCache.Loaded.Keeping
    }

    let embedded: EmbeddedInterpreter
    /// Nil: the embedded interpreter alone.
    let model: ModelPath?
    let rate: RequestRate

    /// A read may wait for a network.
    var waitsForOthers: Bool { self.model != nil }

    /// Never fails: what is missing costs quality and is said in the provenance.
    func read(_ request: InterpretationRequest) async -> Interpretation {
        let answer = await Correlation.spanning("interpret") { _ in await self.answer(request) }
        if let made = answer.interpretation { return made }
        return (try? JSONDecoder().decode(Interpretation.self, from: Data(answer.json))) ?? self.embedded.interpret(request)
    }

    /// - Parameter progress: told what happens on the way; not for a reading that another request is waiting for already.
    func answer(
        _ request: InterpretationRequest, skippingCache: Bool = false, progress: @escaping @Sendable (GroundedInterpreter.Progress) -> Void = { _ in }
    ) async -> Answer {
        self.rate.record()
        let begun = ContinuousClock.now
        // First of all, and whatever a cache says: what is refused reaches nobody else.
        let embedded = self.embedded.interpret(request)
        if self.model == nil { ModelMetrics.embedded.record(outcome: "ok", took: begun.duration(to: .now)) }
        guard let model, embedded.decision != .refused else { return Answer(json: embedded.json, interpretation: embedded) }
        let version = await model.knowledge?.version() ?? .absent("none is configured")
        if !skippingCache, let key = self.key(request, model, version) {
            if let answer = await self.cached(request, embedded, model, version, key, progress) { return answer }
        }
        let made = await self.make(request, embedded, model, version, progress)
        return Answer(json: made.interpretation.json, interpretation: made.interpretation)
    }

    func answering(_ interpretation: Interpretation, with answers: [ClarificationAnswer]) -> Interpretation {
        self.embedded.answering(interpretation, with: answers)
    }

    /// Nil when the knowledge has no name that could be part of one.
    private func key(_ request: InterpretationRequest, _ model: ModelPath, _ version: KnowledgeSource.Version) -> [UInt8]? {
        let knowledge: String
        switch version {
        case .known(let name): knowledge = name
        // Without knowledge is a state like any other, and its answers are its own.
        case .absent: knowledge = "none"
        case .unnamed: return nil
        }
        return InterpretationKey(
            request, models: model.models, prompt: model.prompt, vocabulary: self.embedded.vocabulary.version, knowledge: knowledge
        ).bytes
    }

    private func cached(
        _ request: InterpretationRequest, _ embedded: Interpretation, _ model: ModelPath, _ version: KnowledgeSource.Version, _ key: [UInt8],
        _ progress: @escaping @Sendable (GroundedInterpreter.Progress) -> Void
    ) async -> Answer? {
        let found = try? await model.cache.found(for: key) {
            let made = await self.make(request, embedded, model, version, progress)
            return LayeredCache.Loaded(made.interpretation.json, keeping: made.keeping)
        }
        guard let found else { return nil }
        // What another process wrote is looked at before it is sent on.
        if found.origin == .redis, (try? JSONDecoder().decode(Interpretation.self, from: Data(found.value))) == nil {
            await model.cache.removeValue(for: key)
            return nil
        }
        return Answer(json: found.value, origin: found.origin)
    }

    private func make(
        _ request: InterpretationRequest, _ embedded: Interpretation, _ model: ModelPath, _ version: KnowledgeSource.Version,
        _ progress: (GroundedInterpreter.Progress) -> Void
    ) async -> Made {
        var passages: [Passage] = []
        var note: String?
        var isSettled = true
        switch version {
        case .absent(let reason):
            if model.knowledge != nil { note = "No passages were retrieved: \(reason)." }
        case .known(let name):
            do {
                let found = try await Correlation.spanning("retrieve") { span in
                    let found = try await model.knowledge?.passages(for: request.intent, version: version)
                    span?.set("nephoran.passages", found?.passages.count ?? 0)
                    return found
                }
                if let found {
                    passages = found.passages
                    isSettled = found.version == name
                }
            } catch {
                note = "No passages were retrieved: \(error)."
                isSettled = false
            }
        case .unnamed:
            do { passages = try await model.knowledge?.passages(for: request.intent, version: version).passages ?? [] } catch {
                note = "No passages were retrieved: \(error)."
            }
        }
        progress(.passages(passages.map(\.id)))
        guard var interpretation = try? await model.interpreter.interpret(request, embedded: embedded, passages: passages, progress: progress) else {
            return Made(interpretation: embedded, keeping: .never)
        }
        if let note { interpretation = interpretation.noting(note) }
        if let budget = model.budget, !budget.isShared {
            interpretation = interpretation.noting("The daily budget of models is counted by this process alone.")
        }
        // Only what a model took part in is worth keeping: a fallback should not outlive the outage.
        guard isSettled, let name = interpretation.provenance.model else { return Made(interpretation: interpretation, keeping: .never) }
        let isFirst = "\(interpretation.provenance.interpreter)/\(name)" == model.first
        return Made(interpretation: interpretation, keeping: isFirst ? .usual : .lifetime(model.fallbackLifetime))
    }
}
