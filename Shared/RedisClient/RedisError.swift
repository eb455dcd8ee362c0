/// What went wrong, as a code to branch on and a sentence to read.
package struct RedisError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// No reply came in time.
        case timeout
        /// There is no connection, or it was lost.
        case disconnected
        /// The server answered with an error; the message starts with its code, such as `WRONGTYPE`.
        case refused
        /// The peer does not speak RESP2.
        case protocolViolation
        /// The configured address cannot be used.
        case invalidURL
        /// Too many commands, or bytes of commands, are already pending in this process.
        case overloaded
        /// The client has been stopped.
        case stopped
        /// The task that waited for a blocking command was cancelled.
        case cancelled
    }

    package let code: Code
    package let message: String
    /// False only when the command certainly had no effect, so that repeating it is safe.
    package let mayHaveRun: Bool

    package init(_ code: Code, _ message: String, mayHaveRun: Bool = false) {
        self.code = code
        self.message = message
        self.mayHaveRun = mayHaveRun
    }

    /// The first word of a refusal, such as `NOSCRIPT` or `WRONGTYPE`.
    package var serverCode: Substring? {
        self.code == .refused ? self.message.prefix { $0 != " " } : nil
    }

    /// The same failure, told to the caller of a command that had already been written.
    var afterWriting: RedisError { RedisError(self.code, self.message, mayHaveRun: true) }

    package var description: String { "redis \(self.code.rawValue): \(self.message)" }
}
