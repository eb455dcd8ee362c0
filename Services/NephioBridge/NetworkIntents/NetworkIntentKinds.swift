import Kubernetes

/// The kinds of this project that the controller reads and writes; `deploy/crds/nephoran.com_*.yaml`.
extension ResourceKind {
    static let networkIntent = ResourceKind(group: "nephoran.com", version: "v1", kind: "NetworkIntent", plural: "networkintents")
    static let intentProcessing = ResourceKind(group: "nephoran.com", version: "v1", kind: "IntentProcessing", plural: "intentprocessings")
    static let resourcePlan = ResourceKind(group: "nephoran.com", version: "v1", kind: "ResourcePlan", plural: "resourceplans")
    static let manifestGeneration = ResourceKind(group: "nephoran.com", version: "v1", kind: "ManifestGeneration", plural: "manifestgenerations")
    static let gitOpsDeployment = ResourceKind(group: "nephoran.com", version: "v1", kind: "GitOpsDeployment", plural: "gitopsdeployments")
    static let deploymentVerification = ResourceKind(
        group: "nephoran.com", version: "v1", kind: "DeploymentVerification", plural: "deploymentverifications")
}
