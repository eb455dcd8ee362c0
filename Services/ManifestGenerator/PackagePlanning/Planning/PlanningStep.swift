import IntentModel

/// The planning of one expectation.
struct PlanningStep {
    let planner: Planner
    var expectation: Expectation
    let request: IntentRequest
    let inventory: any InventorySource
    let settled: Set<String>
    let acceptedAt: String?
    /// Packages that this expectation changes alike.
    var members = 1

    var catalogue: Catalogue { self.planner.catalogue }
    var context: Context { self.expectation.context }
    var object: ObjectReference { self.expectation.object }

    func plan(into draft: inout PlanDraft) async throws {
        self.notePlaces(in: &draft)
        if self.expectation.verb == .report { return try await self.report(into: &draft) }
        try self.checkRanges()
        switch self.object.kind {
        case .radioNetwork: try await self.planPolicies(into: &draft, orElse: .refuse)
        case .policy: try await self.planPolicies(into: &draft, orElse: .package)
        case .networkSlice: try await self.planSlice(into: &draft)
        case .coreNetwork: try await self.planCore(into: &draft)
        case .networkFunction, .e2Node, .application, .infrastructure: try await self.planFunction(into: &draft)
        }
    }

    func isSettled(_ field: String) -> Bool { self.settled.contains("\(self.expectation.id) \(field)") }

    func ask(_ field: String, _ question: String, options: [String] = []) -> PlanningStop {
        PlanningStop.ask(self.expectation, field, question, options: options)
    }

    func unsupported(_ detail: String) -> PlanningStop {
        .refuse(Problem(status: 422, code: "unsupported_object", title: "This installation cannot do that", detail: detail))
    }

    // MARK: One function

    private func planFunction(into draft: inout PlanDraft) async throws {
        if try await self.planManaged(into: &draft) { return }
        let entry = try self.entry()
        if self.object.kind == .e2Node || self.isRadioFunction(entry), self.expectation.verb == .configure || self.expectation.verb == .optimize,
            try await self.addPolicies(into: &draft)
        {
            return
        }
        if self.expectation.verb == .deploy {
            let identity = try self.newIdentity(entry)
            self.noteSettings(of: entry, form: self.planner.inventory[identity.cluster]?.form ?? self.planner.form, draft: &draft)
            try await self.deploy(identity, entry: entry, expectation: self.expectation, into: &draft)
        } else {
            let item = try await self.existing(entry: entry, draft: draft)
            try await self.change([item], into: &draft)
        }
    }

    /// Changes functions alike, each as far as it is concerned.
    private func change(_ items: [InventoryItem], into draft: inout PlanDraft) async throws {
        // By instance: of one function some may be an operator's, which reads its parameters itself.
        var told: [String: FunctionEntry] = [:]
        for item in items {
            let entry = self.entry(of: item)
            if try await self.isTold(item, entry: entry, draft: draft) { told[item.path] = entry }
        }
        let all = Array(told.values)
        var step = self
        step.members = items.count
        for item in items {
            let entry = self.entry(of: item)
            step.expectation = self.expectation
            if told[item.path] != nil {
                guard let part = try self.part(of: entry, among: all) else { continue }
                step.expectation = part
            }
            try await step.change(self.identity(of: item), entry: entry, into: &draft)
        }
    }

    /// The catalogue's entry of the object, `Custom` for what it does not know.
    private func entry() throws -> FunctionEntry {
        if let type = self.object.type, let entry = self.catalogue.entry(type), entry.workload != .none { return entry }
        // Its name makes it no workload: a cluster named edge03 is not a Deployment of that name.
        if self.object.kind == .infrastructure, let type = self.object.type, type != FunctionEntry.customCode {
            throw self.unsupported("Infrastructure of the type \(type) is not provisioned from here; Monitoring, Database and Cache are.")
        }
        guard self.object.name != nil || self.object.type == FunctionEntry.customCode || self.object.type != nil else {
            throw self.ask("object.type", "Which function is meant?", options: [])
        }
        guard let custom = self.catalogue.entry(FunctionEntry.customCode) else { throw self.unsupported("The catalogue has no entry Custom.") }
        return custom
    }

