import IntentModel

extension SizingPlan {
    mutating func planResources() {
        if let target = self.target("cpu") {
            self.planResource(target, unit: 1000, request: \.cpuRequest, limit: \.cpuLimit, write: Quantity.cores, example: "cores")
        } else if self.isNew, let request = self.wanted.cpuRequest {
            self.figure("cpu", Quantity.cores(request), .default, "the catalogue's size")
        }
        if let target = self.target("memory") {
            self.planResource(target, unit: 1, request: \.memoryRequest, limit: \.memoryLimit, write: Quantity.memory, example: "MiB")
        } else if self.isNew, let request = self.wanted.memoryRequest {
            self.figure("memory", Quantity.memory(request), .default, "the catalogue's size")
        }
        if self.target("cpu") == nil, self.expectation.verb != .scale, let reason = self.guaranteedReason, let limit = self.wanted.cpuLimit,
            self.wanted.cpuRequest != limit
        {
            self.wanted.cpuRequest = limit
            self.figure("cpu", Quantity.cores(limit), .derived, "\(reason): request = limit, so that nothing throttles it")
        }
        self.planCurve()
        self.planStorage()
    }

    var guaranteedReason: String? {
        if let target = self.expectation.targets.first(where: { self.rules.guaranteedFor.contains($0.attribute) }) {
            return "\(target.attribute) \(target.value)"
        }
        return self.expectation.context.qualities?.first { self.rules.guaranteedFor.contains($0) }
    }

    mutating func planResource(
        _ target: Target, unit: Double, request: WritableKeyPath<WorkloadState, Int?>, limit: WritableKeyPath<WorkloadState, Int?>,
        write: (Int) -> String, example: String
    ) {
        let lowest = self.wanted[keyPath: request] ?? self.wanted[keyPath: limit] ?? 0
        let highest = self.wanted[keyPath: limit] ?? lowest
        let results: (Double, Double)
        switch (target.value, target.condition) {
        case (.range(let low, let high), _): results = (low * unit, high * unit)
        case (.number(let value), .equals): results = (value * unit, value * unit)
        case (.number(let value), .atLeast), (.number(let value), .greaterThan):
            results = (max(value * unit, Double(lowest)), max(value * unit, Double(highest)))
        case (.number(let value), .atMost), (.number(let value), .lessThan): results = (min(value * unit, Double(lowest)), min(value * unit, Double(highest)))
        case (.number(let value), .increaseBy) where target.unit == "%": results = (Double(lowest) * (1 + value / 100), Double(highest) * (1 + value / 100))
        case (.number(let value), .decreaseBy) where target.unit == "%": results = (Double(lowest) * (1 - value / 100), Double(highest) * (1 - value / 100))
        case (.number(let value), .increaseBy): results = (Double(lowest) + value * unit, Double(highest) + value * unit)
        case (.number(let value), .decreaseBy): results = (Double(lowest) - value * unit, Double(highest) - value * unit)
        case (.number(let value), .multiplyBy): results = (Double(lowest) * value, Double(highest) * value)
        default: results = (.nan, .nan)
        }
        let allowed = self.allowed(target.attribute)
        guard results.0.isFinite, results.1.isFinite, results.0 <= results.1 else {
            self.ask(target.attribute, "How much \(target.attribute) shall each replica of \(self.called) get, in \(example)? \(target.value) is not possible.")
            return
        }
        if let value = [results.0 / unit, results.1 / unit].first(where: { !allowed.contains($0) }) {
            self.ask(
                target.attribute, "Each replica of \(self.called) gets \(allowed.words) \(example); \(TargetValue.number(value)) was asked for. How much?",
                options: allowed.nearest(to: value))
            return
        }
        self.wanted[keyPath: request] = Int(results.0.rounded())
        self.wanted[keyPath: limit] = Int(results.1.rounded())
        let texts = (write(Int(results.0.rounded())), write(Int(results.1.rounded())))
        self.said(target.attribute, texts.0 == texts.1 ? texts.0 : "\(texts.0), at most \(texts.1)", target)
        if !self.isNew { self.note(target.attribute, was: write(lowest)) }
    }

    mutating func planStorage() {
        guard let target = self.target("storage") else { return }
        let allowed = self.allowed("storage")
        let now = Double(self.wanted.storage ?? 0)
        guard let value = target.value.number else {
            self.ask("storage", "How many GiB of storage shall each replica of \(self.called) get? \(target.value) is not possible.")
            return
        }
        let size: Double =
            switch target.condition {
            case .increaseBy: target.unit == "%" ? (now * (1 + value / 100)).rounded(.up) : now + value
            case .decreaseBy: target.unit == "%" ? (now * (1 - value / 100)).rounded(.up) : now - value
            case .multiplyBy: (now * value).rounded(.up)
            case .atLeast, .greaterThan: max(now, value)
            default: value
            }
        guard size.isFinite, allowed.contains(size), let whole = Int(exactly: size) else {
            self.ask(
                "storage",
                "Each replica of \(self.called) gets \(allowed.words) GiB of storage, whole ones; \(TargetValue.number(size)) was asked for. How much?",
                options: allowed.nearest(to: size))
            return
        }
        self.wanted.storage = whole
        self.said("storage", "\(whole)Gi", target)
    }
}
