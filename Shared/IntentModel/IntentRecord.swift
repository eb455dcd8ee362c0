/// The whole record of an intent, as `GET /v1/intents/{id}` shows it.
package struct IntentRecord: Codable, Sendable, Equatable {
    package var id: IntentID
    package var phase: Phase
    /// RFC 3339 UTC with milliseconds.
    package var createdAt: String
    package var updatedAt: String
    package var request: IntentRequest
    /// Submitted through the preview path: it changes nothing of the network. Absent otherwise.
    package var preview: Bool?
    package var interpretation: Interpretation?
    package var answers: [ClarificationAnswer]?
    /// The open questions while `phase` is `awaiting_clarification`.
    package var clarifications: [Clarification]?
    /// What the intent waits for on its own: another intent on the same object, or its time window.
    package var waitsFor: String?
    /// Live intents it met that wanted something else of the same objects; kept when they have ended.
    package var conflicts: [Conflict]?
    package var plan: Plan?
    package var approval: ApprovalDecision?
    package var packages: [PublishedPackage]
    package var policies: [AppliedPolicy]
    package var tracks: [String: Track]
    package var verification: Verification?
    package var answer: Answer?
    package var history: [HistoryEntry]
    package var problem: Problem?

    package init(id: IntentID, phase: Phase, createdAt: String, updatedAt: String, request: IntentRequest) {
        self.id = id
        self.phase = phase
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.request = request
        self.packages = []
        self.policies = []
        self.tracks = [:]
        self.history = []
    }
}

/// A step the intent took.
package struct HistoryEntry: Codable, Sendable, Equatable {
    package var phase: Phase
    package var at: String
    /// The service or person that caused it.
    package var by: String
    package var detail: String?

    /// What services write as ``by``; no person and no key has such a name.
    package static let services: Set<String> = ["api-gateway", "llm-processor", "rag-api", "manifest-generator", "nephio-bridge", "oran-adaptor"]

    package init(phase: Phase, at: String, by: String, detail: String? = nil) {
        self.phase = phase
        self.at = at
        self.by = by
        self.detail = detail
    }
}

/// A part of the execution that advances on its own.
package struct Track: Codable, Sendable, Equatable {
    package enum Name: String, Codable, Sendable, CaseIterable { case delivery, ran, infrastructure }
    package enum State: String, Codable, Sendable, CaseIterable {
        /// Under way.
        case pending
        case succeeded, failed
        /// It failed, and a part of it may have taken effect.
        case partial
        /// What it was planned against has changed; it did nothing.
        case conflicted
        /// It did nothing, since the intent's end was asked for before.
        case skipped
        /// What it did is being undone.
        case compensating
        case compensated
        /// What it did could not be undone.
        case uncompensated
    }

    package var state: State
    package var version: Int
    package var detail: String?

    package init(state: State, version: Int, detail: String? = nil) {
        self.state = state
        self.version = version
        self.detail = detail
    }
}

/// One revision of one package, as published.
package struct PublishedPackage: Codable, Sendable, Equatable {
    package var instance: String
    /// URL or path of the Git repository, without credentials.
    package var repository: String
    package var path: String
    /// `v1`, `v2` … per package; the tag is `<path>/<revision>`.
    package var revision: String
    /// Full commit id.
    package var commit: String
    package var change: PackageChange.Change

    package init(instance: String, repository: String, path: String, revision: String, commit: String, change: PackageChange.Change) {
        self.instance = instance
        self.repository = repository
        self.path = path
        self.revision = revision
        self.commit = commit
        self.change = change
    }
}

package struct AppliedPolicy: Codable, Sendable, Equatable {
    package var policyId: String
    package var policyType: String
    package var ric: String
    package var change: PolicyChange.Change
    /// `ENFORCED`, `NOT_ENFORCED` or `UNDEFINED`, A1TD.
    package var enforceStatus: String?
    package var enforceReason: String?

    package init(policyId: String, policyType: String, ric: String, change: PolicyChange.Change, enforceStatus: String? = nil, enforceReason: String? = nil) {
        self.policyId = policyId
        self.policyType = policyType
        self.ric = ric
        self.change = change
        self.enforceStatus = enforceStatus
        self.enforceReason = enforceReason
    }
}

/// What was read back after the execution.
package struct Verification: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable {
        case observed, notObserved, notNeeded
        /// In effect, on an element that is in trouble.
        case degraded
    }

    package var state: State
    package var checks: [String]
    package var at: String

    package init(state: State, checks: [String], at: String) {
        self.state = state
        self.checks = checks
        self.at = at
    }
}

package struct ApprovalDecision: Codable, Sendable, Equatable {
    package var by: String
    package var at: String
    package var reason: String?
    /// The changes that were approved: `path@result` of each; a different plan asks again.
    package var changes: [String]

    package init(by: String, at: String, reason: String?, changes: [String]) {
        self.by = by
        self.at = at
        self.reason = reason
        self.changes = changes
    }
}
