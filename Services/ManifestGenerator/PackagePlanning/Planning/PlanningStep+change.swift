import GitObjects
import IntentModel

extension PlanningStep {
    // MARK: Deploy

    /// Something new; or, where the instance exists, what the text says of it and no more.
    func deploy(_ identity: PackageIdentity, entry: FunctionEntry, expectation: Expectation, profile: SliceEntry? = nil, into draft: inout PlanDraft)
        async throws
    {
        if let package = try await self.package(identity, draft: draft), package.files != nil {
            let function = try await self.publishedFunction(package, identity)
            guard function == nil || function == identity.function else {
                throw self.ask(
                    "object.name",
                    "\(identity.instance) in \(identity.namespace) is a \(function ?? "") already. What shall the \(identity.function) be called?")
            }
            return try await self.edit(identity, entry: entry, expectation: expectation, into: &draft)
        }
        var initial = WorkloadState(entry)
        var figures = self.placeFigures(identity)
        if let profile {
            for (attribute, value) in profile.profile where expectation.target(attribute) == nil {
                let unit = Attribute.unit(of: attribute)
                initial.parameters.set("objectives", attribute, .compact(["value": .decimal(value), "unit": unit.map { .text($0) }]))
                figures.append(
                    Figure(
                        name: attribute, value: [TargetValue.number(value).description, unit].compactMap { $0 }.joined(separator: " "), source: .default,
                        reason: "the profile of \(profile.type) slices"))
            }
            initial.parameters.set("settings", "sliceType", .text(profile.type))
        }
        let cluster = self.planner.inventory[identity.cluster]
        let form = cluster?.form ?? self.planner.form
        let sizing = SizingPlan(
            expectation, entry: entry, rules: self.catalogue.rules, current: initial, isNew: true, sliceIsStandard: self.context.slice == nil,
            cluster: cluster)
        if let refusal = sizing.refusal { throw PlanningStop.refuse(refusal) }
        if !sizing.questions.isEmpty { throw PlanningStop.ask(sizing.questions) }
        for note in sizing.notes { draft.note(note) }
        var package = try await self.package(identity, draft: draft) ?? PlanDraft.Package(identity: identity)
        package.identity = identity
        package.files = self.planner.renderer.files(
            identity, entry: entry, state: sizing.wanted, context: expectation.context, form: form,
            database: try await self.database(for: identity, entry: entry, draft: draft))
        if form == .nephio, let provider = entry.nephio?.provider {
            figures.append(Figure(name: "operator", value: provider, source: .default, reason: "the cluster's packages have the Nephio form"))
        }
        if entry.admitsSlices { try await self.admitSlices(in: &package, entry: entry, draft: &draft) }
        self.measure(&package, sizing.wanted, entry: entry)
        self.mark(&package, figures: figures + sizing.figures + (package.resources.map(self.figures) ?? []))
        draft.put(package)
        try await self.noteDependencies(of: entry, identity: identity, draft: &draft)
    }

    /// How it reaches its core's database: as that is planned or published, else nil.
    private func database(for identity: PackageIdentity, entry: FunctionEntry, draft: PlanDraft) async throws -> StoreAddress? {
        guard entry.reachesDatabase, let store = self.catalogue.functions[FunctionEntry.databaseCode] else { return nil }
        let there = PackageIdentity(
            cluster: identity.cluster, namespace: identity.namespace, instance: "\(identity.core)\(store.name)", function: store.code)
        if draft.package(at: there.path) == nil {
            // As it is asked for what a function depends on.
            let items = try await self.inventory.items(function: store.code, instance: nil, namespace: there.namespace, cluster: there.cluster)
            guard items.contains(where: { $0.instance == there.instance }) else { return nil }
        }
        guard let package = try await self.package(there, draft: draft), let files = package.files else { return nil }
        if let planned = package.states.after { return StoreAddress(store, instance: there.instance, members: planned.members) }
        var contents = PackageContents(files)
        // What a person made unreadable is reached as the catalogue would have it; whoever changes it is told.
        guard let state = try? contents.state(of: there, entry: store) else { return nil }
        return StoreAddress(store, instance: there.instance, members: state.members)
    }

