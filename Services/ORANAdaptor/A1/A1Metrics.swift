import Metrics

/// Metric handles of the A1 interface, made once. An outcome is ``A1Error/Kind`` or `ok`.
enum A1Metrics {
    private static let outcomes: [String: (requests: Counter, duration: Metrics.Timer)] = Dictionary(
        uniqueKeysWithValues: (["ok"] + A1Error.Kind.allCases.map(\.rawValue)).map { outcome in
            let labels = [("interface", "a1"), ("outcome", outcome)]
            return (
                outcome, (Counter(label: "oran_requests_total", dimensions: labels), Metrics.Timer(label: "oran_request_duration_seconds", dimensions: labels))
            )
        })

    static func record(_ failure: A1Error.Kind?, took: Duration) {
        guard let handles = self.outcomes[failure?.rawValue ?? "ok"] else { return }
        handles.requests.increment()
        handles.duration.recordNanoseconds(Int64(took / .nanoseconds(1)))
    }

    /// Policies that a RIC had lost, or held otherwise. RICs are few, and named by the operator.
    static func drift(_ ric: String, _ policies: Int) {
        Counter(label: "oran_policies_restored_total", dimensions: [("ric", ric)]).increment(by: policies)
    }
}
