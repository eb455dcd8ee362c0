/// How a new colour is judged, and what follows. The figures are the handbook's.
struct RolloutOptions: Codable, Sendable, Equatable {
    /// Absolute path of the directory with the new executables.
    var binaries: String
    /// Promotes what passes, without waiting for a person.
    var promotes = false
    /// Synthetic intents of one measurement.
    var intents = 20
    var measurements = 5
    /// Seconds between two.
    var interval = 30.0
    /// Seconds for which a promoted colour is watched and the way back is open.
    var scaleDownDelay = 30.0

    /// 0 to 1, of the worst of what is measured.
    var leastSuccessRate = 0.95
    /// Seconds, likewise.
    var longestP95 = 2.0

    /// What is out of range; nil when nothing is.
    var fault: String? {
        if !(0...1).contains(self.leastSuccessRate) || !(0.01...60).contains(self.longestP95) {
            return "--success takes 0…100 percent, --p95 0.01…60 seconds."
        }
        // An intent makes two requests at least.
        if !(Self.leastRequests / 2...1_000).contains(self.intents) { return "--intents takes \(Self.leastRequests / 2)…1000." }
        if !(1...100).contains(self.measurements) { return "--measurements takes 1…100." }
        if !(0...3_600).contains(self.interval) || !(0...3_600).contains(self.scaleDownDelay) {
            return "--interval and --scale-down-delay take 0…3600 seconds."
        }
        return nil
    }

    /// With fewer requests nothing is proved.
    static let leastRequests = 20
    /// For a synthetic intent to come to its end.
    static let patience = Duration.seconds(30)
}