    /// What it takes, and the state that approval and the capacity of the cluster are decided by.
    func measure(_ package: inout PlanDraft.Package, _ state: WorkloadState, entry: FunctionEntry) {
        guard entry.workload != .none else { return }
        package.states.after = state
        let prices = self.planner.inventory[package.identity.cluster]?.prices ?? self.catalogue.rules.prices
        package.resources = ResourcePlan(state, entry: entry, prices: prices)
    }

    private func figures(of resources: ResourcePlan) -> [Figure] {
        var figures: [Figure] = []
        if !resources.dependsOn.isEmpty {
            figures.append(
                Figure(name: "dependsOn", value: resources.dependsOn.joined(separator: ", "), source: .default, reason: "what it needs, in this order"))
        }
        figures.append(
            Figure(
                name: "cost", value: "\(TargetValue.number(resources.monthlyCost)) USD a month", source: .derived,
                reason: "\(resources.replicas) × what is requested, 730 hours, at the prices of the catalogue or the cluster"))
        return figures
    }

    /// Tells what a function needs and neither is there nor comes with it: it will not work alone.
    private func noteDependencies(of entry: FunctionEntry, identity: PackageIdentity, draft: inout PlanDraft) async throws {
        guard self.object.kind == .networkFunction || self.object.kind == .application else { return }
        let codes = entry.dependencies.filter { code in !draft.packages.contains { $0.identity.function == code && $0.files != nil } }
        for code in try await self.missing(codes, beside: identity) {
            draft.note("\(entry.code) needs \(Self.article(code)) \(code) in \(identity.namespace), and there is none.")
        }
    }

    /// Those of which there is none. All are asked about at once: one after the other, each would be waited for.
    private func missing(_ codes: [String], beside identity: PackageIdentity) async throws -> [String] {
        let (inventory, namespace, cluster) = (self.inventory, identity.namespace, identity.cluster)
        var there: Set<String> = []
        try await withThrowingTaskGroup(of: (code: String, isThere: Bool).self) { group in
            for code in codes {
                group.addTask {
                    (code, try await !inventory.items(function: code, instance: nil, namespace: namespace, cluster: cluster).isEmpty)
                }
            }
            for try await answer in group where answer.isThere { there.insert(answer.code) }
        }
        return codes.filter { !there.contains($0) }
    }

    /// By how it is spoken: letters of an abbreviation one by one ("an NRF", "a UPF"), a word as one ("a Database").
    static func article(_ code: String) -> String {
        let isAbbreviation = code.dropFirst().first.map { $0.isUppercase || !$0.isLetter } ?? true
        return code.first.map { (isAbbreviation ? "AEFHILMNORSX" : "AEIOU").contains($0.uppercased()) } == true ? "an" : "a"
    }

    private func placeFigures(_ identity: PackageIdentity) -> [Figure] {
        func figure(_ name: String, _ value: String, said: String?, requested: String?, otherwise: String) -> Figure {
            if said != nil { return Figure(name: name, value: value, source: .text, reason: "the text says so") }
            if requested != nil { return Figure(name: name, value: value, source: .request, reason: "the request says so") }
            return Figure(name: name, value: value, source: .default, reason: otherwise)
        }
        return [
            figure(
                "cluster", identity.cluster, said: self.context.cluster ?? (self.request.cluster == nil ? self.statedCluster : nil),
                requested: self.request.cluster, otherwise: self.planner.reason(for: identity.cluster)),
            figure("namespace", identity.namespace, said: self.context.namespace, requested: self.request.namespace, otherwise: "no namespace was said"),
            figure("instance", identity.instance, said: self.object.name, requested: nil, otherwise: "the function's name"),
        ]
    }

    // MARK: Changes of what is there

    func change(_ identity: PackageIdentity, entry: FunctionEntry, into draft: inout PlanDraft) async throws {
        switch self.expectation.verb {
        case .deploy, .scale, .configure, .optimize: try await self.edit(identity, entry: entry, expectation: self.expectation, into: &draft)
        case .remove: try await self.remove(identity, into: &draft)
        case .restart: try await self.restart(identity, entry: entry, into: &draft)
        case .migrate: try await self.migrate(identity, entry: entry, into: &draft)
        case .rollback: try await self.rollback(identity, entry: entry, into: &draft)
        case .report: break
        }
    }

