import IntentModel

/// A published slice, and the S-NSSAI that its package keeps; nil where that keeps none.
struct KnownSlice {
    let item: InventoryItem
    let id: SliceID?
}

extension PlanningStep {
    // MARK: Which slice

    /// The slices that a change is about: of this name, else of the S-NSSAI that the text has, else of the type's SST. A slice of another
    /// S-NSSAI is another slice, whatever type it has. Asks where several are meant; empty where there is none.
    func slicesMeant(_ slice: SliceEntry, name: String?, draft: PlanDraft) async throws -> [KnownSlice] {
        let usual = Self.usualName(of: slice)
        guard let said = self.context.slice ?? slice.sst.map({ SliceID(sst: $0) }) else {
            return try await self.knownSlices(name: name ?? usual, draft: draft)
        }
        let all = try await self.knownSlices(name: name, draft: draft)
        // A name is enough, also of a type that the slice was not made as; an S-NSSAI beside it must be its own.
        let isMeant = { (known: KnownSlice) -> Bool in
            if name != nil, self.context.slice == nil { return true }
            guard let id = known.id else { return name != nil || said.sd == nil && known.item.instance == usual }
            return id.isMeant(by: said, exactly: self.isSettled("context.slice"))
        }
        let meant = all.filter(isMeant)
        if let name, meant.isEmpty, let other = all.first?.id {
            throw self.ask("context.slice", "\(name) is slice \(other.text), not \(said.text). Which one is meant?", options: [other.text])
        }
        try self.onePlace(meant.map(\.item), called: self.called(slice))
        guard meant.count > 1, name == nil else { return meant }
        let ids = meant.compactMap { $0.id?.normal.text }.uniqued
        let place = meant.first?.item.namespace ?? ""
        if ids.count == meant.count {
            throw self.ask("context.slice", "There are \(meant.count) slices with SST \(said.sst) in \(place). Which one is meant?", options: ids)
        }
        throw self.ask("object.name", "There are \(meant.count) slices \(said.text) in \(place). Which one is meant?", options: meant.map(\.item.instance))
    }

    /// What a slice to be deployed is called, and its S-NSSAI: that of the one there is, which is deployed again, or of a new one.
    func sliceToDeploy(_ slice: SliceEntry, name: String?, at place: (cluster: String, namespace: String), draft: PlanDraft) async throws
        -> (instance: String, id: SliceID?)
    {
        let usual = Self.usualName(of: slice)
        guard let said = self.context.slice ?? slice.sst.map({ SliceID(sst: $0) }) else { return (name ?? usual, nil) }
        let there = try await self.knownSlices(name: nil, draft: draft).filter { $0.item.cluster == place.cluster && $0.item.namespace == place.namespace }
        let isExact = said.sd != nil || self.isSettled("context.slice")
        if let name {
            if let known = there.first(where: { $0.item.instance == name }) {
                guard let id = known.id, !id.isMeant(by: said, exactly: false) else { return (name, known.id ?? said) }
                throw self.ask(
                    "object.name",
                    "\(name) in \(place.namespace) is slice \(id.text), and a slice keeps its S-NSSAI. What shall slice \(said.text) be called?")
            }
            if said.sd != nil, let other = there.first(where: { $0.id?.normal == said.normal })?.item.instance {
                throw self.ask("object.name", "Slice \(said.text) in \(place.namespace) is called \(other). Which slice is meant?", options: [other])
            }
            return (name, said)
        }
        let same = there.filter { $0.id.map { $0.normal == said.normal } ?? (!isExact && $0.item.instance == usual) }
        if same.count > 1 {
            throw self.ask(
                "object.name", "There are \(same.count) slices \(said.text) in \(place.namespace). Which one is meant?", options: same.map(\.item.instance))
        }
        if let known = same.first { return (known.item.instance, known.id ?? said) }
        let others = there.compactMap(\.id).filter { $0.sst == said.sst }
        // Neither taken for the one there is nor put beside it.
        if !isExact, !others.isEmpty {
            let ids = others.map(\.normal.text)
            throw self.ask(
                "context.slice",
                "\(place.namespace) has slice \(ids.joined(separator: ", ")) with SST \(said.sst) already. Which slice is meant? Say its SST and SD; \(said.sst) alone is a new one without SD.",
                options: ids + [SliceID(sst: said.sst).text])
        }
        let isTaken = there.contains { $0.item.instance == usual }
        return (isTaken ? "\(usual)-\(said.normal.sd ?? String(said.sst))" : usual, said)
    }

