extension CircuitBreaker {
    package struct Configuration: Sendable {
        /// Off, every call passes.
        package var isEnabled: Bool
        /// Failures in a row that open the circuit.
        package var consecutiveFailures: Int
        /// Part of the calls in ``window`` that, failing, open it; 0…1. Counts from ``minimumCalls`` on.
        package var failureRatio: Double
        package var minimumCalls: Int
        package var window: Duration
        /// A call that took this long is slow, whether it succeeded or not.
        package var slowCall: Duration
        /// Part of the calls in ``window`` that, being slow, open it; 0…1. Counts from ``minimumCalls`` on.
        package var slowRatio: Double
        /// The first opening lasts this long, each further one in a row twice the one before, ``openAtMost`` at most.
        package var openFor: Duration
        package var openAtMost: Duration
        /// Part by which an opening may be longer, by chance, so that processes do not probe together; 0…1.
        package var jitter: Double
        /// A probe without a result for this long no longer keeps others out.
        package var probeLease: Duration
        /// Successful probes that close the circuit.
        package var probesToClose: Int
        /// From then on a growing share of the calls passes for this long; zero lets all through at once.
        package var rampUp: Duration

        package init(
            isEnabled: Bool = true, consecutiveFailures: Int = 5, failureRatio: Double = 0.5, minimumCalls: Int = 20, window: Duration = .seconds(30),
            slowCall: Duration = .seconds(5), slowRatio: Double = 0.8, openFor: Duration = .seconds(1), openAtMost: Duration = .seconds(30),
            jitter: Double = 0.2, probeLease: Duration = .seconds(10), probesToClose: Int = 3, rampUp: Duration = .seconds(5)
        ) {
            self.isEnabled = isEnabled
            self.consecutiveFailures = max(1, consecutiveFailures)
            self.failureRatio = failureRatio
            self.minimumCalls = max(1, minimumCalls)
            self.window = window
            self.slowCall = slowCall
            self.slowRatio = slowRatio
            self.openFor = openFor
            self.openAtMost = max(openFor, openAtMost)
            self.jitter = jitter
            self.probeLease = probeLease
            self.probesToClose = max(1, probesToClose)
            self.rampUp = rampUp
        }
    }
}