    func entry(of item: InventoryItem) -> FunctionEntry {
        self.catalogue.entry(item.function) ?? self.catalogue.entry(FunctionEntry.customCode) ?? FunctionEntry.unknown
    }

    private func isRadioFunction(_ entry: FunctionEntry) -> Bool {
        ["O-CU", "O-CU-CP", "O-CU-UP", "O-DU", "O-RU", "gNB", "eNB", "NearRT-RIC"].contains(entry.code)
    }

    // MARK: A core network

    private func planCore(into draft: inout PlanDraft) async throws {
        guard let type = self.object.type, let codes = self.catalogue.cores[type] else {
            throw self.ask("object.type", "Which core network is meant?", options: self.catalogue.cores.keys.sorted())
        }
        let prefix = try self.label(self.object.name, field: "object.name").map { "\($0)-" } ?? ""
        if self.expectation.verb == .deploy {
            let place = try self.newPlace()
            for code in codes {
                guard let entry = self.catalogue.entry(code) else { continue }
                var expectation = self.expectation
                // What is said of a core is said of its functions, not of the database they share, but for what is to outlive a failure.
                if entry.kind != "NetworkFunction" {
                    expectation.targets.removeAll { $0.attribute != "highAvailability" && $0.attribute != "availability" }
                }
                var identity = PackageIdentity(
                    cluster: place.cluster, namespace: place.namespace, instance: "\(prefix)\(entry.name)", function: code,
                    partOf: self.object.name.map { $0.lowercased() })
                identity.core = prefix
                try await self.deploy(identity, entry: entry, expectation: expectation, into: &draft)
            }
            return
        }
        var members: [InventoryItem] = []
        for code in codes {
            guard let entry = self.catalogue.entry(code),
                entry.kind == "NetworkFunction" || self.expectation.verb == .remove || self.expectation.verb == .migrate
            else { continue }
            members += try await self.candidates(function: code, instance: "\(prefix)\(entry.name)", draft: draft)
        }
        if members.isEmpty { throw self.nothingThere(called: type) }
        try self.onePlace(members, called: type)
        try await self.change(members, into: &draft)
    }

    // MARK: A slice

