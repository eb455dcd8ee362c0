package import IntentModel

/// Which changes wait for a person. `approval: auto` of a request never overrides it.
package struct ApprovalPolicy: Sendable, Equatable {
    package var verbs: [Verb]
    package var scaleToZero: Bool
    /// A change of replicas by more than this factor, either way.
    package var maximumFactor: Double
    /// More replicas than this.
    package var maximumReplicas: Int
    /// Environments of the text, or of the installation, that count as production.
    package var environments: [String]
    /// Namespaces and clusters marked as production.
    package var namespaces: [String]
    package var clusters: [String]
    /// The installation's own environment (`ENVIRONMENT`).
    package var environment: String?

    init(_ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["verbs", "scaleToZero", "maximumFactor", "maximumReplicas", "production"])
        var verbs: [Verb] = []
        for item in try reader.required("verbs").list() {
            guard let verb = Verb(rawValue: try item.text(oneOf: Verb.allCases.map(\.rawValue))) else { continue }
            verbs.append(verb)
        }
        self.verbs = verbs
        self.scaleToZero = try reader.required("scaleToZero").boolean()
        self.maximumFactor = try reader.required("maximumFactor").number()
        self.maximumReplicas = try reader.required("maximumReplicas").integer(in: 1...10000)
        let production = try reader.required("production")
        try production.keys(["environments", "namespaces", "clusters"])
        self.environments = try production.required("environments").texts()
        self.namespaces = try production["namespaces"]?.texts() ?? []
        self.clusters = try production["clusters"]?.texts() ?? []
    }

    /// The policy with the settings of this installation on top.
    package func inInstallation(environment: String?, productionNamespaces: [String] = [], productionClusters: [String] = []) -> ApprovalPolicy {
        var policy = self
        policy.environment = environment
        policy.namespaces += productionNamespaces
        policy.clusters += productionClusters
        return policy
    }

    /// Why a change at this place is a change of production, or nil.
    func production(namespace: String, cluster: String, context: Context) -> String? {
        if let said = context.environment, self.environments.contains(said) { return "the intent says \(said)" }
        if let environment = self.environment?.lowercased(), self.environments.contains(environment) { return "this installation is \(environment)" }
        if self.namespaces.contains(namespace) { return "the namespace \(namespace) is marked as production" }
        if self.clusters.contains(cluster) { return "the cluster \(cluster) is marked as production" }
        return nil
    }

    /// Why a change of the number of replicas waits, or nil.
    func replicas(of instance: String, from: Int?, to: Int) -> String? {
        if to == 0, self.scaleToZero, from != 0 { return "\(instance) is scaled to zero" }
        if to > self.maximumReplicas, to > (from ?? 0) { return "\(instance) gets \(to) replicas, more than \(self.maximumReplicas)" }
        if let from, from > 0, to > 0, max(Double(to) / Double(from), Double(from) / Double(to)) > self.maximumFactor {
            return "\(instance) goes from \(from) to \(to) replicas, more than \(YAMLNode.decimal(self.maximumFactor).string ?? "")-fold"
        }
        return nil
    }
}
