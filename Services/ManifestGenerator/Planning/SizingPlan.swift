import IntentModel

/// From how an instance runs and what an expectation says, how it is to run: the figures with their reasons, and
/// what has to be asked. Pure; the same for a new instance and for an existing one.
struct SizingPlan {
    let expectation: Expectation
    let entry: FunctionEntry
    let rules: SizingRules
    let isNew: Bool
    /// The S-NSSAI is the slice type's own, not the text's.
    let sliceIsStandard: Bool
    let current: WorkloadState
    private(set) var wanted: WorkloadState
    private(set) var figures: [Figure] = []
    private(set) var questions: [Clarification] = []
    private(set) var notes: [String] = []
    /// Something of the expectation found its way into the state, whether or not it differs from the current one.
    private(set) var saysSomething = false

    /// Attributes that say how a workload runs.
    static let sizing: Set<String> = [
        "replicas", "minReplicas", "maxReplicas", "cpu", "memory", "storage", "targetCPUUtilization", "targetMemoryUtilization", "autoscaling",
        "highAvailability", "version", "image",
    ]

    init(_ expectation: Expectation, entry: FunctionEntry, rules: SizingRules, current: WorkloadState, isNew: Bool, sliceIsStandard: Bool = false) {
        self.expectation = expectation
        self.entry = entry
        self.rules = rules
        self.isNew = isNew
        self.sliceIsStandard = sliceIsStandard
        self.current = current
        self.wanted = current
        if entry.workload != .none {
            self.planAvailability()
            self.planReplicas()
            self.planAutoscaling()
            self.planResources()
            self.planImage()
            self.checkRange()
        }
        self.planParameters()
        self.planContext()
    }

    // MARK: Saying why

    private mutating func figure(_ name: String, _ value: String, _ source: Figure.Source, _ reason: String, step: String? = nil) {
        if source == .text || source == .request { self.saysSomething = true }
        self.figures.removeAll { $0.name == name }
        self.figures.append(Figure(name: name, value: value, source: source, reason: reason, step: step))
    }

    private mutating func said(_ name: String, _ value: String, _ target: Target, step: String? = nil) {
        let words = target.evidence.map { "the text says “\($0)”" } ?? "stated"
        self.figure(name, value, .text, words, step: step ?? target.step)
    }

    private mutating func ask(_ attribute: String, _ question: String, options: [Double] = []) {
        self.questions.append(
            Clarification(
                expectation: self.expectation.id, field: "targets.\(attribute)", question: question,
                options: options.map { TargetValue.number($0).description }))
    }

    private func allowed(_ attribute: String) -> AllowedValues { self.entry.ranges[attribute] ?? AllowedValues([0...Double.greatestFiniteMagnitude]) }
    private var allowedReplicas: AllowedValues { AllowedValues(self.entry.replicas.range) }

    private func target(_ attribute: String) -> Target? { self.expectation.target(attribute) }

    private var called: String { self.entry.code == FunctionEntry.customCode ? self.expectation.object.name ?? self.entry.name : self.entry.code }

    // MARK: Availability and number

    private mutating func planAvailability() {
        if let target = self.target("highAvailability"), let value = target.value.boolean {
            self.wanted.highAvailability = value
            self.said("highAvailability", String(value), target)
        } else if let quality = self.expectation.context.qualities?.first(where: { self.rules.highAvailabilityQualities.contains($0) }) {
            self.wanted.highAvailability = true
            self.figure("highAvailability", "true", .text, "the text asks for \(quality)")
        } else if let availability = self.target("availability")?.value.number, availability >= self.rules.highAvailabilityFrom {
            self.wanted.highAvailability = true
            self.figure("highAvailability", "true", .derived, "an availability of \(TargetValue.number(availability)) % needs replicas in several zones")
        }
        if self.wanted.highAvailability, self.wanted.highAvailability != self.current.highAvailability || self.isNew {
            self.figure("spread", "topology.kubernetes.io/zone", .default, "high availability spreads over zones and hosts")
        }
    }

