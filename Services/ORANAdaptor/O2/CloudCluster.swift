import JSONSchema

/// A cluster of the O-Cloud as its deployment manager describes it: where its API is, what its places are called, and what it has.
/// Quantities are texts as Kubernetes writes them. Source: O-RAN.WG6.TS.O2IMS-INTERFACE §3.2.6.2, DeploymentManager.
struct CloudCluster: Sendable, Equatable, Codable {
    struct Node: Sendable, Equatable, Codable {
        var name: String
        var capacity: [String: String]
    }

    let name: String
    let deploymentManagerId: String
    /// The root of its DMS: with the profile of Kubernetes, the plain API.
    let serviceUri: String
    var profile: String?
    /// Where the credentials are, as the O-Cloud's extensions say; never the credentials.
    var kubeconfigReference: String?
    /// Global locations, their names, and those of the sites and resource pools there.
    var places: [String] = []
    /// `cpu`, `memory`, `ephemeral-storage`, `hugepages-1Gi`, extended resources. Empty where the O-Cloud does not say.
    var capacity: [String: String] = [:]
    /// What of it is free, where the O-Cloud says that.
    var available: [String: String] = [:]
    var nodes: [Node] = []

    /// Nil for what names neither itself nor its API.
    init?(_ manager: JSONValue) {
        guard let id = manager["deploymentManagerId"]?.string, let uri = manager["serviceUri"]?.string else { return nil }
        let extensions = manager["extensions"]
        self.name = manager["name"]?.string ?? id
        self.deploymentManagerId = id
        self.serviceUri = uri
        self.profile = extensions?["profileName"]?.string
        self.kubeconfigReference = extensions?["kubeconfigReference"]?.string ?? extensions?["kubeconfigSecret"]?.string
        self.places = Self.locations(manager["supportedLocations"])
        self.take(ClusterCapacity(manager["capacity"]))
    }

    mutating func take(_ reading: ClusterCapacity) {
        self.capacity = reading.total
        self.available = reading.available
        self.nodes = reading.nodes
    }

    /// A list; some write one text.
    private static func locations(_ value: JSONValue?) -> [String] {
        if let list = value?.array { return list.compactMap(\.string).filter { !$0.isEmpty } }
        return value?.string?.split(separator: ",").map { String($0.trimmingPrefix(" ")) } ?? []
    }
}
