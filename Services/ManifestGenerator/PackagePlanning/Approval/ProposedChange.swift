package import IntentModel

/// A change of one object as the rules of approval see it.
package struct ProposedChange: Sendable, Equatable {
    package enum Action: String, Sendable, CaseIterable { case create, update, delete, put }

    /// How much of something there is, and is to be; nil before where it is new.
    package struct Amount: Sendable, Equatable {
        package var before: Double?
        package var after: Double

        package init(before: Double?, after: Double) {
            self.before = before
            self.after = after
        }
    }

    /// What amounts there are: replicas and their bounds as counts; cores, MiB and GiB of one replica; cells that are in service.
    package static let attributes = ["replicas", "minReplicas", "maxReplicas", "cpu", "memory", "storage", "cellsInService"]

    /// For people: "amf in core5g", "policy nephoran.slice-sla.sst-2".
    package var name: String
    package var action: Action
    package var verbs: [Verb]
    /// `kind` and `kind/type` of every expectation that it meets.
    package var objects: Set<String> = []
    /// Canonical code of a package's function.
    package var function: String?
    package var instance: String?
    package var namespace: String
    package var cluster: String
    /// As the text says.
    package var environment: String?
    /// Who asked, and for whom.
    package var by: String
    package var tenant: String
    package var amounts: [String: Amount] = [:]
    /// A policy that is for no slice, UE or place in particular.
    package var isUnscoped = false
    /// How many objects the whole intent changes.
    package var count = 1

    package init(name: String, action: Action, verbs: [Verb], namespace: String, cluster: String, by: String = "unknown", tenant: String = "default") {
        self.name = name
        self.action = action
        self.verbs = verbs
        self.namespace = namespace
        self.cluster = cluster
        self.by = by
        self.tenant = tenant
    }
}
