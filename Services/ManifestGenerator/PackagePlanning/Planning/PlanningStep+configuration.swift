import IntentModel

extension PlanningStep {
    /// What is said of the network — PLMN, TAC, slice, data network, cell, gNB — goes into the function's own configuration, line by line.
    /// A line that somebody has changed by hand since an intent published it is asked about, like any other value.
    func configure(_ contents: inout PackageContents, of package: PlanDraft.Package, wanted: WorkloadState, entry: FunctionEntry, draft: inout PlanDraft)
        async throws
    {
        let said = self.saidOfNetwork
        guard !said.isEmpty, self.expectation.verb == .configure || self.expectation.verb == .deploy, let configuration = entry.configuration else { return }
        let identity = package.identity
        let values = TemplateValues(identity: identity, context: Context(wanted.parameters), parameters: wanted.parameters, database: nil)
        var published: PackageContents?
        if let base = package.base, let last = try await self.inventory.lastPublished(path: identity.path), last.tree != base.tree {
            published = PackageContents(last.files)
        }
        var texts: [(file: String, text: String)] = []
        var edits: [Clarification] = []
        for (file, template) in [(configuration.file, configuration.content)] + configuration.besides.map({ ($0.file, $0.content) }) {
            let places = ContextLines(template, values: values)
            guard places.lines.contains(where: { !$0.fields.isDisjoint(with: said) }), let text = try contents.configuration(file, of: identity) else {
                continue
            }
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let found = places.places(in: lines)
            let original = (try? published?.configuration(file, of: identity))?.split(separator: "\n", omittingEmptySubsequences: false)
            let before = original.map { places.places(in: $0) } ?? [:]
            var missing: Set<String> = []
            for (index, line) in places.lines.enumerated() where !line.fields.isDisjoint(with: said) {
                guard let place = found[index] else {
                    missing.formUnion(line.fields.intersection(said))
                    continue
                }
                let ours = line.filled(values)
                guard ours != lines[place] else { continue }
                if let original, let was = before[index], original[was] != lines[place], let edit = self.question(line, lines[place], of: identity, in: file) {
                    edits.append(edit)
                    continue
                }
                draft.note("\(file) of \(identity.instance): “\(lines[place].trimmed)” becomes “\(ours[...].trimmed)”.")
                lines[place] = ours[...]
            }
            if !missing.isEmpty {
                let names = missing.sorted().joined(separator: ", ")
                draft.note("\(file) of \(identity.instance) does not say \(names) where the catalogue has it: it is in \(Parameters.file) alone.")
            }
            let changed = lines.joined(separator: "\n")
            if changed != text { texts.append((file, changed)) }
        }
        if !edits.isEmpty {
            // One answer cannot be that of all functions of a core, each of which has edits of its own.
            guard self.members == 1 else {
                throw PlanningStop.refuse(
                    Problem(
                        status: 409, code: "edited_by_hand", title: "Somebody changed it by hand",
                        detail: "The configuration of \(identity.instance) was changed by hand since an intent published it, and this would undo it. "
                            + "Ask for \(identity.instance) on its own, or change it by hand, too."))
            }
            var fields: Set<String> = []
            throw PlanningStop.ask(edits.filter { fields.insert($0.field).inserted })
        }
        try contents.write(configuration: texts, objects: PackageObjects(identity: identity, entry: entry))
    }

    /// The parts of the network context that the text has, as ``TemplateValues/fields`` calls them.
    private var saidOfNetwork: Set<String> {
        var said: Set<String> = []
        // The S-NSSAI of a slice type is nothing that was said.
        if self.context.slice != nil { said.insert("slice") }
        for (name, value) in [
            ("plmn", self.context.plmn), ("dnn", self.context.dnn), ("tac", self.context.tac), ("cell", self.context.cell), ("gnb", self.context.gnb),
        ] where value != nil { said.insert(name) }
        if self.expectation.target("physicalCellId")?.value.number != nil { said.insert("physicalCellId") }
        return said
    }

    /// About a line that a person changed; nil once that is settled.
    private func question(_ line: ContextLines.Line, _ theirs: Substring, of identity: PackageIdentity, in file: String) -> Clarification? {
        guard let name = line.fields.intersection(self.saidOfNetwork).min() else { return nil }
        let field = name == "physicalCellId" ? "targets.\(name)" : "context.\(name)"
        guard !self.isSettled(field) else { return nil }
        return Clarification(
            expectation: self.expectation.id, field: field,
            question: "Somebody changed “\(theirs.trimmed)” in \(file) of \(identity.instance) by hand. Which \(name) shall it have?", options: [])
    }
}

extension Substring {
    fileprivate var trimmed: String { String(self.drop { $0 == " " }) }
}
