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
    /// Work of the main track that follows.
    package var next: [Stage] = []
    /// Tracks that start, each with its first stage.
    package var forks: [(track: Track.Name, stage: Stage)] = []
    /// For a step of a track: what became of it.
    package var outcome: TrackOutcome?
    package var files: Files = .keep
    /// Makes work under way on the open tracks stale; on a track's step, the main track goes on with this stage.
    package var abandonsTracks = false
    package var resumesWith: Stage?

    package enum Files: Sendable { case keep, set([UInt8]), delete }

    package init(phase: Phase? = nil, by: String, detail: String? = nil) {
        self.phase = phase
        self.by = by
        self.detail = detail
    }
}

/// The end of a track, and what follows once every track has ended.
package struct TrackOutcome: Sendable {
    package var state: Track.State
    package var detail: String
    /// When all tracks succeeded.
    package var joined: (phase: Phase, stage: Stage?, detail: String)
    /// When one of them failed: the history entry of the failure.
    package var failureDetail: String

    package init(state: Track.State, detail: String, joined: (phase: Phase, stage: Stage?, detail: String), failureDetail: String) {
        self.state = state
        self.detail = detail
        self.joined = joined
        self.failureDetail = failureDetail
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
