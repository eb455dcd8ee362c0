/// What a service turns into gauges and counters. Sampled once per turn of the client's loop.
package struct RedisPoolStatus: Sendable, Equatable {
    /// Connections the pool may have.
    package var size: Int
    /// Connections that are greeted and usable.
    package var connected = 0
    /// Connections with at least one unanswered command.
    package var inUse = 0
    /// Commands accepted and not yet answered, those of consumers included.
    package var pendingCommands = 0
    /// Since the client was made: answered commands, commands that met their deadline, connections established, connections lost.
    package var answered: UInt64 = 0
    package var timedOut: UInt64 = 0
    package var connectionsMade: UInt64 = 0
    package var connectionsLost: UInt64 = 0

    package init(size: Int) { self.size = size }

    /// Counts the connections of another server in.
    mutating func add(_ other: RedisPoolStatus) {
        self.size += other.size
        self.connected += other.connected
        self.inUse += other.inUse
        self.pendingCommands += other.pendingCommands
        self.answered += other.answered
        self.timedOut += other.timedOut
        self.connectionsMade += other.connectionsMade
        self.connectionsLost += other.connectionsLost
    }
}
