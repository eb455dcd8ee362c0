/// The documented rules by which an objective becomes a size.
package struct SizingRules: Sendable, Equatable {
    /// Autoscaling without bounds reaches this many times the replicas …
    package var autoscalingFactor: Int
    /// … at this utilisation, %.
    package var autoscalingCPUUtilization: Int
    /// An availability of at least this, %, means high availability.
    package var highAvailabilityFrom: Double
    /// Qualities that mean high availability.
    package var highAvailabilityQualities: [String]
    /// Objectives and qualities that give a function its CPU exclusively (request = limit), so that nothing throttles it.
    package var guaranteedFor: [String]
    /// Objectives divided by the catalogue's capacity of one replica.
    package var capacityFor: [String]
    /// Attributes that a function is told by its own configuration or not at all.
    package var configured: Set<String>

    package var directions: Directions
    package var dataPlane: DataPlane
    package var prices: Prices

    /// Words that say which way a number goes, lower-cased.
    package struct Directions: Sendable, Equatable {
        package var more: Set<String>
        package var fewer: Set<String>

        init(_ reader: CatalogueReader) throws(CatalogueError) {
            try reader.keys(["more", "fewer"])
            self.more = Set(try reader.required("more").texts())
            self.fewer = Set(try reader.required("fewer").texts())
        }
    }

    /// When a function of the data plane gets what a fast path needs, where the cluster offers it.
    package struct DataPlane: Sendable, Equatable {
        package var qualities: [String]
        /// ms.
        package var latencyUpTo: Double
        /// Mbps.
        package var throughputFrom: Double
        /// Of pages of 1 GiB, a replica.
        package var hugepages: Int
    }

    /// USD an hour of one core, one GiB of memory and one GiB of storage.
    package struct Prices: Sendable, Equatable {
        package var cpu: Double
        package var memory: Double
        package var storage: Double

        init(_ reader: CatalogueReader) throws(CatalogueError) {
            try reader.keys(["cpu", "memory", "storage"])
            self.cpu = try reader.required("cpu").number()
            self.memory = try reader.required("memory").number()
            self.storage = try reader.required("storage").number()
        }
    }

    init(_ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["autoscaling", "highAvailability", "guaranteed", "capacity", "configured", "directions", "dataPlane", "prices"])
        let autoscaling = try reader.required("autoscaling")
        try autoscaling.keys(["factor", "cpuUtilization"])
        self.autoscalingFactor = try autoscaling.required("factor").integer(in: 1...100)
        self.autoscalingCPUUtilization = try autoscaling.required("cpuUtilization").integer(in: 1...100)
        let availability = try reader.required("highAvailability")
        try availability.keys(["availabilityFrom", "qualities"])
        self.highAvailabilityFrom = try availability.required("availabilityFrom").number()
        self.highAvailabilityQualities = try availability.required("qualities").texts()
        self.guaranteedFor = try reader.required("guaranteed").texts()
        self.capacityFor = try reader.required("capacity").texts()
        self.directions = try Directions(try reader.required("directions"))
        self.configured = Set(try reader.required("configured").texts())
        let fast = try reader.required("dataPlane")
        try fast.keys(["qualities", "latencyUpTo", "throughputFrom", "hugepages"])
        self.dataPlane = DataPlane(
            qualities: try fast.required("qualities").texts(), latencyUpTo: try fast.required("latencyUpTo").number(),
            throughputFrom: try fast.required("throughputFrom").number(), hugepages: try fast.required("hugepages").integer(in: 1...1024))
        self.prices = try Prices(try reader.required("prices"))
    }
}