    /// A whole number of replicas from a target that is relative to `current`, or nil after asking.
    private mutating func count(_ target: Target, from current: Int) -> Int? {
        guard let value = target.value.number else {
            self.ask(target.attribute, "How many replicas of \(self.called)?")
            return nil
        }
        let now = Double(current)
        let result: Double =
            switch target.condition {
            case .equals, .between: value
            case .atLeast: max(now, value)
            case .atMost: min(now, value)
            case .greaterThan: max(now, value.rounded(.down) + 1)
            case .lessThan: min(now, value.rounded(.up) - 1)
            case .increaseBy: target.unit == "%" ? (now * (1 + value / 100)).rounded(.up) : now + value
            case .decreaseBy: target.unit == "%" ? (now * (1 - value / 100)).rounded(.up) : now - value
            case .multiplyBy: (now * value).rounded(.up)
            }
        guard result.isFinite, abs(result) < 1e9, let whole = Int(exactly: result) else {
            self.ask(
                target.attribute, "Replicas of \(self.called) are a whole number; \(target.value) was said. How many?",
                options: self.allowedReplicas.nearest(to: result))
            return nil
        }
        guard whole >= 0 else {
            self.ask(
                target.attribute, "\(self.called) runs \(current) replicas; \(whole) is not possible. How many shall remain?",
                options: self.allowedReplicas.nearest(to: Double(whole)))
            return nil
        }
        return whole
    }

    private var statedBounds: (low: Target?, high: Target?) { (self.target("minReplicas"), self.target("maxReplicas")) }

    private mutating func planReplicas() {
        if self.isNew {
            self.wanted.replicas = self.wanted.highAvailability ? self.entry.replicas.highAvailability : self.entry.replicas.standard
            self.figure(
                "replicas", String(self.wanted.replicas), .default,
                self.wanted.highAvailability ? "the catalogue's number for high availability" : "the catalogue's number")
        } else if self.wanted.highAvailability, !self.current.highAvailability, self.current.replicas > 0,
            self.current.replicas < self.entry.replicas.highAvailability
        {
            self.wanted.replicas = self.entry.replicas.highAvailability
            self.figure("replicas", String(self.wanted.replicas), .default, "the catalogue's number for high availability")
        }
        guard let target = self.target("replicas") else {
            self.planCapacity()
            return
        }
        if case .range = target.value { return }
        if target.condition == .atMost || target.condition == .lessThan, self.target("autoscaling")?.value.boolean == true { return }
        guard let count = self.count(target, from: self.wanted.replicas) else { return }
        self.wanted.replicas = count
        self.said("replicas", String(count), target)
        if !self.isNew { self.note("replicas", was: String(self.current.replicas)) }
        if self.wanted.highAvailability, self.target("highAvailability")?.value.boolean == true, count == 1 {
            self.ask("replicas", "High availability needs at least 2 replicas of \(self.called); 1 was said. How many?")
        }
    }

    /// Objectives that the catalogue knows the capacity of one replica for.
    private mutating func planCapacity() {
        for attribute in self.rules.capacityFor {
            guard let target = self.target(attribute), let value = target.value.number,
                target.condition == .equals || target.condition == .atLeast || target.condition == .greaterThan
            else { continue }
            let capacity = attribute == "maxUsers" ? self.entry.capacity.maxUsers : self.entry.capacity.throughput
            guard let capacity, value.isFinite, value > 0 else { continue }
            let needed = (value / capacity).rounded(.up)
            guard needed <= Double(self.entry.replicas.range.upperBound) else {
                self.ask(
                    "replicas",
                    "\(attribute) of \(target.value) needs \(TargetValue.number(needed)) replicas of \(self.called), the catalogue allows \(self.entry.replicas.range.upperBound). How many?",
                    options: self.allowedReplicas.nearest(to: needed))
                return
            }
            if Int(needed) > self.wanted.replicas {
                self.wanted.replicas = Int(needed)
                self.figure(
                    "replicas", String(Int(needed)), .derived,
                    "one replica carries \(TargetValue.number(capacity)) of \(attribute), the text asks for \(target.value)")
            }
        }
    }

