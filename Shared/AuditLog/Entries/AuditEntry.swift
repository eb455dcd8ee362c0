/// One thing that somebody did, or was refused: a line of the audit log.
package struct AuditEntry: Codable, Sendable, Equatable {
    /// `p00` … for the transitions of a partition's intents, `access` for requests.
    package var chain: String
    /// Its place in the chain, from 1 without a gap.
    package var sequence: Int
    /// RFC 3339, UTC, milliseconds: when it happened.
    package var at: String
    package var who: String
    package var tenant: String?
    /// What was done: `submit`, `approve`, `POST`, `refused` …
    package var verb: String
    /// What it was done to: the path of a resource.
    package var object: String
    /// What came of it: the phase, or the status of the answer.
    package var outcome: String
    package var intent: String?
    package var detail: String?
    /// Where the event stands in the ledger's stream of the partition, `ms-n`: who writes this log goes on after the last one.
    package var position: String?
    /// The hash of the entry before; of the name of the chain for the first.
    package var previous: String
}

/// An entry before it has its place in a chain.
package struct AuditDraft: Sendable, Equatable {
    package var at: String
    package var who: String
    package var tenant: String?
    package var verb: String
    package var object: String
    package var outcome: String
    package var intent: String?
    package var detail: String?
    package var position: String?

    package init(
        at: String, who: String, tenant: String? = nil, verb: String, object: String, outcome: String, intent: String? = nil, detail: String? = nil,
        position: String? = nil
    ) {
        self.at = at
        self.who = who
        self.tenant = tenant
        self.verb = verb
        self.object = object
        self.outcome = outcome
        self.intent = intent
        self.detail = detail
        self.position = position
    }

    func entry(in chain: String, _ sequence: Int, after previous: String) -> AuditEntry {
        AuditEntry(
            chain: chain, sequence: sequence, at: self.at, who: self.who, tenant: self.tenant, verb: self.verb, object: self.object, outcome: self.outcome,
            intent: self.intent, detail: self.detail, position: self.position, previous: previous)
    }
}

/// The last entry of a chain, as it is anchored in Git.
package struct AuditHead: Codable, Sendable, Hashable {
    package var chain: String
    package var sequence: Int
    package var hash: String

    package init(chain: String, sequence: Int, hash: String) {
        self.chain = chain
        self.sequence = sequence
        self.hash = hash
    }
}
