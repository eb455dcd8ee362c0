import IntentModel

extension SizingPlan {
    /// Networks beside the pod network, and what a fast path needs. Only what the cluster's inventory names is asked of it: a pod that
    /// wants more stays pending.
    mutating func planPlacement() {
        self.planNetworks()
        self.planFastPath()
        if self.isNew, self.wanted.replicas > 1 || self.wanted.autoscaling != nil {
            self.figure("disruptionBudget", "at most 1 unavailable", .default, "a drain of nodes takes one replica at a time")
        }
        if self.isNew, self.wanted.highAvailability, let zones = self.cluster?.zones, zones.count == 1, let zone = zones.first {
            self.notes.append("\(self.cluster?.name ?? "The cluster") has the zone \(zone) alone: the replicas of \(self.called) are spread over hosts only.")
        }
    }

    private mutating func planNetworks() {
        guard self.isNew, !self.entry.interfaces.isEmpty else { return }
        let offered = self.cluster?.networks ?? []
        let attached = self.entry.interfaces.filter { $0.attachment != .none && offered.contains($0.network) }
        self.wanted.networks = attached.map(\.network).uniqued
        let names = self.entry.interfaces.map { interface in
            attached.contains(interface) ? "\(interface.name) on \(interface.network)" : "\(interface.name) on the pod network"
        }
        let reason =
            attached.isEmpty
            ? "the function's reference points; the cluster names no networks for them" : "the function's reference points, on the networks of the cluster"
        self.figure("interfaces", names.joined(separator: ", "), .default, reason)
    }

    private mutating func planFastPath() {
        guard self.entry.isDataPlane, self.isNew || self.expectation.verb == .optimize || self.expectation.verb == .configure, let reason = self.fastPathReason
        else { return }
        if self.target("cpu") == nil, let limit = self.wanted.cpuLimit {
            let cores = (limit + 999) / 1000 * 1000
            self.wanted.cpuRequest = cores
            self.wanted.cpuLimit = cores
            self.figure("cpu", Quantity.cores(cores), .derived, "\(reason): whole cores, request = limit, which the kubelet's CPU manager keeps to it")
        }
        if self.target("memory") == nil, let limit = self.wanted.memoryLimit, self.wanted.memoryRequest != limit {
            self.wanted.memoryRequest = limit
            self.figure("memory", Quantity.memory(limit), .derived, "\(reason): request = limit, as cores of its own ask for")
        }
        self.figure("numa", "one node", .derived, "\(reason): whole cores are aligned by the kubelet's topology manager")
        if let hugepages = self.cluster?.hugepages, hugepages >= self.rules.dataPlane.hugepages {
            self.wanted.hugepages = self.rules.dataPlane.hugepages
            self.figure("hugepages", "\(self.rules.dataPlane.hugepages)Gi", .derived, "\(reason): packet buffers in pages of 1 GiB")
        } else {
            self.notes.append("No hugepages for \(self.called): the inventory of the cluster names none.")
        }
        if let device = self.cluster?.device {
            self.wanted.device = device
            self.figure("sriov", device, .derived, "\(reason): a virtual function of its own")
        } else {
            self.notes.append("No SR-IOV device for \(self.called): the inventory of the cluster names none.")
        }
    }

    private var fastPathReason: String? {
        let rule = self.rules.dataPlane
        if let quality = self.expectation.context.qualities?.first(where: { rule.qualities.contains($0) }) { return quality }
        if let latency = self.target("latency"), let value = latency.value.number, value <= rule.latencyUpTo, latency.condition != .atLeast {
            return "latency \(latency.value) ms"
        }
        for attribute in ["throughput", "throughputDownlink", "throughputUplink"] {
            if let value = self.target(attribute)?.value.number, value >= rule.throughputFrom { return "\(attribute) \(TargetValue.number(value)) Mbps" }
        }
        return nil
    }
}
