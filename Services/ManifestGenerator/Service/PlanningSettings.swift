import IntentModel
import LedgerRuntime
import PackagePlanning
import ServiceRuntime

/// Everything manifest-generator can be told from outside, besides what every service can.
enum PlanningSettings {
    static let clusters = SettingKey.list("CLUSTERS", default: [], "Names of the target clusters; without any there is one, called default.")
    static let productionNamespaces = SettingKey.list("PRODUCTION_NAMESPACES", default: [], "Namespaces where every change waits for approval.")
    static let productionClusters = SettingKey.list("PRODUCTION_CLUSTERS", default: [], "Clusters where every change waits for approval.")
    static let clusterInventory = SettingKey.optionalString(
        "CLUSTERS_FILE", "YAML file of what is known of the target clusters: capacity, zones, networks, prices; see docs/packages.md.")
    static let catalogueDirectory = SettingKey.optionalString(
        "CATALOGUE_DIR", "Directory of YAML files that add functions to the catalogue or replace some of it; see docs/catalogue.md.")
    static let packageForm = SettingKey.choice(
        "PACKAGE_FORM", default: ClusterEntry.Form.kubernetes.rawValue, of: ClusterEntry.Form.allCases.map(\.rawValue),
        "Form of packages where CLUSTERS_FILE names none: kubernetes workloads, or nephio (NFDeployment and its requirements).")
    static let roomHeldFor = SettingKey.duration(
        "ROOM_HELD_FOR", default: .seconds(600), in: .seconds(1)...(.seconds(86_400)),
        "How long room that a plan takes of a cluster counts as taken at most while it cannot be seen there; the same for all instances.")
    static let plmn = SettingKey.optionalString("PLMN", "MCC-MNC of this network, for policies whose text names none; without it they ask.")
    static let onPartialFailure = SettingKey.choice(
        "ON_PARTIAL_FAILURE", default: PartialFailurePolicy.rollback.rawValue, of: PartialFailurePolicy.allCases.map(\.rawValue),
        "When a part of an intent fails: rollback undoes the other parts, keep leaves them."
    )
    static let bridge = SettingKey.string("NEPHIO_BRIDGE_URL", default: "http://127.0.0.1:8085", "Address of nephio-bridge, for what is published.")
    static let cloud = SettingKey.url(
        "O2_URL", "The O-Cloud's O2 IMS, which oran-adaptor reads: set, nothing new is placed without a word of where before its inventory is known.")
    static let adaptor = SettingKey.string("ORAN_ADAPTOR_URL", default: "http://127.0.0.1:8084", "Address of oran-adaptor, for the RICs there are.")

    static let declarations =
        LedgerSettings.declarations + ResilienceSettings.declarations + [
            clusters.declaration, productionNamespaces.declaration, productionClusters.declaration,
            clusterInventory.declaration, catalogueDirectory.declaration, packageForm.declaration, roomHeldFor.declaration, plmn.declaration,
            onPartialFailure.declaration,
            bridge.declaration, adaptor.declaration, cloud.declaration,
        ]
}
