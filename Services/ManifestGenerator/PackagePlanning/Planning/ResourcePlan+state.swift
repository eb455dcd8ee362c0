import IntentModel

extension ResourcePlan {
    /// What an instance in this state takes.
    init(_ state: WorkloadState, entry: FunctionEntry, prices: SizingRules.Prices) {
        let replicas = state.replicas
        let cpu = Double(state.cpuRequest ?? 0) / 1000
        let memory = state.memoryRequest ?? 0
        let hourly =
            (cpu + Double(state.besideCPU) / 1000) * prices.cpu + Double(memory + state.besideMemory) / 1024 * prices.memory
            + Double(state.storage ?? 0) * prices.storage
        self.init(
            replicas: replicas, minReplicas: state.autoscaling?.minimum, maxReplicas: state.autoscaling?.maximum, cpu: cpu,
            cpuLimit: Double(state.cpuLimit ?? state.cpuRequest ?? 0) / 1000, memory: memory, memoryLimit: state.memoryLimit ?? memory, storage: state.storage,
            interfaces: entry.interfaces.map {
                Interface(name: $0.name, network: $0.network, attachment: state.networks.contains($0.network) ? $0.attachment.rawValue : "none")
            },
            placement: Placement(
                region: state.region, zone: state.zone, isSpread: state.highAvailability,
                hasWholeCores: entry.isDataPlane && state.cpuRequest == state.cpuLimit && (state.cpuRequest ?? 1) % 1000 == 0, hugepages: state.hugepages,
                device: state.device),
            maxUnavailable: replicas > 1 ? 1 : nil, dependsOn: entry.dependencies,
            monthlyCost: (hourly * Double(replicas) * 730 * 100).rounded() / 100)
    }
}
