/// A process that `up` runs.
struct ProcessSpecification: Sendable, Equatable {
    enum Role: Sendable, Equatable {
        /// Stopped last: services hand their work back to it.
        case store
        case service
    }

    let name: String
    let role: Role
    let executable: String
    var arguments: [String] = []
    /// The whole environment.
    var environment: [String: String] = [:]
    /// Gives way to the gateway and Redis, so that intents are accepted while work is done (docs/decisions/006).
    var isBackground = false
    /// `http://127.0.0.1:8081`; nil for what speaks no HTTP.
    var address: String?
    /// On loopback, where it accepts connections from a socket that `up` holds.
    var port: Int?
    /// Beside another of its kind, until that is replaced: one that ends is not started again.
    var isStandby = false
    /// Of whose kind it is: `api-gateway`.
    var service: String { String(self.name.prefix { $0 != "@" }) }
}
