/// What the caller asked for, as accepted by the gateway.
package struct IntentRequest: Codable, Sendable, Equatable {
    package enum Approval: String, Codable, Sendable, CaseIterable { case auto, required }

    /// 1…4096 characters.
    package var intent: String
    package var priority: Priority
    package var namespace: String?
    package var cluster: String?
    package var approval: Approval
    package var labels: [String: String]?
    package var callbackUrl: String?
    /// Id of the intent that this one replaces, wherever that one has come to.
    package var supersedes: String?
    package var tenant: String
    /// Name of the key or subject that submitted it.
    package var requestedBy: String

    package init(
        intent: String, priority: Priority = .medium, namespace: String? = nil, cluster: String? = nil, approval: Approval = .auto,
        labels: [String: String]? = nil, callbackUrl: String? = nil, supersedes: String? = nil, tenant: String = "default", requestedBy: String = "unknown"
    ) {
        self.intent = intent
        self.priority = priority
        self.namespace = namespace
        self.cluster = cluster
        self.approval = approval
        self.labels = labels
        self.callbackUrl = callbackUrl
        self.supersedes = supersedes
        self.tenant = tenant
        self.requestedBy = requestedBy
    }
}
