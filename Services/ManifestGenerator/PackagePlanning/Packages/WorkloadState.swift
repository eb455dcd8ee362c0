/// How an instance runs, as far as intents change it: read from a package, or wanted of it.
package struct WorkloadState: Sendable, Equatable {
    package struct Autoscaling: Sendable, Equatable {
        package var minimum: Int
        package var maximum: Int
        /// Target utilisation of the requests, %.
        package var cpu: Int?
        package var memory: Int?
    }

    /// Replicas; while autoscaled the least there are. 0 switches the workload off, autoscaled or not.
    package var replicas: Int
    package var autoscaling: Autoscaling?
    /// Members of the store that the replicas join; nil where they join none.
    package var members: Int?
    /// Spread over zones and hosts, with a disruption budget.
    package var highAvailability: Bool
    /// Millicores.
    package var cpuRequest: Int?
    package var cpuLimit: Int?
    /// MiB.
    package var memoryRequest: Int?
    package var memoryLimit: Int?
    /// What the other containers of a pod request together: millicores, MiB.
    package var besideCPU: Int
    package var besideMemory: Int
    /// Which of `replicas`, `cpu` and `memory` a load made what they are; what was said or set by hand is none of them.
    package var sizedByLoad: Set<String>
    /// GiB: the volume of a StatefulSet's replica, the ephemeral storage of a Deployment's.
    package var storage: Int?
    /// GiB of 1 GiB pages.
    package var hugepages: Int?
    /// Extended resource of an SR-IOV device, such as `intel.com/sriov_netdevice`.
    package var device: String?
    /// Network attachments beside the pod network, in the order of the interfaces.
    package var networks: [String]
    package var image: String?
    package var region: String?
    package var zone: String?
    /// Scraped by Prometheus.
    package var isMonitored: Bool
    package var restartedAt: String?
    package var parameters: Parameters

    /// A new instance of an entry, before anything is said of it.
    package init(_ entry: FunctionEntry) {
        self.replicas = entry.replicas.standard
        self.members = entry.replication == .joined ? max(1, entry.replicas.standard) : nil
        self.highAvailability = false
        self.cpuRequest = entry.resources.cpuRequest
        self.cpuLimit = entry.resources.cpuLimit
        self.memoryRequest = entry.resources.memoryRequest
        self.memoryLimit = entry.resources.memoryLimit
        self.besideCPU = entry.companions.reduce(0) { $0 + $1.resources.cpuRequest }
        self.besideMemory = entry.companions.reduce(0) { $0 + $1.resources.memoryRequest }
        self.sizedByLoad = []
        self.storage = entry.resources.storage
        self.image = entry.image?.reference
        self.networks = []
        self.isMonitored = false
        self.parameters = Parameters()
    }
}
