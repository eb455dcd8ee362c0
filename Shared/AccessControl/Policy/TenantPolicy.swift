/// What a tenant may touch, and how much. What is left out is not limited.
package struct TenantPolicy: Sendable, Equatable, Decodable {
    package struct Limits: Sendable, Equatable, Decodable {
        /// Of all his keys together.
        package var requestsPerSecond: Int?
        /// Intents that have not ended.
        package var liveIntents: Int?
        /// Accepted since midnight, UTC.
        package var intentsPerDay: Int?

        static let members: Set<String> = ["requestsPerSecond", "liveIntents", "intentsPerDay"]

        var fault: AccessFault? {
            for (name, value) in [("requestsPerSecond", requestsPerSecond), ("liveIntents", liveIntents), ("intentsPerDay", intentsPerDay)] {
                if let value, !(1...1_000_000_000).contains(value) { return AccessFault(name, "1…1000000000 is expected") }
            }
            return nil
        }
    }

    /// Patterns, in which `*` stands for any characters.
    package var namespaces: [String]?
    package var clusters: [String]?
    package var repositories: [String]?
    package var limits: Limits?

    static let members: Set<String> = ["namespaces", "clusters", "repositories", "limits"]
}
