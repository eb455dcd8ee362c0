/// Where Redis is, how to greet it, and the bounds on waiting for it.
package struct RedisConfiguration: Sendable, Equatable {
    package enum Endpoint: Sendable, Hashable, CustomStringConvertible {
        case tcp(host: String, port: Int)
        case unix(path: String)

        package var description: String {
            switch self {
            case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .unix(let path): path
            }
        }
    }

    package enum Topology: Sendable, Equatable {
        case single(Endpoint)
        /// Some nodes of a Redis Cluster; the others are found through them.
        case cluster([Endpoint])
        /// Sentinels, and the name under which they know the primary.
        case sentinel([Endpoint], name: String)
    }

    package var topology: Topology
    package var username: String?
    package var password: RedisPassword?
    /// Sent with `SELECT` unless 0.
    package var database = 0

    /// From the first packet to the answered greeting.
    package var connectTimeout: Duration = .seconds(2)
    /// From `send` to the reply, time spent waiting for a connection included.
    package var commandTimeout: Duration = .seconds(5)
    /// Connections to each server.
    package var poolSize = 2
    /// Longest pause between two attempts to connect.
    package var maxReconnectDelay: Duration = .milliseconds(500)
    /// Commands accepted for a server and not yet answered; more are refused with `.overloaded`.
    package var maxPendingCommands = 20_000
    /// Encoded bytes of those commands.
    package var maxPendingBytes = 64 << 20

    package init(_ topology: Topology) { self.topology = topology }

    package init(endpoint: Endpoint) { self.init(.single(endpoint)) }
}
