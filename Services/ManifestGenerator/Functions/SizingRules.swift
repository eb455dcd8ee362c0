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

    init(_ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["autoscaling", "highAvailability", "guaranteed", "capacity"])
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
    }
}
