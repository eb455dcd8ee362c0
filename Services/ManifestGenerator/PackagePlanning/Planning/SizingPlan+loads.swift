import IntentModel

/// A load and what it makes of a function: as many replicas as it needs, each as large as its share needs. What is said of replicas,
/// cores or memory wins; what a load has made, another one may make smaller again, and nothing else.
extension SizingPlan {
    /// A load that a function is to carry: the text's, or one that was said before and holds on.
    struct Load {
        var attribute: String
        var value: Double
        /// What one replica of the catalogue's largest size carries.
        var perReplica: Double
        var curve: [FunctionEntry.SizingStep]
        var isSaidNow: Bool

        /// What a replica needs to carry its share; nil where no size of the curve does.
        func step(of replicas: Int) -> FunctionEntry.SizingStep? { self.curve.first { $0.load >= self.value / Double(replicas) } }
    }

    /// The loads that hold once this is done.
    var loads: [Load] {
        self.rules.capacityFor.compactMap { attribute in
            guard let perReplica = attribute == "maxUsers" ? self.entry.capacity.maxUsers : self.entry.capacity.throughput else { return nil }
            let said = self.saidLoad(attribute)
            guard let value = said ?? self.recordedLoad(attribute), value.isFinite, value > 0 else { return nil }
            return Load(attribute: attribute, value: value, perReplica: perReplica, curve: self.entry.sizing[attribute] ?? [], isSaidNow: said != nil)
        }
    }

    /// What the text says of a load, absolute; one that is relative to a load nobody has said is none.
    func saidLoad(_ attribute: String) -> Double? {
        guard let target = self.target(attribute), let value = target.value.number else { return nil }
        switch target.condition {
        case .equals, .atLeast, .greaterThan: return value
        case .increaseBy, .decreaseBy, .multiplyBy: return self.recordedLoad(attribute).map { Self.changed($0, by: target, value) }
        case .between, .atMost, .lessThan: return nil
        }
    }

    private static func changed(_ load: Double, by target: Target, _ value: Double) -> Double {
        switch target.condition {
        case .increaseBy: target.unit == "%" ? load * (1 + value / 100) : load + value
        case .decreaseBy: target.unit == "%" ? load * (1 - value / 100) : load - value
        default: load * value
        }
    }

    /// What was said before and is kept in the package.
    private func recordedLoad(_ attribute: String) -> Double? {
        guard let objective = self.current.parameters.value("objectives", attribute), case .plain(let text)? = objective["value"],
            ["equals", "atLeast", "greaterThan"].contains(objective["condition"]?.string ?? "equals")
        else { return nil }
        return Double(text)
    }

    /// Replicas by the loads, where the text says none.
    mutating func planCapacity() {
        let loads = self.loads
        guard loads.contains(where: \.isSaidNow) else { return }
        var needed = 0
        var largest: Load?
        for load in loads {
            let count = (load.value / load.perReplica).rounded(.up)
            guard count <= Double(self.entry.replicas.range.upperBound) else {
                guard load.isSaidNow else { continue }
                self.ask(
                    "replicas",
                    "\(load.attribute) of \(TargetValue.number(load.value)) needs \(TargetValue.number(count)) replicas of \(self.called), the catalogue allows \(self.entry.replicas.range.upperBound). How many?",
                    options: self.allowedReplicas.nearest(to: count))
                return
            }
            if Int(count) > needed { (needed, largest) = (Int(count), load) }
        }
        guard let largest, needed > 0 else { return }
        let usual = self.wanted.highAvailability ? self.entry.replicas.highAvailability : self.entry.replicas.standard
        let count = max(needed, usual)
        let mayShrink = !self.isNew && self.current.sizedByLoad.contains("replicas") && self.wanted.replicas == self.current.replicas
        let verb = largest.isSaidNow ? "the text asks for" : "it is to carry"
        if needed > self.wanted.replicas || mayShrink && count < self.wanted.replicas {
            self.wanted.replicas = needed > self.wanted.replicas ? needed : count
            self.wanted.sizedByLoad.insert("replicas")
            let reason = "one replica carries \(TargetValue.number(largest.perReplica)) of \(largest.attribute), \(verb) \(TargetValue.number(largest.value))"
            self.figure("replicas", String(self.wanted.replicas), .derived, reason)
            if !self.isNew { self.note("replicas", was: String(self.current.replicas)) }
        } else if !self.isNew, needed <= self.wanted.replicas {
            self.figure(
                "replicas", String(self.wanted.replicas), .current,
                needed == self.wanted.replicas
                    ? "as many as \(largest.attribute) of \(TargetValue.number(largest.value)) needs"
                    : "\(needed) would carry \(largest.attribute) of \(TargetValue.number(largest.value)); what was said or set is kept")
        }
    }

