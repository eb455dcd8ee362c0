import Kubernetes

/// A cluster whose workloads can be seen: how to ask it, and how to know that asking is worth it.
struct ObservedCluster: Sendable {
    /// As packages name it.
    let name: String
    let client: KubernetesClient
    let changes: ClusterChanges
}
