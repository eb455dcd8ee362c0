package import IntentModel

/// What one atomic step does to an intent.
package struct Step: Sendable {
    /// The next phase; nil leaves it.
    package var phase: Phase?
    /// Phases passed through within this step, for the history.
    package var via: [Phase] = []
    /// For the history; nil writes no entry when the phase stays.
    package var detail: String?
    /// Who takes the step, for the history.
    package var by: String
    /// JSON documents to store.
    package var fields: [(field: RecordField, json: [UInt8])] = []
    /// Work of the main track that follows …
    package var next: [Stage] = []
    /// … and how long it waits before.
    package var delay: Duration = .zero
    /// Tracks that start, each with its first stage.
    package var forks: [(track: Track.Name, stage: Stage)] = []
    /// What becomes of the tracks that took effect when another fails.
    package var onPartialFailure = PartialFailurePolicy.rollback
    /// For a step of a track: what became of it.
    package var outcome: TrackOutcome?
    /// Brings the intent to an end as soon as nothing of it is under way, undoing what it did where the phase wants that.
    package var ending: Ending?
    package var files: Files = .keep
    /// Forgets earlier tracks; work under way on them is stale.
    package var beginsAnew = false

    package enum Files: Sendable { case keep, set([UInt8]), delete }

    package init(phase: Phase? = nil, by: String, detail: String? = nil) {
        self.phase = phase
        self.by = by
        self.detail = detail
    }
}

/// The end of one piece of a track's work. Once no track has work left, the step that ended the last one also decides how the intent goes on.
package struct TrackOutcome: Sendable {
    package var state: Track.State
    package var detail: String

    package init(_ state: Track.State, _ detail: String) {
        self.state = state
        self.detail = detail
    }
}

/// An end that was asked for before the intent came to its own.
package struct Ending: Sendable {
    /// `cancelled` and `rolled_back` undo what took effect, `superseded` leaves it to the successor, `failed` asks the policy.
    package var phase: Phase
    /// For the history; nil keeps what was said when the end was announced.
    package var reason: String?

    package init(_ phase: Phase, reason: String? = nil) {
        self.phase = phase
        self.reason = reason
    }
}

package enum StepResult: Sendable, Equatable {
    /// Taken; the phase it left the intent in.
    case taken(Phase)
    /// Somebody had already gone on.
    case stale
    /// The record is not there (any more).
    case gone
    /// A newer epoch rules this partition.
    case fenced
}