    /// Edits the published package: what the text says changes, a person's own edits stay.
    func edit(_ identity: PackageIdentity, entry: FunctionEntry, expectation: Expectation, into draft: inout PlanDraft) async throws {
        guard var package = try await self.package(identity, draft: draft), let files = package.files else {
            throw self.nothingThere(called: identity.function)
        }
        var contents = PackageContents(files)
        let current = try contents.state(of: identity, entry: entry)
        let sizing = SizingPlan(
            expectation, entry: entry, rules: self.catalogue.rules, current: current, isNew: false, sliceIsStandard: self.context.slice == nil,
            cluster: self.planner.inventory[identity.cluster],
            direction: expectation.target("replicas").flatMap {
                SaidDirection(self.expectation, to: $0, in: self.request.intent, self.catalogue.rules.directions)
            })
        if let refusal = sizing.refusal { throw PlanningStop.refuse(refusal) }
        if !sizing.questions.isEmpty { throw PlanningStop.ask(sizing.questions) }
        if !sizing.saysSomething, expectation.verb != .deploy {
            switch expectation.verb {
            case .scale: throw self.ask("targets.replicas", "How many replicas of \(identity.instance) shall run? There are \(current.replicas).")
            case .configure: throw self.ask("targets", "What shall be configured on \(identity.instance)?")
            default: throw self.ask("targets", "What shall \(identity.instance) be optimised for, in figures?")
            }
        }
        if entry.workload == .statefulSet, let storage = sizing.wanted.storage, let now = current.storage, storage != now {
            throw PlanningStop.refuse(
                Problem(
                    status: 422, code: "immutable_storage", title: "The storage of a StatefulSet cannot be changed in place",
                    detail: "\(identity.instance) has \(now) GiB per replica. Deploy another instance with \(storage) GiB and migrate to it."))
        }
        try await self.askAboutEdits(of: package, from: current, to: sizing.wanted, entry: entry)
        for note in sizing.notes { draft.note(note) }
        try contents.apply(sizing.wanted, over: current, identity: identity, entry: entry)
        try await self.configure(&contents, of: package, wanted: sizing.wanted, entry: entry, draft: &draft)
        for path in contents.lostComments { draft.note("The comments of \(identity.path)/\(path) are not kept.") }
        package.files = contents.files
        // What an earlier expectation of this intent brings into being is new, however a later one changes it.
        if entry.workload != .none { package.states.before = package.states.before ?? (package.base == nil ? nil : current) }
        self.measure(&package, sizing.wanted, entry: entry)
        self.mark(&package, figures: sizing.figures)
        draft.put(package)
    }

    private func remove(_ identity: PackageIdentity, into draft: inout PlanDraft) async throws {
        guard var package = try await self.package(identity, draft: draft) else { return }
        package.files = nil
        package.states.after = nil
        self.mark(&package, figures: [])
        draft.put(package)
    }

    private func restart(_ identity: PackageIdentity, entry: FunctionEntry, into draft: inout PlanDraft) async throws {
        guard var package = try await self.package(identity, draft: draft), let files = package.files else { return }
        var contents = PackageContents(files)
        guard entry.workload != .none else { throw self.nothingRuns(identity.instance) }
        let current = try contents.state(of: identity, entry: entry)
        var wanted = current
        wanted.restartedAt = self.acceptedAt ?? package.base?.tree ?? GitTree.id(of: files)
        try contents.apply(wanted, over: current, identity: identity, entry: entry)
        package.files = contents.files
        package.states.before = package.states.before ?? current
        self.measure(&package, wanted, entry: entry)
        self.mark(&package, figures: [Figure(name: "restart", value: wanted.restartedAt ?? "", source: .text, reason: "marks the pods, which rolls them")])
        draft.put(package)
    }

    func nothingRuns(_ instance: String) -> PlanningStop {
        self.unsupported("\(instance) is configuration: nothing of it runs that could be restarted.")
    }

