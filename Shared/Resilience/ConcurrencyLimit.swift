/// How many calls may be under way at once, found from how long they take: the gradient of the shortest time that a call has
/// taken lately to the time they take now. Calls that queue somewhere take longer, and the limit falls until they do not; while
/// they are as quick as alone and the limit is used, it rises by its square root. Pure.
struct ConcurrencyLimit: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Sample {
        var began: Instant
        var calls = 0
        var drops = 0
        var sum = 0.0
        var least = Double.infinity
        /// Most calls under way at once.
        var peak = 0
    }

    let configuration: ConcurrencyLimiter.Configuration
    private var estimate: Double
    private(set) var inFlight = 0
    /// What a call takes that waits for nobody, in ticks; rises slowly, so that a change for good is believed in the end.
    private var baseline = Double.infinity
    private var sample: Sample

    init(_ configuration: ConcurrencyLimiter.Configuration, at now: Instant) {
        self.configuration = configuration
        self.estimate = Double(configuration.initial)
        self.sample = Sample(began: now)
    }

    var limit: Int { Int(self.estimate) }
    /// Nil before the first sample.
    var shortest: Duration? { self.baseline.isFinite ? Duration(ticks: Int64(self.baseline)) : nil }

    /// Places that calls of a share may fill between them, together with all others.
    func places(_ share: Double) -> Int { max(1, Int(self.estimate * share)) }

    /// - Parameter share: part of the limit up to which this call may enter; above 1 for what must not wait behind others.
    mutating func enter(share: Double) -> Bool {
        guard self.configuration.isEnabled else { return true }
        guard self.inFlight < self.places(share) else { return false }
        self.inFlight += 1
        self.sample.peak = max(self.sample.peak, self.inFlight)
        return true
    }

    /// - Parameter dropped: the call brought nothing because what was called is overloaded or gone.
    mutating func leave(took: Duration, dropped: Bool, at now: Instant) {
        guard self.configuration.isEnabled else { return }
        self.inFlight = max(0, self.inFlight - 1)
        if dropped {
            self.sample.drops += 1
        } else {
            let ticks = Double(max(1, took.ticks))
            self.sample.calls += 1
            self.sample.sum += ticks
            self.sample.least = min(self.sample.least, ticks)
        }
        let age = self.sample.began.duration(to: now)
        guard age >= self.configuration.window, self.sample.calls + self.sample.drops >= self.configuration.minimumCalls else { return }
        self.adapt(over: age)
        self.sample = Sample(began: now, peak: self.inFlight)
    }

    private mutating func adapt(over age: Duration) {
        var next = self.estimate
        if self.sample.drops > 0 {
            next *= self.configuration.backOff
        } else if self.sample.calls > 0 {
            let mean = self.sample.sum / Double(self.sample.calls)
            let seconds = Double(age.ticks) / Double(Duration.seconds(1).ticks)
            self.baseline = min(self.sample.least, self.baseline * (1 + self.configuration.drift * min(seconds, 60)))
            let expected = self.baseline * self.configuration.tolerance + Double(self.configuration.slack.ticks)
            let gradient = min(1, max(0.5, expected / mean))
            // A limit that nobody comes near says nothing about what a higher one would do.
            let isUsed = self.sample.peak * 2 >= self.limit
            let growth = gradient >= 1 && isUsed ? self.estimate.squareRoot() : 0
            next = self.estimate * gradient + growth
        }
        next = self.estimate + (next - self.estimate) * self.configuration.smoothing
        self.estimate = min(Double(self.configuration.most), max(Double(self.configuration.least), next))
    }
}
