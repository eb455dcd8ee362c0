/// What came of one attempt. Only the caller knows the outcome's type: code that handles any type costs a call more than all guards.
struct AttemptEnd: Sendable {
    let outcome: any AnyObject & Sendable
    let judgement: Judgement
}

final class OutcomeBox<Outcome: Sendable>: Sendable {
    let value: Outcome
    init(_ value: Outcome) { self.value = value }
}
