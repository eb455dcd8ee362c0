import ArgumentParser

/// How new executables take over from the old ones.
enum RolloutStrategy: String, Codable, Sendable, CaseIterable, ExpressibleByArgument {
    /// All of the work at once, after the preview was judged.
    case blueGreen = "blue-green"
    /// A share of the work after the other, each judged.
    case canary
    /// One service after the other, in the colour they have, without others beside them.
    case rolling
}

/// How a new colour is judged, and what follows. The figures are the handbook's.
struct RolloutOptions: Codable, Sendable, Equatable {
    /// Absolute path of the directory with the new executables.
    var binaries: String
    var strategy = RolloutStrategy.blueGreen
    /// Percent of the work that a canary does, one after the other.
    var weights = [10]
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
        if !(1...10).contains(self.weights.count) || self.weights.contains(where: { !(1...99).contains($0) }) || self.weights != self.weights.sorted() {
            return "--weights takes one to ten percentages of 1…99, rising."
        }
        return nil
    }

    /// With fewer requests nothing is proved.
    static let leastRequests = 20
    /// For a synthetic intent to come to its end.
    static let patience = Duration.seconds(30)
}
