import IntentModel

/// Name of the key or subject that submitted an intent, and its tenant.
struct Requester: Sendable {
    var name: String
    var tenant: String
}

/// What one intent wants published: all of its packages or none.
struct PublishRequest: Sendable {
    var intentId: IntentID
    /// RFC 3339 UTC. No commit of this intent is older, give or take a day of wrong clocks.
    var createdAt: String
    var changes: [PackageChange]
    /// Package path → all files of the package afterwards. Absent for a delete.
    var files: [String: [PackageFile]]
    /// Package path → what is known of those files before they are published.
    var prepared: [String: PreparedPackage] = [:]
    /// What the operator asked for, as the commit's subject says it.
    var verb: Verb
    /// The operator's words, for the commit's body.
    var summary: String
    /// The commit's subject, instead of one made from the verb.
    var subject: String?
    /// The work may have been done before (a redelivery): look for its commits in the history, too.
    var mayBeRepeat: Bool
    /// It undoes what the intent published.
    var isReversal: Bool
    /// `sha256:<hex>` of the plan as it was reviewed and stored.
    var planHash: String?
    /// Of the deployment that publishes it.
    var colour: String?
    /// Who asked for it.
    var requester: Requester?
    /// Which execution of the intent it is: another one is a new beginning, a repetition of the work is not.
    var execution = 0

    init(
        intentId: IntentID, createdAt: String, changes: [PackageChange], files: [String: [PackageFile]], verb: Verb, summary: String = "",
        subject: String? = nil, mayBeRepeat: Bool = false, isReversal: Bool = false
    ) {
        self.intentId = intentId
        self.createdAt = createdAt
        self.changes = changes
        self.files = files
        self.verb = verb
        self.summary = summary
        self.subject = subject
        self.mayBeRepeat = mayBeRepeat
        self.isReversal = isReversal
    }

    /// Commits before this are not of this intent.
    var searchFrom: CommitTime {
        let born = CommitTime(seconds: self.intentId.milliseconds / 1_000)
        return CommitTime(seconds: min(CommitTime(rfc3339: self.createdAt) ?? born, born).seconds - 86_400)
    }
}
