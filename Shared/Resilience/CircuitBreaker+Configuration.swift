extension CircuitBreaker {
    package struct Configuration: Sendable {
        /// Failures in a row that open the circuit.
        package var consecutiveFailures: Int
        /// Part of the calls in ``window`` that, failing, open it; 0…1. Counts from ``minimumCalls`` on.
        package var failureRatio: Double
        package var minimumCalls: Int
        package var window: Duration
        /// A success that took this long is a failure.
        package var slowCall: Duration
        /// The first opening lasts this long, each further one in a row twice the one before, ``openAtMost`` at most.
        package var openFor: Duration
        package var openAtMost: Duration
        /// Part by which an opening may be longer, by chance, so that processes do not probe together; 0…1.
        package var jitter: Double
        /// A probe without a result for this long no longer keeps others out.
        package var probeLease: Duration
        /// Successful probes that close the circuit.
        package var probesToClose: Int

        package init(
            consecutiveFailures: Int = 5, failureRatio: Double = 0.5, minimumCalls: Int = 20, window: Duration = .seconds(30),
            slowCall: Duration = .seconds(5), openFor: Duration = .seconds(5), openAtMost: Duration = .seconds(60), jitter: Double = 0.2,
            probeLease: Duration = .seconds(10), probesToClose: Int = 3
        ) {
            self.consecutiveFailures = max(1, consecutiveFailures)
            self.failureRatio = failureRatio
            self.minimumCalls = max(1, minimumCalls)
            self.window = window
            self.slowCall = slowCall
            self.openFor = openFor
            self.openAtMost = max(openFor, openAtMost)
            self.jitter = jitter
            self.probeLease = probeLease
            self.probesToClose = max(1, probesToClose)
        }
    }
}