    private func planSlice(into draft: inout PlanDraft) async throws {
        if self.expectation.verb != .deploy, try await self.planManaged(into: &draft) { return }
        let bySST = self.context.slice.flatMap { slice in self.catalogue.slices.values.filter { $0.sst == slice.sst }.min { $0.type < $1.type } }
        guard
            let slice = self.object.type.flatMap({ self.catalogue.slices[$0] }) ?? bySST
                ?? (self.object.name == nil && (self.context.slice == nil || self.expectation.verb == .deploy)
                    ? nil : self.catalogue.slices[FunctionEntry.customCode]),
            let profile = self.catalogue.entry(FunctionEntry.sliceCode)
        else { throw self.ask("object.type", "Which type of slice is meant?", options: ["eMBB", "URLLC", "mMTC", "V2X"]) }
        let name = try self.label(self.object.name, field: "object.name")
        var expectation = self.expectation
        expectation.targets.removeAll { self.isManaged($0) }

        if self.expectation.verb == .deploy {
            let place = try self.newPlace()
            let (instance, id) = try await self.sliceToDeploy(slice, name: name, at: place, draft: draft)
            expectation.context.slice = id
            let identity = PackageIdentity(cluster: place.cluster, namespace: place.namespace, instance: instance, function: FunctionEntry.sliceCode)
            _ = try await self.addPolicies(into: &draft)
            try await self.deploy(identity, entry: profile, expectation: expectation, profile: slice, into: &draft)
            for code in slice.functions {
                guard let entry = self.catalogue.entry(code) else { continue }
                let member = PackageIdentity(
                    cluster: place.cluster, namespace: place.namespace, instance: "\(instance)-\(entry.name)", function: code, partOf: instance)
                try await self.deploy(member, entry: entry, expectation: expectation.sizing, into: &draft)
            }
            if let id = expectation.context.slice { try await self.admit(id, called: instance, at: place, into: &draft) }
            return
        }

        let found = try await self.slicesMeant(slice, name: name, draft: draft)
        var step = self
        // Its policies are for the slice there is, whose SD a text need not repeat.
        if let id = found.first?.id?.normal, id.sd != nil, step.context.slice?.sd == nil { step.expectation.context.slice = id }
        let isMapped =
            self.expectation.verb == .restart || self.expectation.verb == .rollback || self.expectation.verb == .migrate
            ? false : try await step.addPolicies(into: &draft)
        guard let item = found.first?.item else {
            if isMapped { return }
            throw try await self.noSlice(slice, name: name, draft: draft)
        }
        var members: [InventoryItem] = []
        for code in slice.functions {
            guard let entry = self.catalogue.entry(code) else { continue }
            members += try await self.candidates(function: code, instance: "\(item.instance)-\(entry.name)", draft: draft).filter {
                $0.cluster == item.cluster && $0.namespace == item.namespace
            }
        }
        // The S-NSSAI says which slice, and becomes no part of it.
        step.expectation.context.slice = nil
        expectation.context.slice = nil
        switch self.expectation.verb {
        case .remove, .migrate:
            try await self.withdraw(item, into: &draft)
            for item in [item] + members { try await step.change(self.identity(of: item), entry: self.entry(of: item), into: &draft) }
            // Where it goes it is listed, too.
            let moved = draft.packages.first {
                $0.identity.function == FunctionEntry.sliceCode && $0.identity.instance == item.instance && $0.identity.path != item.path && $0.files != nil
            }
            if self.expectation.verb == .migrate, let identity = moved?.identity, let id = found.first?.id {
                // A migration sees only what is at its origin.
                var there = self
                there.expectation.verb = .configure
                there.expectation.context = Context()
                (there.expectation.context.cluster, there.expectation.context.namespace) = (identity.cluster, identity.namespace)
                try await there.admit(id, called: item.instance, at: (identity.cluster, identity.namespace), into: &draft)
            }
        case .restart:
            if members.isEmpty { throw self.nothingRuns(item.instance) }
            for item in members { try await step.change(self.identity(of: item), entry: self.entry(of: item), into: &draft) }
        case .rollback:
            try await step.change(self.identity(of: item), entry: profile, into: &draft)
        default:
            var sizing = step
            sizing.expectation = expectation.sizing
            // It lies in cells; its functions are not told.
            for place in ["cell", "gnb"] { sizing.expectation.context.forget(place) }
            let isTold = self.expectation.verb == .configure && !isMapped && !sizing.expectation.context.identifiers.isEmpty
            if !sizing.expectation.targets.isEmpty || isTold { try await sizing.change(members, into: &draft) }
            if expectation.sizing.targets.count < expectation.targets.count || !isMapped && expectation.sizing.targets.isEmpty {
                try await step.edit(self.identity(of: item), entry: profile, expectation: expectation, into: &draft)
            }
        }
    }

    // MARK: Policies

    private enum Otherwise { case refuse, package }

    private func isManaged(_ target: Target) -> Bool { self.planner.policies?.isManaged(target, in: self.expectation) ?? false }

    /// Whether all that is said is an element's to be configured, and it is planned.
    private func planManaged(into draft: inout PlanDraft) async throws -> Bool {
        let managed = self.expectation.targets.filter { self.isManaged($0) }
        guard !managed.isEmpty else { return false }
        // What becomes of a workload is no configuration of it.
        let verb = self.expectation.verb
        let deed = [.deploy, .migrate, .restart, .rollback].contains(verb) ? ["to \(verb == .rollback ? "roll back" : verb.rawValue) it"] : []
        let others = deed + self.expectation.targets.filter { !self.isManaged($0) }.map(\.attribute)
        guard others.isEmpty else {
            if self.object.kind == .networkSlice, deed.isEmpty { return false }
            let ours = managed.map(\.attribute).joined(separator: ", ")
            throw PlanningStop.refuse(
                Problem(
                    status: 422, code: "mixed_targets", title: "Two intents in one",
                    detail: "\(ours) is configured on the element, \(others.joined(separator: ", ")) is of its package: say them apart."))
        }
        return try await self.addPolicies(into: &draft)
    }