    /// Cores and memory of each replica by its share of the loads, where the text says none; never less than the catalogue's size.
    mutating func planCurve() {
        let loads = self.loads
        guard self.wanted.replicas > 0, loads.contains(where: \.isSaidNow) else { return }
        let replicas = self.wanted.replicas
        var cpu: (amount: Int, reason: String)?
        var memory: (amount: Int, reason: String)?
        for load in loads {
            guard let step = load.step(of: replicas) else { continue }
            let reason =
                "one replica carries up to \(TargetValue.number(step.load)) of \(load.attribute) with it, \(replicas) share \(TargetValue.number(load.value))"
            if step.cpu > cpu?.amount ?? 0 { cpu = (step.cpu, reason) }
            if step.memory > memory?.amount ?? 0 { memory = (step.memory, reason) }
        }
        if self.target("cpu") == nil, let cpu {
            self.size("cpu", cpu, usual: (self.entry.resources.cpuRequest, self.entry.resources.cpuLimit), \.cpuRequest, \.cpuLimit, Quantity.cores)
        }
        if self.target("memory") == nil, let memory {
            self.size(
                "memory", memory, usual: (self.entry.resources.memoryRequest, self.entry.resources.memoryLimit), \.memoryRequest, \.memoryLimit,
                Quantity.memory)
        }
    }

    private mutating func size(
        _ name: String, _ needed: (amount: Int, reason: String), usual: (request: Int, limit: Int), _ request: WritableKeyPath<WorkloadState, Int?>,
        _ limit: WritableKeyPath<WorkloadState, Int?>, _ write: (Int) -> String
    ) {
        let now = self.wanted[keyPath: request] ?? 0
        let amount = max(needed.amount, usual.request)
        let mayShrink = !self.isNew && self.current.sizedByLoad.contains(name) && now == self.current[keyPath: request]
        guard needed.amount > now || mayShrink && amount < now else { return }
        self.wanted[keyPath: request] = amount
        // A load has raised the limit with the request, if it has.
        let held = self.wanted[keyPath: limit] ?? 0
        self.wanted[keyPath: limit] = amount > now ? max(held, amount) : held == now ? max(usual.limit, amount) : held
        self.wanted.sizedByLoad.insert(name)
        self.figure(name, write(amount), .derived, needed.reason)
        if !self.isNew { self.note(name, was: write(now)) }
    }

    /// Tells where the replicas that were said cannot carry a load.
    mutating func noteOverload() {
        guard self.wanted.replicas > 0, self.wanted.autoscaling == nil else { return }
        let isScaled = self.target("replicas") != nil
        for load in self.loads where load.isSaidNow || isScaled {
            let carried = load.perReplica * Double(self.wanted.replicas)
            guard load.value > carried else { continue }
            self.notes.append(
                "\(self.wanted.replicas) \(self.wanted.replicas == 1 ? "replica carries" : "replicas carry") \(TargetValue.number(carried)) of \(load.attribute); \(self.called) is to carry \(TargetValue.number(load.value))."
            )
        }
    }
}
