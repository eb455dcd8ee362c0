import IntentModel
import Kubernetes
import ServiceRuntime

/// Delivery through Porch instead of by our own commits.
enum PorchSettings {
    static let isEnabled = SettingKey.flag(
        "PORCH_ENABLED", default: false, "Publish through Porch's API (needs KUBECONFIG); GIT_REPO_URL is then read only, and must be the same repository.")
    static let repository = SettingKey.string("PORCH_REPOSITORY", default: "gitops", "Name of Porch's Repository object for GIT_REPO_URL.")
    static let namespace = SettingKey.string("PORCH_NAMESPACE", default: "default", "Namespace of that object.")
    static let version = SettingKey.choice(
        "PORCH_API_VERSION", default: PorchVersion.v1alpha1.rawValue, of: PorchVersion.allCases.map(\.rawValue),
        "Version of porch.kpt.dev that the repository is managed by.")
    static let approval = SettingKey.choice(
        "PORCH_APPROVAL", default: "intent", of: ["intent", "porch"],
        "Who approves a proposal: intent (we do, once the intent needs no approval or has one), or porch (a person there).")
    static let publishWithin = SettingKey.duration(
        "PORCH_PUBLISH_WITHIN", default: .seconds(900), in: .seconds(10)...(.seconds(86_400)), "Time in which Porch must have published a proposal of ours.")
    static let approveWithin = SettingKey.duration(
        "PORCH_APPROVE_WITHIN", default: .seconds(7 * 86_400), in: .seconds(60)...(.seconds(90 * 86_400)),
        "Time in which a person must have decided, with PORCH_APPROVAL=porch.")

    static let declarations = [
        isEnabled.declaration, repository.declaration, namespace.declaration, version.declaration, approval.declaration, publishWithin.declaration,
        approveWithin.declaration,
    ]

    /// Nil when Porch is not used.
    /// - Parameters:
    ///   - cluster: where Porch is.
    ///   - repository: name of its Repository object.
    static func delivery(_ settings: Settings, cluster: KubernetesClient?, repository: String) throws(InvalidSetting) -> PorchDelivery? {
        guard settings[Self.isEnabled] else { return nil }
        guard let cluster else { throw InvalidSetting(key: "PORCH_ENABLED", value: "true", allowed: "true only with KUBECONFIG") }
        // Porch would take such branches for its own.
        guard BridgeSettings.deliveryMode(settings) == .direct else {
            throw InvalidSetting(key: "DELIVERY_MODE", value: settings[BridgeSettings.delivery], allowed: "direct with PORCH_ENABLED")
        }
        let namespace = settings[Self.namespace]
        guard namespace.isDNSLabel else { throw InvalidSetting(key: "PORCH_NAMESPACE", value: namespace, allowed: "a DNS label") }
        guard repository.isDNSLabel else { throw InvalidSetting(key: "PORCH_REPOSITORY", value: repository, allowed: "a DNS label") }
        let client = PorchClient(
            kubernetes: cluster, version: PorchVersion(rawValue: settings[Self.version]) ?? .v1alpha1, namespace: namespace, repository: repository)
        let approves = settings[Self.approval] == "intent"
        return PorchDelivery(client: client, approves: approves, limit: approves ? settings[Self.publishWithin] : settings[Self.approveWithin])
    }
}
