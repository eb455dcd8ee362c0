package import RedisClient

package struct LedgerConfiguration: Sendable {
    package var redis: RedisConfiguration
    /// Fixed when the store is created.
    package var partitions = 16
    /// A delivery not finished or renewed within this is somebody else's.
    package var lease: Duration = .seconds(3)
    /// How long terminal records and idempotency keys are kept.
    package var retention: Duration = .seconds(7 * 24 * 3600)
    /// After this many postponements work becomes a dead letter.
    package var maxAttempts = 40
    /// After this many deliveries without an end an item is poison.
    package var maxDeliveries = 20
    /// Of this deployment. What it may do the ledger says, see ``PartitionRoles``.
    package var colour = ""
    /// Partitions that no colour rules are taken for this one, so that the next colour finds somebody active and does not take it that everybody is.
    package var claims = false
    /// A ledger that may lose acknowledged intents is refused unless this is set.
    package var allowsVolatile = false
    /// An intent is accepted when so many replicas have it, too.
    package var waitReplicas = 0
    package var waitTimeout: Duration = .seconds(1)

    /// For tests of the tests.
    package var fault = LedgerFault.none

    package init(redis: RedisConfiguration) { self.redis = redis }
}

package struct LedgerError: Error, CustomStringConvertible, Sendable {
    package enum Code: String, Sendable {
        case unavailable, overloaded, corrupt, misconfigured
        /// It may have been done, and may be undone by a fail-over.
        case unknownOutcome
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: RedisError) {
        self.init(error.code == .overloaded ? .overloaded : .unavailable, "\(error)")
    }

    package var description: String { "ledger \(self.code.rawValue): \(self.message)" }

    /// Why the server takes no writes, if it said that it takes none: then nothing was changed.
    package var refusal: String? { self.code == .unavailable ? Self.refusal(in: self.message) : nil }

    /// The same of any text with the server's words in it.
    package static func refusal(in message: String) -> String? { Self.refusals.first { message.contains("\($0.code) ") }?.reason }

    private static let refusals = [
        (code: "MISCONF", reason: "its disk cannot be written, which may be full"), (code: "OOM", reason: "its memory is full"),
        (code: "READONLY", reason: "it is a replica"), (code: "NOREPLICAS", reason: "too few replicas follow it"),
        (code: "LOADING", reason: "it is still reading its file"),
    ]
}