    /// Whether the expectation, or a part of it, became policies.
    private func addPolicies(into draft: inout PlanDraft) async throws -> Bool {
        guard let planning = self.planner.policies else { return false }
        let result: PolicyPlanningResult = try await planning.policies(for: self.expectation, request: self.request)
        switch result {
        case .policies(let changes, let notes):
            draft.policies += changes
            for note in notes { draft.note(note) }
            return !changes.isEmpty
        case .notMapped: return false
        case .clarify(let questions): throw PlanningStop.ask(questions)
        case .refuse(let problem): throw PlanningStop.refuse(problem)
        }
    }

    private func planPolicies(into draft: inout PlanDraft, orElse otherwise: Otherwise) async throws {
        if try await self.addPolicies(into: &draft) { return }
        let called = "\(self.object.type ?? "RAN") \(self.object.kind == .policy ? "policy" : "behaviour")"
        let isAboutThing = [.remove, .migrate, .restart, .rollback].contains(self.expectation.verb)
        if self.expectation.targets.isEmpty, !(isAboutThing && otherwise == .package) {
            throw self.ask("targets", "What shall the \(called) reach, in figures?", options: [])
        }
        guard otherwise == .package, let entry = self.catalogue.entry(FunctionEntry.policyCode) else {
            throw PlanningStop.refuse(
                Problem(
                    status: 422, code: "not_mapped", title: "No policy type covers this",
                    detail:
                        "The targets \(self.expectation.targets.map(\.attribute).joined(separator: ", ")) of the \(called) have no counterpart in a policy type of the RAN controllers."
                ))
        }
        let instance = try self.label(self.object.name, field: "object.name") ?? "policy-\((self.object.type ?? "custom").lowercased())"
        let place = try self.newPlace()
        let identity = PackageIdentity(cluster: place.cluster, namespace: place.namespace, instance: instance, function: FunctionEntry.policyCode)
        if self.expectation.verb == .deploy || self.expectation.verb == .configure || self.expectation.verb == .optimize {
            try await self.deploy(identity, entry: entry, expectation: self.expectation, into: &draft)
            draft.note("No policy type of the RAN controllers covers the \(called); it is published as configuration.")
        } else {
            let found = try await self.candidates(function: FunctionEntry.policyCode, instance: instance, draft: draft)
            if found.isEmpty { throw self.nothingThere(called: called) }
            try self.onePlace(found, called: called)
            for item in found { try await self.change(self.identity(of: item), entry: entry, into: &draft) }
        }
    }
}

extension Expectation {
    /// The same with only what sizes a workload.
    fileprivate var sizing: Expectation {
        let attributes: Set<String> = [
            "replicas", "minReplicas", "maxReplicas", "cpu", "memory", "storage", "targetCPUUtilization", "targetMemoryUtilization", "autoscaling",
            "highAvailability",
        ]
        var copy = self
        copy.targets = self.targets.filter { attributes.contains($0.attribute) }
        return copy
    }
}

extension Catalogue {
    /// The entry of a code; upper and lower case do not matter.
    package func entry(_ code: String) -> FunctionEntry? {
        self.functions[code] ?? self.functions.values.first { $0.code.lowercased() == code.lowercased() }
    }
}

extension FunctionEntry {
    /// Stands in for what neither the catalogue nor its `Custom` entry describes; a loaded catalogue always has that.
    static let unknown = FunctionEntry(
        code: customCode, name: "custom", description: "", kind: "NetworkFunction", workload: .deployment, image: nil, command: [], arguments: [],
        environment: [],
        ports: [], readiness: nil, liveness: nil, resources: Resources(cpuRequest: 100, cpuLimit: 200, memoryRequest: 128, memoryLimit: 128, storage: nil),
        replicas: Replicas(standard: 1, highAvailability: 3, range: 0...100),
        security: Security(user: 10001, capabilities: [], readOnlyRoot: true, exception: nil),
        configuration: nil, writablePaths: [], dataPath: "/data", capacity: Capacity(), peers: nil, reachesOutside: false)
}
