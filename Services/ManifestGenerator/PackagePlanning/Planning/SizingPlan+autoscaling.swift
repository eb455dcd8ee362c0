import IntentModel

extension SizingPlan {
    mutating func planAutoscaling() {
        let stated = self.target("autoscaling")
        let (low, high) = self.statedBounds
        let cpu = self.target("targetCPUUtilization")
        let memory = self.target("targetMemoryUtilization")
        var range: (Double, Double)?
        if let replicas = self.target("replicas"), case .range(let lower, let upper) = replicas.value { range = (lower, upper) }
        let isWanted = stated?.value.boolean ?? (self.current.autoscaling != nil || low != nil || high != nil || range != nil || cpu != nil || memory != nil)
        guard isWanted else {
            self.wanted.autoscaling = nil
            if let stated { self.said("autoscaling", "false", stated) }
            return
        }
        if self.wanted.replicas == 0, self.target("replicas") != nil {
            if self.isNew || stated != nil { self.ask("replicas", "Autoscaling of \(self.called) needs at least 1 replica; 0 was said. How many?") }
            return
        }
        if stated == nil, low == nil, high == nil, range == nil, cpu == nil, memory == nil, let current = self.current.autoscaling,
            self.wanted.replicas == self.current.replicas
        {
            self.wanted.autoscaling = current
            return
        }
        if let stated {
            self.said("autoscaling", "true", stated)
        } else if self.current.autoscaling == nil {
            self.figure("autoscaling", "true", .derived, "the text states bounds or a utilisation")
        }

        var minimum = self.wanted.replicas
        if minimum == 0 { minimum = max(1, self.current.autoscaling?.minimum ?? self.entry.replicas.standard) }
        if let low {
            guard let value = self.count(low, from: self.current.autoscaling?.minimum ?? self.wanted.replicas) else { return }
            minimum = value
            self.said("minReplicas", String(value), low)
        } else if let range, let replicas = self.target("replicas") {
            guard let value = Int(exactly: range.0), Int(exactly: range.1) != nil else {
                self.ask("replicas", "Replicas of \(self.called) are whole numbers; \(replicas.value) was said. Between which?")
                return
            }
            minimum = value
            self.said("minReplicas", String(value), replicas)
        } else {
            self.figure("minReplicas", String(minimum), self.target("replicas") == nil ? .default : .derived, "autoscaling starts at the replicas")
        }
        if minimum < 1 {
            self.ask("minReplicas", "Autoscaling of \(self.called) needs at least 1 replica; \(minimum) was said. How many at least?")
            return
        }

        let maximum: Int
        let ceiling = self.target("replicas").flatMap { $0.condition == .atMost || $0.condition == .lessThan ? $0 : nil }
        if let bound = high ?? ceiling, stated != nil || high != nil {
            var relative = bound
            if bound.condition == .atMost { relative.condition = .equals }
            if bound.condition == .lessThan, let value = bound.value.number {
                relative = Target(attribute: bound.attribute, value: .number(value - 1), evidence: bound.evidence)
            }
            guard let value = self.count(relative, from: self.current.autoscaling?.maximum ?? minimum) else { return }
            maximum = value
            self.said("maxReplicas", String(value), bound)
        } else if let range, let replicas = self.target("replicas"), let value = Int(exactly: range.1) {
            maximum = value
            self.said("maxReplicas", String(value), replicas)
        } else if let current = self.current.autoscaling {
            maximum = max(current.maximum, minimum)
            self.figure(
                "maxReplicas", String(maximum), current.maximum == maximum ? .current : .derived,
                current.maximum == maximum ? "unchanged" : "not below the least")
        } else {
            maximum = min(minimum * self.rules.autoscalingFactor, max(self.entry.replicas.range.upperBound, minimum))
            self.figure("maxReplicas", String(maximum), .default, "autoscaling without bounds reaches \(self.rules.autoscalingFactor) times the replicas")
        }
        guard maximum >= minimum else {
            self.ask("maxReplicas", "\(self.called) cannot run at least \(minimum) and at most \(maximum) replicas. Between how many shall it scale?")
            return
        }
        if let replicas = self.target("replicas")?.value.number, let low, self.isNew, replicas != low.value.number {
            self.notes.append(
                "Autoscaling decides between \(minimum) and \(maximum) replicas of \(self.called); the \(TargetValue.number(replicas)) of the text are not held."
            )
        }

        var autoscaling = WorkloadState.Autoscaling(
            minimum: minimum, maximum: maximum, cpu: self.current.autoscaling?.cpu, memory: self.current.autoscaling?.memory)
        if let cpu { autoscaling.cpu = self.percent(cpu) }
        if let memory { autoscaling.memory = self.percent(memory) }
        if autoscaling.cpu == nil, autoscaling.memory == nil, cpu == nil, memory == nil {
            autoscaling.cpu = self.rules.autoscalingCPUUtilization
            self.figure("targetCPUUtilization", "\(self.rules.autoscalingCPUUtilization) %", .default, "autoscaling's utilisation when none is said")
        }
        self.wanted.autoscaling = autoscaling
        self.wanted.replicas = minimum
        self.figures.removeAll { $0.name == "replicas" && $0.source == .default }
        if self.isNew { self.figure("replicas", String(minimum), self.target("replicas") == nil ? .default : .text, "what autoscaling starts from") }
    }

    mutating func percent(_ target: Target) -> Int? {
        let allowed = self.allowed(target.attribute)
        guard let value = target.value.number, allowed.contains(value) else {
            self.ask(
                target.attribute, "\(target.attribute) of \(self.called) may be \(allowed.words) %; \(target.value) was asked for. How much?",
                options: target.value.number.map(allowed.nearest) ?? [])
            return nil
        }
        let percent = Int(value.rounded())
        self.said(target.attribute, "\(percent) %", target)
        return percent
    }
}
