/// When a second call is worth making: after the time within which nearly all recent ones were answered. Pure.
struct HedgeTiming: Sendable {
    private static let interval = 16

    private let configuration: Hedge.Configuration
    private var latencies = LatencyHistogram()
    private var sinceComputed = 0
    private(set) var delay: Duration?

    init(_ configuration: Hedge.Configuration) { self.configuration = configuration }

    /// - Returns: whether the delay was found anew.
    @discardableResult mutating func record(_ took: Duration) -> Bool {
        guard self.configuration.isEnabled else { return false }
        self.latencies.record(took)
        self.sinceComputed += 1
        guard self.latencies.count >= self.configuration.minimumCalls, self.delay == nil || self.sinceComputed >= Self.interval else { return false }
        self.sinceComputed = 0
        self.delay = self.latencies.quantile(self.configuration.quantile).map { min(max($0, self.configuration.least), self.configuration.most) }
        return true
    }
}
