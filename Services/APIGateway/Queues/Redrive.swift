import IntentModel
import Ledger

/// What becomes of a dead letter that somebody wants tried again.
struct Redrive: Sendable {
    enum Outcome: String, Encodable, Sendable {
        /// Its work goes on, and the letter is gone.
        case redriven
        /// There was nothing to go on with any more; the letter is gone.
        case removed
        /// The letter stays.
        case kept
    }

    struct Result: Encodable, Sendable {
        var id: String
        var outcome: Outcome
        var note: String?
    }

    let ledger: Ledger
    let person: String

    func run(_ letter: DeadLetter) async throws -> Result {
        guard let work = letter.work else { return self.result(letter, .kept, "it is no work and can only be purged") }
        guard work.track != Work.event else {
            switch try await self.ledger.redrive(letter) {
            case .taken: return self.result(letter, .redriven)
            case .gone: return self.result(letter, .removed, "its intent is not in the ledger any more")
            case .missing: return self.result(letter, .removed, "somebody else has taken it")
            }
        }
        // The way of `retry`: the step that takes the intent up again removes its letters, all or nothing.
        for _ in 0..<5 {
            guard let snapshot = try await self.ledger.read(work.id) else { return try await self.remove(letter, "its intent is not in the ledger any more") }
            guard snapshot.phase == .failed, try snapshot.decode(Problem.self, .problem)?.code == Self.code else {
                return try await self.remove(letter, "its intent has moved on (\(snapshot.phase.rawValue))")
            }
            let step: Step
            do {
                step = try IntentDecision.retry(reason: "dead letter redriven").step(on: snapshot, by: self.person)
            } catch let problem as Problem {
                return self.result(letter, .kept, problem.detail)
            }
            switch try await self.ledger.step(step, on: snapshot) {
            case .taken:
                // One that was kept before records knew their letters.
                _ = try await self.ledger.removeDeadLetters(letter.stage, [letter.id])
                return self.result(letter, .redriven)
            case .stale: continue
            case .gone: return try await self.remove(letter, "its intent is not in the ledger any more")
            case .fenced: return self.result(letter, .kept, "this deployment has been replaced")
            }
        }
        return self.result(letter, .kept, "its intent keeps changing")
    }

    private static let code = "attempts_exhausted"

    private func remove(_ letter: DeadLetter, _ note: String) async throws -> Result {
        _ = try await self.ledger.removeDeadLetters(letter.stage, [letter.id])
        return self.result(letter, .removed, note)
    }

    private func result(_ letter: DeadLetter, _ outcome: Outcome, _ note: String? = nil) -> Result {
        Result(id: letter.id.description, outcome: outcome, note: note)
    }
}
