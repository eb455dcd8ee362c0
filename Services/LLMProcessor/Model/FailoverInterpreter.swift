package import IntentLanguage
package import IntentModel
import Synchronization
import Telemetry

/// Providers in order: the first that answers is taken. One that is paused, suspended or busy is passed over at once; one that refuses our key
/// or does not have the model rests for a while.
package struct FailoverInterpreter: Interpreter {
    private let providers: [OpenAIInterpreter]
    private let coolDown: Duration
    private let timeout: Duration
    private let rests: Rests

    private final class Rests: Sendable {
        private let until = Mutex<[Int: ContinuousClock.Instant]>([:])

        func begin(_ index: Int, for duration: Duration) { self.until.withLock { $0[index] = .now.advanced(by: duration) } }
        func contains(_ index: Int) -> Bool { self.until.withLock { $0[index].map { $0 > .now } ?? false } }
    }

    /// - Parameters:
    ///   - coolDown: how long a provider rests.
    ///   - timeout: of all attempts together.
    package init(_ providers: [OpenAIInterpreter], coolDown: Duration = .seconds(60), timeout: Duration = .seconds(30)) {
        self.providers = providers
        self.coolDown = coolDown
        self.timeout = timeout
        self.rests = Rests()
    }

    /// Throws ``ModelError``.
    package func interpret(_ request: InterpretationRequest, passages: [Passage]) async throws -> Interpretation {
        guard self.providers.count > 1 else { return try await self.interpret(request, passages, 0) }
        var correlation = Correlation.current ?? Correlation()
        let end = Timestamp.now() + Int64(self.timeout / .milliseconds(1))
        correlation.deadline = min(correlation.deadline ?? end, end)
        return try await Correlation.$current.withValue(correlation) {
            var reasons: [String] = []
            for index in self.providers.indices {
                do {
                    var answer = try await self.interpret(request, passages, index)
                    if !reasons.isEmpty { answer.provenance.notes = reasons.map { "\($0)." } + (answer.provenance.notes ?? []) }
                    return answer
                } catch {
                    try Task.checkCancellation()
                    reasons.append("\(self.providers[index].name): \(error)")
                }
            }
            throw ModelError.all(reasons)
        }
    }

    /// For a single provider only.
    package func begin(_ request: InterpretationRequest, passages: [Passage], _ answer: @escaping @Sendable (Result<Interpretation, ModelError>?) -> Void)
        -> Bool
    {
        guard self.providers.count == 1, !self.rests.contains(0) else { return false }
        let (rests, coolDown) = (self.rests, self.coolDown)
        return self.providers[0].begin(request, passages: passages) { result in
            if case .failure(let error) = result, error.isMisconfiguration { rests.begin(0, for: coolDown) }
            answer(result)
        }
    }

    private func interpret(_ request: InterpretationRequest, _ passages: [Passage], _ index: Int) async throws -> Interpretation {
        guard let provider = self.providers.indices.contains(index) ? self.providers[index] : nil, !self.rests.contains(index) else { throw ModelError.resting }
        do {
            return try await provider.interpret(request, passages: passages)
        } catch {
            if (error as? ModelError)?.isMisconfiguration == true { self.rests.begin(index, for: self.coolDown) }
            throw error
        }
    }
}
