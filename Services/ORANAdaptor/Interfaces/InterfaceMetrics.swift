import Metrics

/// Metric handles of the calls over one interface, made once: `oran_requests_total` and `oran_request_duration_seconds`.
struct InterfaceMetrics: Sendable {
    private let outcomes: [String: (requests: Counter, duration: Metrics.Timer)]

    /// - Parameters:
    ///   - interface: as in the label: `a1`, `o1`.
    ///   - failures: outcomes besides `ok`.
    init(_ interface: String, failures: [String]) {
        self.outcomes = Dictionary(
            uniqueKeysWithValues: (["ok"] + failures).map { outcome in
                let labels = [("interface", interface), ("outcome", outcome)]
                let duration = Metrics.Timer(label: "oran_request_duration_seconds", dimensions: labels)
                return (outcome, (Counter(label: "oran_requests_total", dimensions: labels), duration))
            })
    }

    static let a1 = InterfaceMetrics("a1", failures: A1Error.Kind.allCases.map(\.rawValue))
    static let o1 = InterfaceMetrics("o1", failures: O1Error.Kind.allCases.map(\.rawValue))
    static let o2 = InterfaceMetrics("o2", failures: PeerProblem.outcomes)
    static let e2 = InterfaceMetrics("e2", failures: PeerProblem.outcomes)

    /// All of them from the start: an alert sees the first failure only beside a 0 before it.
    static func expose() {
        for metrics in [Self.a1, .o1, .o2, .e2] { for handles in metrics.outcomes.values { handles.requests.increment(by: 0) } }
    }

    /// - Parameter failure: nil is success.
    func record(_ failure: String?, took: Duration) {
        guard let handles = self.outcomes[failure ?? "ok"] else { return }
        handles.requests.increment()
        handles.duration.recordNanoseconds(Int64(took / .nanoseconds(1)))
    }

    /// Policies that a RIC had lost, or held otherwise, and took again. RICs are few, and named by the operator.
    static func restored(_ ric: String, _ policies: Int) {
        guard policies > 0 else { return }
        Counter(label: "oran_policies_restored_total", dimensions: [("ric", ric)]).increment(by: policies)
    }
}
