/// One kind of traffic of a run: what is sent, where, when, and what counts as right.
struct FlowPlan: Sendable {
    var name: String
    var address: SocketAddress
    var request: RequestTemplate
    var pace: Pace
    /// Most connections at once, over all threads.
    var connections: Int
    var keepsAlive = true
    /// Seconds until an answer is given up.
    var timeout = 20.0
    /// Statuses that are no error; nil for 200…399.
    var accepted: Set<Int>?
    /// Told of what was accepted, where the way of intents is followed to its end.
    var watch: TerminalWatch?
    var keepsSamples = false
}
