/// Which server the connections of a node lead to.
enum Destination: Sendable, CustomStringConvertible {
    /// Always this one.
    case fixed(RedisConfiguration.Endpoint)
    /// Whichever the sentinels call primary at the time of connecting.
    case primary(of: SentinelGroup)

    /// Whether a connection to a server that says it is a replica is of no use.
    var needsPrimary: Bool {
        if case .primary = self { true } else { false }
    }

    var description: String {
        switch self {
        case .fixed(let endpoint): endpoint.description
        case .primary(let sentinels): "the primary \(sentinels.name)"
        }
    }
}
