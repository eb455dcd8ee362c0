/// What is read from and changed on managed elements, in the terms of the 3GPP NRM.
package struct ElementConfiguration: Sendable {
    package let elements: [ElementClient]
    package let classes: ManagedClassCatalogue

    package init(_ elements: [ElementClient], classes: ManagedClassCatalogue) {
        self.elements = elements
        self.classes = classes
    }

    package func element(named name: String) -> ElementClient? { self.elements.first { $0.element.name == name } }

    /// As last seen, in the order of the settings.
    package var reports: [ElementClient.Report] { self.elements.map(\.report) }

    /// What is seen of an element in one session.
    struct Sight: Sendable {
        /// Nil where its model has none.
        let shares: [RRMPolicyRatio]?
        /// Nil where it shows none.
        let cells: ElementClient.Cells?
        /// Of each edit; nil where it is met.
        let differences: [Difference?]
    }

    /// - Parameter edits: what the running configuration is compared with.
    func sight(of client: ElementClient, comparing edits: [any ConfigurationEdit] = []) async throws(O1Error) -> Sight {
        let cells = self.classes[Self.cellClass]
        return try await client.inSession { session throws(O1Error) in
            let shares = try Self.shares(in: session)
            var differences: [Difference?] = []
            for start in stride(from: 0, to: edits.count, by: Self.comparedAtOnce) {
                let some = edits[start..<min(start + Self.comparedAtOnce, edits.count)]
                let data = try session.getConfig("running", some.flatMap(\.filters))
                differences += some.map { $0.difference(in: data) }
            }
            var shown: [ManagedObject]?
            if let cells { shown = try Self.state(of: cells, in: session, besides: ["administrativeState"]) }
            return Sight(shares: shares, cells: shown.flatMap(Self.summary), differences: differences)
        }
    }

    /// Some servers refuse a filter of what their model does not have.
    private static func shares(in session: NETCONFSession) throws(O1Error) -> [RRMPolicyRatio]? {
        do throws(O1Error) {
            return try session.getConfig("running", [RRMPolicyRatio.filter()]).children.compactMap { RRMPolicyRatio($0) }
        } catch {
            guard error.kind == .rejected || error.kind == .notFound else { throw error }
            return nil
        }
    }

    private static let cellClass = "NRCellDU"
    private static let comparedAtOnce = 64
    private static let disabledShown = 32

    private static func summary(_ cells: [ManagedObject]) -> ElementClient.Cells? {
        let unlocked = cells.filter { $0.attributes["administrativeState"] == "UNLOCKED" }
        let disabled = unlocked.filter { $0.attributes["operationalState"] == "DISABLED" }.map(\.name.description).sorted()
        return cells.isEmpty ? nil : ElementClient.Cells(count: cells.count, disabled: Array(disabled.prefix(self.disabledShown)))
    }

    /// The objects of a class with their state; nil where the element refuses to show it.
    ///
    /// - Parameter names: attributes of the configuration that are read, too.
    private static func state(
        of managedClass: ManagedClass, in session: NETCONFSession, besides names: Set<String> = []
    ) throws(O1Error) -> [ManagedObject]? {
        do throws(O1Error) {
            return ManagedObject.all(of: managedClass, in: try session.get(ManagedObject.filters(managedClass, ofState: true, besides: names)))
        } catch {
            guard error.kind == .rejected || error.kind == .denied || error.kind == .notFound || error.kind == .busy else { throw error }
            return nil
        }
    }

    package func rrmPolicies(of client: ElementClient) async throws(O1Error) -> [RRMPolicyRatio] {
        try await client.inSession { session throws(O1Error) in
            try session.getConfig("running", [RRMPolicyRatio.filter()]).children.compactMap { RRMPolicyRatio($0) }
        }
    }

    package func objects(of managedClass: ManagedClass, on client: ElementClient) async throws(O1Error) -> [ManagedObject] {
        try await client.inSession { session throws(O1Error) in
            let objects = ManagedObject.all(of: managedClass, in: try session.getConfig("running", ManagedObject.filters(managedClass)))
            guard managedClass.attributes.values.contains(where: \.isState), let shown = try Self.state(of: managedClass, in: session) else { return objects }
            let states = Dictionary(shown.map { ($0.name, $0) }) { first, _ in first }
            return objects.map { object in states[object.name].map { object.joined(withStateOf: $0, managedClass) } ?? object }
        }
    }

    /// Creates or changes a share; nothing is sent when the element has it already. Returns it as it stands afterwards, and whether it changed.
    ///
    /// - Parameter exactly: ratios that are not said are taken away; otherwise they stay.
    package func put(_ policy: RRMPolicyRatio, exactly: Bool = false, on client: ElementClient) async throws(O1Error) -> (
        policy: RRMPolicyRatio, changed: Bool
    ) {
        let outcome = try await self.make(ShareEdit(policy: policy, exactly: exactly), on: client)
        return (outcome.object ?? policy, outcome.changed)
    }

    /// False when there was none.
    package func removeRRMPolicy(_ id: String, on client: ElementClient) async throws(O1Error) -> Bool {
        try await self.make(ShareRemoval(id: id), on: client).changed
    }

    /// Compares, and changes what differs, so that a repeat is a no-op. While a change of a lost session is pending, what is there says nothing.
    func make<Edit: ConfigurationEdit>(_ edit: Edit, on client: ElementClient) async throws(O1Error) -> (object: Edit.Object?, changed: Bool) {
        let element = client.element.name
        return try await client.inSession { session throws(O1Error) in
            try client.checkNothingIsPending()
            func current() throws(O1Error) -> Edit.Object? { edit.object(in: try session.getConfig("running", edit.filters)) }
            var there = try current()
            if edit.isMet(by: there) {
                // Another process may have lost a session, or this one before it was started.
                try session.whileSettled { () throws(O1Error) in there = try current() }
                if edit.isMet(by: there) { return (there, false) }
            }
            guard let config = edit.edit(of: there) else { throw O1Error(.notFound, element: element, detail: "it has no \(edit.label)") }
            var after: Edit.Object?
            try session.change(config, mayCreate: edit.mayCreate) { () throws(O1Error) in
                after = try current()
                return edit.isMet(by: after)
            }
            return (after, true)
        }
    }
}
