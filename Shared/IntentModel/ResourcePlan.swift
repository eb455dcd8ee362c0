/// What one instance is going to take and where: the sizes behind a package, for people and portals. Why each has its value is in
/// the figures of the change.
package struct ResourcePlan: Codable, Sendable, Equatable {
    package struct Interface: Codable, Sendable, Equatable {
        /// `n2`, `n3`, `e1`, `fronthaul` …
        package var name: String
        /// Network instance.
        package var network: String
        /// `macvlan`, `ipvlan`, `sriov`, or `none` for the pod network.
        package var attachment: String

        package init(name: String, network: String, attachment: String) {
            self.name = name
            self.network = network
            self.attachment = attachment
        }
    }

    package struct Placement: Codable, Sendable, Equatable {
        package var region: String?
        package var zone: String?
        /// Evenly over the zones, and on different hosts where there are enough.
        package var isSpread: Bool
        /// Cores of its own, on one NUMA node.
        package var hasWholeCores: Bool
        /// GiB of 1 GiB pages a replica.
        package var hugepages: Int?
        /// Extended resource of an SR-IOV device.
        package var device: String?

        package init(region: String?, zone: String?, isSpread: Bool, hasWholeCores: Bool, hugepages: Int?, device: String?) {
            self.region = region
            self.zone = zone
            self.isSpread = isSpread
            self.hasWholeCores = hasWholeCores
            self.hugepages = hugepages
            self.device = device
        }
    }

    package var replicas: Int
    package var minReplicas: Int?
    package var maxReplicas: Int?
    /// Cores a replica, requested and at most.
    package var cpu: Double
    package var cpuLimit: Double
    /// MiB a replica, requested and at most.
    package var memory: Int
    package var memoryLimit: Int
    /// GiB a replica.
    package var storage: Int?
    package var interfaces: [Interface]
    package var placement: Placement
    /// How many replicas may be away at once; nil without a budget.
    package var maxUnavailable: Int?
    /// Codes of the functions that must be there before.
    package var dependsOn: [String]
    /// USD a month of 730 hours, with the replicas it starts with.
    package var monthlyCost: Double

    package init(
        replicas: Int, minReplicas: Int?, maxReplicas: Int?, cpu: Double, cpuLimit: Double, memory: Int, memoryLimit: Int, storage: Int?,
        interfaces: [Interface], placement: Placement, maxUnavailable: Int?, dependsOn: [String], monthlyCost: Double
    ) {
        self.replicas = replicas
        self.minReplicas = minReplicas
        self.maxReplicas = maxReplicas
        self.cpu = cpu
        self.cpuLimit = cpuLimit
        self.memory = memory
        self.memoryLimit = memoryLimit
        self.storage = storage
        self.interfaces = interfaces
        self.placement = placement
        self.maxUnavailable = maxUnavailable
        self.dependsOn = dependsOn
        self.monthlyCost = monthlyCost
    }
}
