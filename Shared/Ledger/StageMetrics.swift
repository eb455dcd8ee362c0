import IntentModel
import Metrics

/// The metrics of one stage; handles are made once.
struct StageMetrics: Sendable {
    private let total: Counter
    private let duration: Metrics.Timer
    private let controller: String
    private let ends: [Phase: (count: Counter, duration: Metrics.Timer)]

    init(stage: Stage) {
        self.controller = stage.controller
        // The first error is seen as a rise only when there was something before it.
        for reason in ["retry", "dead", "attempts_exhausted"] {
            Counter(label: "nephoran_processing_errors_total", dimensions: [("controller", stage.controller), ("reason", reason)]).increment(by: 0)
        }
        self.total = Counter(label: "nephoran_processing_total", dimensions: [("controller", stage.controller)])
        self.duration = Metrics.Timer(label: "nephoran_processing_duration_seconds", dimensions: [("controller", stage.controller)])
        self.ends = Dictionary(
            uniqueKeysWithValues: Phase.allCases.filter(\.isTerminal).map { phase in
                (
                    phase,
                    (
                        Counter(label: "nephoran_intents_processed_total", dimensions: [("outcome", phase.rawValue)]),
                        Metrics.Timer(label: "nephoran_intent_duration_seconds", dimensions: [("outcome", phase.rawValue)])
                    )
                )
            }
        )
    }

    func processed(_ took: Duration) {
        self.total.increment()
        self.duration.recordNanoseconds(took.components.seconds * 1_000_000_000 + took.components.attoseconds / 1_000_000_000)
    }

    func failed(_ reason: String) {
        Counter(label: "nephoran_processing_errors_total", dimensions: [("controller", self.controller), ("reason", reason)]).increment()
    }

    /// Counts an intent that has come to an end with this step.
    func ended(_ phase: Phase, _ snapshot: RecordSnapshot) {
        guard let end = self.ends[phase], !snapshot.phase.isTerminal else { return }
        end.count.increment()
        let now = Timestamp.now()
        // What a person took to decide says nothing of how fast this installation is.
        end.duration.recordNanoseconds(max(0, now - snapshot.created - snapshot.standing(until: now)) * 1_000_000)
    }
}