    private mutating func note(_ name: String, was value: String) {
        guard let index = self.figures.firstIndex(where: { $0.name == name }) else { return }
        self.figures[index].reason += " (was \(value))"
    }

    private mutating func planAutoscaling() {
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

    private mutating func percent(_ target: Target) -> Int? {
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

    private mutating func checkRange() {
        guard self.questions.isEmpty else { return }
        let range = self.entry.replicas.range
        // What a person runs already is not questioned by a change of something else.
        let isChanged = self.isNew || self.wanted.replicas != self.current.replicas || self.wanted.autoscaling != self.current.autoscaling
        guard isChanged else { return }
        if !range.contains(self.wanted.replicas) {
            // Of bounds the lower one is asked about: it is what the number of replicas comes from.
            let attribute = self.wanted.autoscaling != nil && self.target("minReplicas") != nil ? "minReplicas" : "replicas"
            self.ask(
                attribute, "\(self.called) runs \(range.lowerBound) to \(range.upperBound) replicas; \(self.wanted.replicas) was asked for. How many?",
                options: self.allowedReplicas.nearest(to: Double(self.wanted.replicas)))
        } else if let maximum = self.wanted.autoscaling?.maximum, maximum > range.upperBound, maximum != self.current.autoscaling?.maximum {
            self.ask(
                "maxReplicas", "\(self.called) runs at most \(range.upperBound) replicas; \(maximum) was asked for. How many at most?",
                options: self.allowedReplicas.nearest(to: Double(maximum)))
        }
    }

    // MARK: Size

    private mutating func planResources() {
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
        self.planStorage()
    }

    private var guaranteedReason: String? {
        if let target = self.expectation.targets.first(where: { self.rules.guaranteedFor.contains($0.attribute) }) {
            return "\(target.attribute) \(target.value)"
        }
        return self.expectation.context.qualities?.first { self.rules.guaranteedFor.contains($0) }
    }

    private mutating func planResource(
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

    private mutating func planStorage() {
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

    // MARK: Image

    private mutating func planImage() {
        if let target = self.target("image") {
            guard let text = target.value.text, let parts = ImageReference.parts(of: text) else {
                self.ask("image", "“\(target.value)” is not an image reference. Which image shall \(self.called) run?")
                return
            }
            guard parts.digest != nil || parts.tag.map(ImageReference.isPinnedTag) == true else {
                self.ask("image", "“\(text)” does not fix a version. Which tag or digest shall \(self.called) run?")
                return
            }
            self.wanted.image = text
            self.said("image", text, target)
        } else if let target = self.target("version"), self.expectation.verb != .rollback {
            let text = target.value.description
            guard ImageReference.isPinnedTag(text) else {
                self.ask("version", "“\(text)” does not fix a version of the image. Which version shall \(self.called) run?")
                return
            }
            guard let image = self.wanted.image, let parts = ImageReference.parts(of: image) else { return }
            self.wanted.image = "\(parts.repository):\(text)"
            self.said("image", "\(parts.repository):\(text)", target)
        } else if self.isNew, let image = self.wanted.image {
            let reason = self.entry.code == FunctionEntry.customCode ? "no image was said; a stand-in that answers HTTP" : "the catalogue's image"
            self.figure("image", image, .default, reason)
        }
    }

    // MARK: Everything a field of a workload does not stand for

    private mutating func planParameters() {
        for target in self.expectation.targets {
            if self.entry.workload != .none, Self.sizing.contains(target.attribute) { continue }
            if self.entry.workload == .none, Self.sizing.contains(target.attribute) { continue }
            switch target.value {
            case .text(let text) where target.attribute == "feature":
                self.wanted.parameters.add("features", text)
                // One more beside those that are there.
                self.said("feature", text, target, step: "add \(text)")
            case .text(let text):
                self.wanted.parameters.set("settings", target.attribute, .text(text))
                self.said(target.attribute, text, target)
            case .boolean(let value):
                self.wanted.parameters.set("settings", target.attribute, .boolean(value))
                if target.attribute == "monitoring" { self.wanted.isMonitored = value }
                self.said(target.attribute, String(value), target)
            case .number, .range:
                self.wanted.parameters.set("objectives", target.attribute, Self.objective(target))
                let unit = Attribute.unit(of: target.attribute) ?? target.unit
                self.said(target.attribute, ["\(Self.words(target.condition))\(target.value)", unit].compactMap { $0 }.joined(separator: " "), target)
            }
        }
    }

    private static func objective(_ target: Target) -> YAMLNode {
        let value: YAMLNode =
            switch target.value {
            case .number(let number): .decimal(number)
            case .range(let low, let high): [.decimal(low), .decimal(high)]
            case .boolean(let boolean): .boolean(boolean)
            case .text(let text): .text(text)
            }
        return .compact([
            "condition": .text(target.condition.rawValue), "value": value, "unit": (Attribute.unit(of: target.attribute) ?? target.unit).map { .text($0) },
        ])
    }

    private static func words(_ condition: Condition) -> String {
        switch condition {
        case .equals, .between: ""
        case .atLeast: "at least "
        case .atMost: "at most "
        case .lessThan: "below "
        case .greaterThan: "above "
        case .increaseBy: "+"
        case .decreaseBy: "−"
        case .multiplyBy: "×"
        }
    }

    private mutating func planContext() {
        let context = self.expectation.context
        var entries: [(String, YAMLNode)] = []
        if let slice = context.slice { entries.append(("slice", .compact(["sst": .integer(slice.sst), "sd": slice.sd.map { .text($0) }]))) }
        for (name, value) in [
            ("plmn", context.plmn), ("dnn", context.dnn), ("tac", context.tac), ("cell", context.cell), ("gnb", context.gnb), ("site", context.site),
        ] {
            if let value { entries.append((name, .text(value))) }
        }
        for (name, value) in entries {
            self.wanted.parameters.set("context", name, value)
            if name == "slice", let slice = context.slice {
                let text = "\(slice.sst)\(slice.sd.map { "-\($0)" } ?? "")"
                self.figure(
                    name, text, self.sliceIsStandard ? .default : .text, self.sliceIsStandard ? "the standard S-NSSAI of the slice type" : "the text says so")
            } else {
                self.figure(name, value.string ?? "", .text, "the text says so")
            }
        }
        for function in context.depends ?? [] { self.wanted.parameters.add("depends", function) }
        if let depends = context.depends, !depends.isEmpty {
            self.figure("depends", depends.joined(separator: ", "), .text, "the text says so", step: "add \(depends.joined(separator: ", "))")
        }
        if self.isNew || self.expectation.verb == .optimize || self.expectation.verb == .configure {
            for quality in context.qualities ?? [] where !self.rules.highAvailabilityQualities.contains(quality) {
                self.wanted.parameters.add("qualities", quality)
                self.saysSomething = true
            }
        }
        guard self.entry.workload != .none else { return }
        for (field, value) in [("region", context.region), ("zone", context.zone)] {
            guard let value else { continue }
            let lowered = value.lowercased()
            guard Self.isLabelValue(lowered) else {
                self.questions.append(
                    Clarification(
                        expectation: self.expectation.id, field: "context.\(field)",
                        question: "“\(value)” is not the name of a \(field) as nodes are labelled. Which \(field)?", options: []))
                continue
            }
            if field == "region" { self.wanted.region = lowered } else { self.wanted.zone = lowered }
            self.figure(field, lowered, .text, "the text says so; runs only on nodes labelled so")
        }
    }

    private static func isLabelValue(_ text: String) -> Bool {
        func isWord(_ byte: UInt8) -> Bool {
            (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
        }
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 63, isWord(first), isWord(last) else { return false }
        return text.utf8.allSatisfy { isWord($0) || "-_.".utf8.contains($0) }
    }
}
