import IntentModel

/// From how an instance runs and what an expectation says, how it is to run: the figures with their reasons, and
/// what has to be asked. Pure; the same for a new instance and for an existing one.
struct SizingPlan {
    let expectation: Expectation
    let entry: FunctionEntry
    let rules: SizingRules
    let isNew: Bool
    /// Where it runs, as far as that is known.
    let cluster: ClusterEntry?
    /// The S-NSSAI is the slice type's own, not the text's.
    let sliceIsStandard: Bool
    /// Which way the text says that the number of replicas goes.
    let direction: SaidDirection?
    let current: WorkloadState
    var wanted: WorkloadState
    var figures: [Figure] = []
    var questions: [Clarification] = []
    /// What cannot be, whatever is answered.
    var refusal: Problem?
    var notes: [String] = []
    /// Something of the expectation found its way into the state, whether or not it differs from the current one.
    var saysSomething = false

    /// Attributes that say how a workload runs.
    static let sizing: Set<String> = [
        "replicas", "minReplicas", "maxReplicas", "cpu", "memory", "storage", "targetCPUUtilization", "targetMemoryUtilization", "autoscaling",
        "highAvailability", "version", "image",
    ]

    init(
        _ expectation: Expectation, entry: FunctionEntry, rules: SizingRules, current: WorkloadState, isNew: Bool, sliceIsStandard: Bool = false,
        cluster: ClusterEntry? = nil, direction: SaidDirection? = nil
    ) {
        self.expectation = expectation
        self.entry = entry
        self.rules = rules
        self.isNew = isNew
        self.cluster = cluster
        self.sliceIsStandard = sliceIsStandard
        self.direction = direction
        self.current = current
        self.wanted = current
        if entry.workload != .none {
            self.planAvailability()
            self.planReplicas()
            self.planAutoscaling()
            self.planMembers()
            self.planResources()
            self.planPlacement()
            self.noteOverload()
            self.planImage()
            self.checkRange()
        }
        self.planParameters()
        self.planContext()
    }

    // MARK: Saying why

    mutating func figure(_ name: String, _ value: String, _ source: Figure.Source, _ reason: String, step: String? = nil) {
        if source == .text || source == .request { self.saysSomething = true }
        self.figures.removeAll { $0.name == name }
        self.figures.append(Figure(name: name, value: value, source: source, reason: reason, step: step))
    }

    mutating func said(_ name: String, _ value: String, _ target: Target, step: String? = nil) {
        let words = target.evidence.map { "the text says “\($0)”" } ?? "stated"
        self.wanted.sizedByLoad.remove(name == "minReplicas" ? "replicas" : name)
        self.figure(name, value, .text, words, step: step ?? target.step)
    }

    mutating func ask(_ attribute: String, _ question: String, options: [Double] = []) {
        self.questions.append(
            Clarification(
                expectation: self.expectation.id, field: "targets.\(attribute)", question: question,
                options: options.map { TargetValue.number($0).description }))
    }

    func allowed(_ attribute: String) -> AllowedValues { self.entry.ranges[attribute] ?? AllowedValues([0...Double.greatestFiniteMagnitude]) }
    var allowedReplicas: AllowedValues { AllowedValues(self.entry.replicas.range) }

    func target(_ attribute: String) -> Target? { self.expectation.target(attribute) }

    var called: String { self.entry.code == FunctionEntry.customCode ? self.expectation.object.name ?? self.entry.name : self.entry.code }

    mutating func note(_ name: String, was value: String) {
        guard let index = self.figures.firstIndex(where: { $0.name == name }) else { return }
        self.figures[index].reason += " (was \(value))"
    }
}
