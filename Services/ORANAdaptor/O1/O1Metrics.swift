import Metrics

/// Metric handles of the O1 interface, made once. An outcome is ``O1Error/Kind`` or `ok`.
enum O1Metrics {
    private static let outcomes: [String: (requests: Counter, duration: Metrics.Timer)] = Dictionary(
        uniqueKeysWithValues: (["ok"] + O1Error.Kind.allCases.map(\.rawValue)).map { outcome in
            let labels = [("interface", "o1"), ("outcome", outcome)]
            return (
                outcome, (Counter(label: "oran_requests_total", dimensions: labels), Metrics.Timer(label: "oran_request_duration_seconds", dimensions: labels))
            )
        })

    static func record(_ failure: O1Error.Kind?, took: Duration) {
        guard let handles = self.outcomes[failure?.rawValue ?? "ok"] else { return }
        handles.requests.increment()
        handles.duration.recordNanoseconds(Int64(took / .nanoseconds(1)))
    }
}
