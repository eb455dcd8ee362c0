/// What will be changed to meet an interpretation, each figure with its reason. Deterministic: the same
/// interpretation on the same inventory gives the same bytes.
package struct Plan: Codable, Sendable, Equatable {
    package var packages: [PackageChange]
    package var policies: [PolicyChange]
    /// Set when a person must approve before anything is executed; the reasons, for people.
    package var approvalReasons: [String]
    /// Remarks for the operator ("already holds", "no RIC configured …").
    package var notes: [String]
    /// When it may be carried out; nil at once.
    package var window: TimeWindow?
    /// The answer of a `report` intent.
    package var answer: Answer?

    package init(
        packages: [PackageChange] = [], policies: [PolicyChange] = [], approvalReasons: [String] = [], notes: [String] = [], window: TimeWindow? = nil,
        answer: Answer? = nil
    ) {
        self.packages = packages
        self.policies = policies
        self.approvalReasons = approvalReasons
        self.notes = notes
        self.window = window
        self.answer = answer
    }

    /// Nothing would change.
    package var isNoOp: Bool { self.packages.allSatisfy { $0.change == .none } && self.policies.allSatisfy { $0.change == .none || $0.change == .skip } }
}

/// A change of one kpt package: one function instance, one directory.
package struct PackageChange: Codable, Sendable, Equatable {
    package enum Change: String, Codable, Sendable { case create, update, delete, none }

    /// Instance name, unique in its cluster and namespace ("amf", "amf-east"); a DNS label.
    package var instance: String
    /// Directory in the repository: `<cluster>/<namespace>/<instance>`.
    package var path: String
    package var function: String
    package var cluster: String
    package var namespace: String
    package var change: Change
    /// Git tree id (SHA-1, hex) of the directory the plan was made against; nil when it did not exist.
    /// Publishing against another tree is refused and the intent is planned again.
    package var base: String?
    /// Git tree id the directory has afterwards; nil when it is deleted.
    package var result: String?
    /// Ids of the expectations met by this change.
    package var expectations: [String]
    package var figures: [Figure]
    /// What the instance takes afterwards; nil where nothing runs, or of an older version.
    package var resources: ResourcePlan?

    package init(
        instance: String, path: String, function: String, cluster: String, namespace: String, change: Change,
        base: String? = nil, result: String? = nil, expectations: [String] = [], figures: [Figure] = [], resources: ResourcePlan? = nil
    ) {
        self.instance = instance
        self.path = path
        self.function = function
        self.cluster = cluster
        self.namespace = namespace
        self.change = change
        self.base = base
        self.result = result
        self.expectations = expectations
        self.figures = figures
        self.resources = resources
    }
}

/// One figure of a plan and why it has that value.
package struct Figure: Codable, Sendable, Equatable {
    package enum Source: String, Codable, Sendable { case text, request, `default`, derived, current }

    package var name: String
    package var value: String
    package var source: Source
    package var reason: String
    /// How it was said, where that was relative to what is there: "increaseBy 1".
    package var step: String?

    package init(name: String, value: String, source: Source, reason: String, step: String? = nil) {
        self.name = name
        self.value = value
        self.source = source
        self.reason = reason
        self.step = step
    }
}

/// A change of one policy of the RAN: of an A1 policy at a RIC, or over O1 of a managed object at an element (TS 28.541 RRMPolicyRatio).
package struct PolicyChange: Codable, Sendable, Equatable {
    package enum Change: String, Codable, Sendable { case put, delete, none, skip }
    package enum Interface: String, Codable, Sendable { case a1, o1 }

    /// Chosen by us, derived from object and scope, so that a repeat is the same policy.
    package var policyId: String
    /// Identifier of the policy type, or name of the managed object's class.
    package var policyType: String
    /// The RIC, or the managed element.
    package var ric: String?
    /// Nil is A1.
    package var interface: Interface?
    package var change: Change
    /// The policy document, or the object's attributes by their names in the NRM, as canonical JSON text.
    package var document: String
    /// What the peer held before, for undoing: empty for nothing, nil when it is not known.
    package var previous: String?
    package var expectations: [String]
    package var figures: [Figure]
    /// Why it is skipped, when it is.
    package var reason: String?

    package init(
        policyId: String, policyType: String, ric: String? = nil, change: Change, document: String, expectations: [String] = [], figures: [Figure] = [],
        reason: String? = nil, previous: String? = nil, interface: Interface? = nil
    ) {
        self.policyId = policyId
        self.policyType = policyType
        self.ric = ric
        self.interface = interface
        self.change = change
        self.document = document
        self.expectations = expectations
        self.figures = figures
        self.reason = reason
        self.previous = previous
    }
}

/// One file of a package; `path` is relative to the package directory.
package struct PackageFile: Codable, Sendable, Equatable {
    package var path: String
    package var content: String

    package init(path: String, content: String) {
        self.path = path
        self.content = content
    }
}

/// The answer of a `report` intent: a sentence and the rows behind it.
package struct Answer: Codable, Sendable, Equatable {
    package var text: String
    package var items: [InventoryItem]

    package init(text: String, items: [InventoryItem] = []) {
        self.text = text
        self.items = items
    }
}

/// What runs where, from which intent.
package struct InventoryItem: Codable, Sendable, Equatable {
    package var instance: String
    package var function: String
    package var cluster: String
    package var namespace: String
    package var path: String
    package var revision: String
    package var commit: String
    /// Git tree id (SHA-1, hex) of the package directory.
    package var tree: String
    /// The intent that published this revision; nil when a person did.
    package var intentId: String?
    package var updatedAt: String
    package var replicas: Int?
    /// `notObserved` without a cluster to watch.
    package var observed: String

    package init(
        instance: String, function: String, cluster: String, namespace: String, path: String, revision: String, commit: String, tree: String,
        intentId: String? = nil, updatedAt: String, replicas: Int? = nil, observed: String = "notObserved"
    ) {
        self.instance = instance
        self.function = function
        self.cluster = cluster
        self.namespace = namespace
        self.path = path
        self.revision = revision
        self.commit = commit
        self.tree = tree
        self.intentId = intentId
        self.updatedAt = updatedAt
        self.replicas = replicas
        self.observed = observed
    }
}