    /// What to ask when there is no slice of this S-NSSAI, type or name.
    func noSlice(_ slice: SliceEntry, name: String?, draft: PlanDraft) async throws -> PlanningStop {
        let called = name.map { "slice \($0)" } ?? self.called(slice)
        guard self.expectation.verb == .migrate else { return self.nothingThere(called: called) }
        let (cluster, namespace) = (self.statedCluster, try self.statedNamespace())
        guard cluster != nil || namespace != nil else { return self.nothingThere(called: called) }
        guard name == nil, let said = self.context.slice ?? slice.sst.map({ SliceID(sst: $0) }) else {
            return try await self.absent(called: called, function: FunctionEntry.sliceCode, instance: name ?? Self.usualName(of: slice))
        }
        // It may have been moved before.
        for item in try await self.inventory.items(function: FunctionEntry.sliceCode, instance: nil, namespace: namespace, cluster: cluster) {
            guard let id = try await self.sliceID(of: item, draft: draft), id.isMeant(by: said, exactly: false) else { continue }
            return try await self.absent(called: called, function: FunctionEntry.sliceCode, instance: item.instance)
        }
        return self.nothingThere(called: called)
    }

    private static func usualName(of slice: SliceEntry) -> String { "slice-\(slice.type.lowercased())" }

    private func called(_ slice: SliceEntry) -> String {
        guard let said = self.context.slice, said.sd != nil || self.object.type == nil else { return "\(slice.type) slice" }
        return "slice \(said.text)"
    }

    private func knownSlices(name: String?, draft: PlanDraft) async throws -> [KnownSlice] {
        var known: [KnownSlice] = []
        for item in try await self.candidates(function: FunctionEntry.sliceCode, instance: name, draft: draft) {
            known.append(KnownSlice(item: item, id: try await self.sliceID(of: item, draft: draft)))
        }
        return known
    }

    /// The S-NSSAI that a package keeps of what intents said; nil where it keeps none. Throws what makes it unreadable: that may be the
    /// slice that is meant.
    func sliceID(of item: InventoryItem, draft: PlanDraft) async throws -> SliceID? {
        let identity = self.identity(of: item)
        guard let package = try await self.package(identity, draft: draft), let files = package.files else { return nil }
        var contents = PackageContents(files)
        return SliceID(try contents.state(of: identity, entry: self.entry(of: item)).parameters)
    }
}

extension PlanningStep {
    // MARK: The functions of a slice

    /// Of functions that slices bring, those of the slice that says where; one that keeps no S-NSSAI may be anybody's.
    func functions(_ found: [InventoryItem], entry: FunctionEntry, draft: PlanDraft) async throws -> [InventoryItem] {
        guard let said = self.context.slice, self.catalogue.slices.values.contains(where: { $0.functions.contains(entry.code) }) else { return found }
        switch self.expectation.verb {
        case .configure where entry.configurable.contains("slice"), .deploy, .report: return found
        default: break
        }
        var (own, unknown): ([InventoryItem], [InventoryItem]) = ([], [])
        for item in found {
            guard let id = try await self.sliceID(of: item, draft: draft) else {
                unknown.append(item)
                continue
            }
            if id.isMeant(by: said, exactly: false) { own.append(item) }
        }
        return own.isEmpty ? unknown : own
    }
}

extension SliceID {
    /// That a package keeps of what intents said; a person may have put its SST in quotes.
    init?(_ parameters: Parameters) {
        guard let slice = parameters.value("context", "slice"), let sst = slice["sst"]?.string.flatMap({ Int($0) }) else { return nil }
        self.init(sst: sst, sd: slice["sd"]?.string)
    }

    /// One spelling of each: in lower case, without the SD that stands for none (3GPP TS 23.003 clause 28.4.2).
    var normal: SliceID {
        let sd = self.sd?.lowercased()
        return SliceID(sst: self.sst, sd: sd == "ffffff" ? nil : sd)
    }

    /// `1-0000a1`, or the SST alone.
    var text: String { [String(self.sst), self.sd].compactMap { $0 }.joined(separator: "-") }

    /// A text that has no SD means every slice of the SST, unless it is `exactly` that one without.
    func isMeant(by said: SliceID, exactly: Bool) -> Bool {
        said.sd == nil && !exactly ? self.sst == said.sst : self.normal == said.normal
    }
}
