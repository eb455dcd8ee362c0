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

    /// Asks every element, side by side and not too many at once; what a dead one costs is its own.
    package func look() async {
        await withTaskGroup(of: Void.self) { group in
            for (started, client) in self.elements.enumerated() {
                if started >= Self.side { await group.next() }
                group.addTask {
                    do throws(O1Error) { client.note(revisionOf: try await self.rrmPolicies(of: client)) } catch {
                        // The report has it.
                    }
                }
            }
        }
    }

    private static let side = 32

    package func rrmPolicies(of client: ElementClient) async throws(O1Error) -> [RRMPolicyRatio] {
        try await client.inSession { session throws(O1Error) in
            try session.getConfig("running", [RRMPolicyRatio.filter()]).children.compactMap { RRMPolicyRatio($0) }
        }
    }

    package func objects(of managedClass: ManagedClass, on client: ElementClient) async throws(O1Error) -> [ManagedObject] {
        try await client.inSession { session throws(O1Error) in
            ManagedObject.all(of: managedClass, in: try session.getConfig("running", ManagedObject.filters(managedClass)))
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
