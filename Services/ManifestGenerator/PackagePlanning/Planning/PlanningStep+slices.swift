import IntentModel

/// A slice is served by an SMF and UPF of its own, and no UE gets it that the AMF and NSSF of its namespace do not admit to it.
extension PlanningStep {
    /// Adds a slice that is deployed to the functions there that list them.
    func admit(_ slice: SliceID, called name: String, at place: (cluster: String, namespace: String), into draft: inout PlanDraft) async throws {
        let text = slice.text
        for entry in self.catalogue.functions.values.sorted(by: { $0.code < $1.code }) where entry.admitsSlices {
            let items = try await self.candidates(function: entry.code, instance: nil, draft: draft).filter {
                $0.cluster == place.cluster && $0.namespace == place.namespace
            }
            guard let item = items.first else {
                draft.note("No \(entry.code) in \(place.namespace) admits UEs to the slice \(text): one that is deployed there will.")
                continue
            }
            guard items.count == 1 else {
                draft.note(
                    "\(items.map(\.instance).joined(separator: ", ")) in \(place.namespace) are left as they are: which of them admits UEs to \(text) was not said."
                )
                continue
            }
            let identity = self.identity(of: item)
            guard var package = try await self.package(identity, draft: draft), let files = package.files else { continue }
            var contents = PackageContents(files)
            guard try await self.admit(slice, in: &contents, identity, entry: entry) else {
                draft.note("\(item.instance) does not list slices as the catalogue has it: add \(text) there.")
                continue
            }
            guard contents.files != files else { continue }
            for path in contents.lostComments { draft.note("The comments of \(identity.path)/\(path) are not kept.") }
            let state = try contents.state(of: identity, entry: entry)
            package.files = contents.files
            if package.base != nil { package.states.before = package.states.before ?? state }
            self.measure(&package, state, entry: entry)
            self.mark(&package, figures: [Figure(name: "slices", value: "+\(text)", source: .derived, reason: "admits UEs to \(name)")])
            draft.put(package)
        }
    }

    /// Adds the slices that are there already to a function that lists them and is new.
    func admitSlices(in package: inout PlanDraft.Package, entry: FunctionEntry, draft: inout PlanDraft) async throws {
        let identity = package.identity
        let there = try await self.candidates(function: FunctionEntry.sliceCode, instance: nil, draft: draft).filter {
            $0.cluster == identity.cluster && $0.namespace == identity.namespace
        }
        guard !there.isEmpty, let files = package.files, let profile = self.catalogue.entry(FunctionEntry.sliceCode) else { return }
        var contents = PackageContents(files)
        for item in there {
            guard let published = try await self.package(self.identity(of: item), draft: draft)?.files else { continue }
            var own = PackageContents(published)
            // What a person made unreadable is told to whoever changes it.
            guard let state = try? own.state(of: self.identity(of: item), entry: profile), let slice = SliceID(state.parameters) else { continue }
            _ = try await self.admit(slice, in: &contents, identity, entry: entry)
        }
        package.files = contents.files
    }

    /// Takes a slice that is removed from the functions there that list it, unless another one has the same S-NSSAI.
    func withdraw(_ item: InventoryItem, into draft: inout PlanDraft) async throws {
        guard let profile = self.catalogue.entry(FunctionEntry.sliceCode), let published = try await self.package(self.identity(of: item), draft: draft)?.files
        else { return }
        var own = PackageContents(published)
        guard let slice = SliceID(try own.state(of: self.identity(of: item), entry: profile).parameters) else { return }
        let place = (cluster: item.cluster, namespace: item.namespace)
        func isThere(_ other: InventoryItem) -> Bool { other.cluster == place.cluster && other.namespace == place.namespace }
        for other in try await self.candidates(function: FunctionEntry.sliceCode, instance: nil, draft: draft) where isThere(other) && other.path != item.path {
            guard let files = try await self.package(self.identity(of: other), draft: draft)?.files else { continue }
            var contents = PackageContents(files)
            if let state = try? contents.state(of: self.identity(of: other), entry: profile), SliceID(state.parameters)?.normal == slice.normal { return }
        }
        for entry in self.catalogue.functions.values.sorted(by: { $0.code < $1.code }) where entry.admitsSlices {
            for item in try await self.candidates(function: entry.code, instance: nil, draft: draft) where isThere(item) {
                let identity = self.identity(of: item)
                guard var package = try await self.package(identity, draft: draft), let files = package.files, let configuration = entry.configuration else {
                    continue
                }
                var contents = PackageContents(files)
                guard let text = try contents.configuration(configuration.file, of: identity) else { continue }
                let state = try contents.state(of: identity, entry: entry)
                let values = Self.values(of: slice, identity, entry, state)
                let changed = SliceItems(configuration.content, values: values).removing(values, from: text)
                guard changed != text else { continue }
                try contents.write(configuration: [(configuration.file, changed)], objects: PackageObjects(identity: identity, entry: entry))
                for path in contents.lostComments { draft.note("The comments of \(identity.path)/\(path) are not kept.") }
                package.files = contents.files
                if package.base != nil { package.states.before = package.states.before ?? state }
                self.measure(&package, state, entry: entry)
                self.mark(&package, figures: [Figure(name: "slices", value: "−\(slice.text)", source: .derived, reason: "the slice is removed")])
                draft.put(package)
            }
        }
    }

    /// What stands in the configuration of a function for a slice that it admits.
    private static func values(of slice: SliceID, _ identity: PackageIdentity, _ entry: FunctionEntry, _ state: WorkloadState) -> TemplateValues {
        var identity = identity
        // Whose core it is, is in its name.
        if identity.core.isEmpty, identity.instance.hasSuffix("-\(entry.name)") { identity.core = String(identity.instance.dropLast(entry.name.count)) }
        var context = Context(state.parameters)
        context.slice = slice
        return TemplateValues(identity: identity, context: context, parameters: state.parameters, database: nil)
    }

    /// - Returns: false where nothing lists slices as the catalogue has it.
    private func admit(_ slice: SliceID, in contents: inout PackageContents, _ identity: PackageIdentity, entry: FunctionEntry) async throws -> Bool {
        guard let configuration = entry.configuration, let text = try contents.configuration(configuration.file, of: identity) else { return false }
        let values = Self.values(of: slice, identity, entry, try contents.state(of: identity, entry: entry))
        guard let changed = SliceItems(configuration.content, values: values).adding(values, to: text) else { return false }
        if changed != text { try contents.write(configuration: [(configuration.file, changed)], objects: PackageObjects(identity: identity, entry: entry)) }
        return true
    }
}
