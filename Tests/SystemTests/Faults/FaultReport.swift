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
    /// Policies that an intent should have put at the RIC exactly once, with how often the RIC's own log has them as created.
    var policies: [String] = []
    /// Keys of the ledger's queues where something is left.
    var leftovers: [String: Int] = [:]
    /// Intents in the ledger beyond those that were accepted.
    var surplus = 0
}

extension FaultReport: CustomStringConvertible {
    /// What is wrong, a line each; empty when nothing is.
    var description: String {
        var lines: [String] = []
        func add(_ name: String, _ items: [String]) { if !items.isEmpty { lines.append("\(items.count) \(name): \(items.prefix(5))") } }
        add("not accepted", self.notAccepted)
        add("split", self.split)
        add("lost", self.lost.map(\.description))
        add("failed", self.failed)
        add("missing", self.missing)
        add("repeated", self.repeated)
        add("of strangers", self.strangers)
        add("policies", self.policies)
        add("left over", self.leftovers.map { "\($0.key) \($0.value)" })
        if self.surplus != 0 { lines.append("surplus \(self.surplus)") }
        return lines.joined(separator: "\n")
    }
}
