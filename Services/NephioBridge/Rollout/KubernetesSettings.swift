import Foundation
import Kubernetes
import Resilience
import ServiceRuntime

/// How nephio-bridge uses Kubernetes. Without `KUBECONFIG` it does not.
enum KubernetesSettings {
    static let kubeconfig = SettingKey.optionalString(
        "KUBECONFIG", "Files of clusters, separated by ':'; in-cluster for the pod's service account. Empty: no cluster is watched.")
    static let context = SettingKey.optionalString("KUBE_CONTEXT", "Context instead of the file's current one.")
    static let allowsExec = SettingKey.flag("KUBE_ALLOW_EXEC", default: false, "Let the file name programs that hand out credentials.")
    static let clusters = SettingKey.list(
        "KUBE_CLUSTERS", "Contexts of the clusters that packages name, as cluster=context,…; empty: the cluster \"default\" is that of KUBE_CONTEXT.")
    static let controller = SettingKey.flag("NETWORK_INTENTS", default: true, "Run the controller of NetworkIntents, where there is a cluster.")
    static let namespace = SettingKey.optionalString("NETWORK_INTENTS_NAMESPACE", "Namespace of NetworkIntents; empty for all.")
    static let namespaceKeys = SettingKey.optionalString(
        "NETWORK_INTENTS_KEYS_PATH",
        "Directory with a key of the gateway for each namespace of NetworkIntents, in a file of its name; others are refused. Empty: all act as AUTH_TOKEN.")
    static let leaseNamespace = SettingKey.string("LEASE_NAMESPACE", default: "nephoran-system", "Namespace of the lease that one instance leads by.")
    static let leaseDuration = SettingKey.duration(
        "LEASE_DURATION", default: .seconds(15), in: .seconds(2)...(.seconds(300)), "After so much silence of the leader another one leads.")
    /// Where NetworkIntents go to, unless `API_GATEWAY_URL` says otherwise.
    static let gateway = "http://127.0.0.1:8080"
    static let verifyWithin = SettingKey.duration(
        "VERIFY_WITHIN", default: .seconds(300), in: .seconds(1)...(.seconds(86_400)), "Time in which a published package must have arrived in its cluster.")
    static let onFailure = SettingKey.choice(
        "VERIFY_ON_FAILURE", default: "rollback", of: ["rollback", "keep"],
        "What becomes of what did not arrive: rollback (unless the intent says keep), or keep.")

    static let declarations = [
        kubeconfig.declaration, context.declaration, allowsExec.declaration, clusters.declaration, controller.declaration, namespace.declaration,
        namespaceKeys.declaration, leaseNamespace.declaration, leaseDuration.declaration, verifyWithin.declaration, onFailure.declaration,
    ]
}

/// The clusters that the settings name, and a client of each.
struct KubernetesConnections: Sendable {
    /// Where `NetworkIntent`s are.
    let home: KubernetesClient
    /// Where packages arrive.
    let observed: [ObservedCluster]
    let clients: [KubernetesClient]

    /// Nil without `KUBECONFIG`.
    init?(_ context: ServiceContext) throws(InvalidSetting) {
        let settings = context.settings
        guard let place = settings[KubernetesSettings.kubeconfig] else { return nil }
        do throws(InvalidAccess) {
            var clients: [String: KubernetesClient] = [:]
            let config = place == "in-cluster" ? nil : try KubeConfig(files: place)
            func client(_ name: String?) throws(InvalidAccess) -> KubernetesClient {
                let key = name ?? ""
                if let known = clients[key] { return known }
                let access =
                    if let config {
                        try ClusterAccess(config, context: name, allowsExec: settings[KubernetesSettings.allowsExec])
                    } else {
                        try ClusterAccess.inCluster(environment: ProcessInfo.processInfo.environment)
                    }
                let upstream = context.upstream("kubernetes" + (key.isEmpty ? "" : "-\(key)")) { $0.hedge.isEnabled = false }
                let made = KubernetesClient(access, upstream: upstream)
                clients[key] = made
                return made
            }
            self.home = try client(settings[KubernetesSettings.context])
            var observed: [ObservedCluster] = []
            for pair in settings[KubernetesSettings.clusters] {
                let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2, config != nil else {
                    throw InvalidAccess("KUBE_CLUSTERS", config == nil ? "needs a kubeconfig" : "\(pair) is not cluster=context")
                }
                let itsClient = try client(parts[1])
                observed.append(ObservedCluster(name: parts[0], client: itsClient, changes: ClusterChanges(itsClient)))
            }
            if observed.isEmpty { observed = [ObservedCluster(name: "default", client: self.home, changes: ClusterChanges(self.home))] }
            self.observed = observed
            self.clients = Array(clients.values)
        } catch {
            throw InvalidSetting(key: "KUBECONFIG", reason: "\(error)")
        }
    }
}
