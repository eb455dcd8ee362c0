import IntentModel

/// What is wrong after a fault run. All empty is what must be.
struct FaultReport: Sendable {
    /// Submissions that were never accepted, however often they were repeated.
    var notAccepted: [String] = []
    /// Keys that were answered with more than one intent.
    var split: [String] = []
    /// Accepted, and not at an end in the time there was: lost.
    var lost: [IntentID] = []
    /// At an end other than `published`, and why.
    var failed: [String] = []
    /// Packages that an intent should have created with exactly one commit, with the number of commits there are.
    var missing: [String] = []
    /// More than one commit of one intent and instance.
    var repeated: [String] = []
    /// Commits of intents that nobody was told of.
    var strangers: [String] = []
    /// Keys of the ledger's queues where something is left.
    var leftovers: [String: Int] = [:]
    /// Intents in the ledger beyond those that were accepted.
    var surplus = 0
}
