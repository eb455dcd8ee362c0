import IntentModel

extension Planner {
    /// When the changes of a plan may be made: what the expectations say together. Asks for what is no instant, refuses what is over.
    func decideWindow(_ draft: inout PlanDraft, interpretation: Interpretation, now: Int64) throws(PlanningStop) {
        guard draft.changesAnything else { return }
        var starts: [(text: String, at: Int64)] = []
        var ends: [(text: String, at: Int64)] = []
        for expectation in interpretation.expectations where expectation.verb != .report {
            guard let window = expectation.context.window else { continue }
            func read(_ text: String?, into list: inout [(text: String, at: Int64)]) throws(PlanningStop) {
                guard let text else { return }
                guard let instant = Timestamp.milliseconds(text) else {
                    throw .ask(
                        expectation, "context.window", "When is \u{201c}\(text)\u{201d}? Give an instant such as 2026-12-01T02:00:00Z, or now.",
                        options: ["now"])
                }
                list.append((text, instant))
            }
            try read(window.start, into: &starts)
            try read(window.end, into: &ends)
            if window.start == nil, window.end == nil, let recurrence = window.recurrence {
                throw .ask(
                    expectation, "context.window",
                    "Nothing here repeats a change \u{201c}\(recurrence)\u{201d}. Should it take effect once and stay, and when? Give an instant, or now.",
                    options: ["now"])
            }
        }
        if let end = ends.min(by: { $0.at < $1.at }), end.at <= now || starts.contains(where: { $0.at >= end.at }) {
            throw .refuse(
                Problem(
                    status: 422, code: "window_over", title: "Too late", detail: "The time window in which it was to be done is over: it ended at \(end.text).")
            )
        }
        let start = starts.max { $0.at < $1.at }
        guard start != nil || !ends.isEmpty else { return }
        draft.window = TimeWindow(start: start?.text, end: ends.min { $0.at < $1.at }?.text)
    }
}
