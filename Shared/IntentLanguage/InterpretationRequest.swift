package import IntentModel

/// What is asked of an interpreter: the operator's sentence and the request fields that fill its silences.
package struct InterpretationRequest: Codable, Sendable, Equatable {
    /// 1…4096 characters.
    package var intent: String
    package var priority: Priority?
    package var namespace: String?
    package var cluster: String?
    /// Whose sentence it is; nil is the default tenant. Answers are never shared between tenants.
    package var tenant: String?

    package init(intent: String, priority: Priority? = nil, namespace: String? = nil, cluster: String? = nil, tenant: String? = nil) {
        self.intent = intent
        self.priority = priority
        self.namespace = namespace
        self.cluster = cluster
        self.tenant = tenant
    }
}