    private func migrate(_ identity: PackageIdentity, entry: FunctionEntry, into draft: inout PlanDraft) async throws {
        var destination = identity
        if let cluster = self.statedCluster { destination.cluster = try self.known(cluster: cluster) }
        if let namespace = try self.label(self.context.namespace, field: "context.namespace") { destination.namespace = namespace }
        guard destination.path != identity.path else {
            if self.context.region != nil || self.context.zone != nil {
                return try await self.edit(identity, entry: entry, expectation: self.expectation, into: &draft)
            }
            let others = self.planner.clusters.filter { $0 != identity.cluster }
            throw self.ask(
                others.isEmpty ? "context.namespace" : "context.cluster",
                "Where shall \(identity.instance) move to\(others.isEmpty ? ", to which namespace" : "")?", options: others)
        }
        guard var package = try await self.package(identity, draft: draft), let files = package.files else { return }
        if let there = try await self.package(destination, draft: draft), there.files != nil {
            throw self.ask(
                "object.name", "There is a \(identity.instance) in \(destination.cluster)/\(destination.namespace) already. Where shall this one move to?")
        }
        var contents = PackageContents(files)
        let state = try contents.state(of: identity, entry: entry)
        try contents.move(from: identity, to: destination, entry: entry)
        var moved = PlanDraft.Package(identity: destination)
        moved.files = contents.files
        if entry.workload != .none { moved.states.before = state }
        self.measure(&moved, state, entry: entry)
        self.mark(
            &moved,
            figures: [
                Figure(name: "from", value: identity.path, source: .current, reason: "where it is published"),
                Figure(name: "to", value: destination.path, source: .text, reason: "the text says so"),
            ])
        draft.put(moved)
        package.files = nil
        self.mark(&package, figures: [Figure(name: "to", value: destination.path, source: .text, reason: "the text says so")])
        draft.put(package)
        draft.note("\(identity.path) is removed once \(destination.path) is seen healthy; where nothing watches the network, at once.")
    }

    private func rollback(_ identity: PackageIdentity, entry: FunctionEntry, into draft: inout PlanDraft) async throws {
        guard var package = try await self.package(identity, draft: draft), let files = package.files else { return }
        let revisions = try await self.inventory.revisions(path: identity.path)
        let earlier = Array(revisions.dropFirst())
        guard let previous = earlier.first else {
            throw PlanningStop.refuse(
                Problem(
                    status: 422, code: "no_earlier_revision", title: "There is no earlier revision", detail: "\(identity.path) has only the revision it is at.")
            )
        }
        guard let target = self.expectation.target("version") else {
            throw self.ask("targets.version", "To which revision of \(identity.instance) shall it return?", options: Array(earlier.prefix(5)))
        }
        let said = target.value.description.lowercased()
        let revision: String
        if ["previous", "last", "earlier", "before"].contains(said) {
            revision = previous
        } else if let known = revisions.first(where: { $0 == said || $0 == "v\(said)" }) {
            revision = known
        } else {
            throw self.ask("targets.version", "\(identity.instance) has no revision “\(target.value)”. Which one?", options: Array(earlier.prefix(5)))
        }
        guard let old = try await self.inventory.files(path: identity.path, revision: revision) else {
            throw self.ask(
                "targets.version", "The revision \(revision) of \(identity.instance) is not there any more. Which one?",
                options: earlier.filter { $0 != revision })
        }
        var (before, after) = (PackageContents(files), PackageContents(old.files))
        if entry.workload != .none {
            let current = try before.state(of: identity, entry: entry)
            package.states = (package.states.before ?? current, try after.state(of: identity, entry: entry))
        }
        package.files = old.files
        self.mark(
            &package, figures: [Figure(name: "revision", value: revision, source: .text, reason: target.evidence.map { "the text says “\($0)”" } ?? "stated")])
        draft.put(package)
    }

    // MARK: Parts

    /// The package as this intent has left it so far, else as it is published; nil when there is none.
    func package(_ identity: PackageIdentity, draft: PlanDraft) async throws -> PlanDraft.Package? {
        if let package = draft.package(at: identity.path) { return package }
        guard let published = try await self.inventory.files(path: identity.path) else { return nil }
        return PlanDraft.Package(identity: identity, base: published, files: published.files)
    }

    /// The function an existing directory says it is.
    private func publishedFunction(_ package: PlanDraft.Package, _ identity: PackageIdentity) async throws -> String? {
        var contents = PackageContents(package.files ?? [])
        guard let location = try contents.locate(kinds: ["Kptfile"]) else { return nil }
        return contents[location][["metadata", "labels", "nephoran.com/function"]]?.string
    }

    func mark(_ package: inout PlanDraft.Package, figures: [Figure]) {
        if !package.expectations.contains(self.expectation.id) { package.expectations.append(self.expectation.id) }
        for figure in figures {
            package.figures.removeAll { $0.name == figure.name }
            package.figures.append(figure)
        }
    }
}
