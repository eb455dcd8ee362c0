/// What an attempt says about the upstream, and whether another one is worth it.
package struct Judgement: Sendable, Equatable {
    package var outcome: CircuitBreaker.Outcome
    /// The same call may succeed in a moment, and repeating it does no harm.
    package var mayRetry: Bool
    /// The upstream asked to be left alone for this long (`Retry-After`).
    package var pause: Duration?

    package init(_ outcome: CircuitBreaker.Outcome, mayRetry: Bool = false, pause: Duration? = nil) {
        self.outcome = outcome
        self.mayRetry = mayRetry
        self.pause = pause
    }
}
