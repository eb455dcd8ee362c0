/// What is read from and changed on managed elements, in the terms of the 3GPP NRM.
package struct ElementConfiguration: Sendable {
    package let elements: [ElementClient]

    package init(_ elements: [ElementClient]) { self.elements = elements }

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
            try session.getConfig("running", RRMPolicyRatio.filter()).children.compactMap { RRMPolicyRatio($0) }
        }
    }

    /// Creates or changes it; nothing is sent when the element has it already. Returns it as it stands afterwards, and whether it changed.
    ///
    /// - Parameter exactly: ratios that are not said are taken away; otherwise they stay.
    package func put(_ policy: RRMPolicyRatio, exactly: Bool = false, on client: ElementClient) async throws(O1Error) -> (
        policy: RRMPolicyRatio, changed: Bool
    ) {
        try await client.inSession { session throws(O1Error) in
            func current() throws(O1Error) -> RRMPolicyRatio? {
                try session.getConfig("running", RRMPolicyRatio.filter(policy.id)).children.lazy.compactMap { RRMPolicyRatio($0) }.first { $0.id == policy.id }
            }
            let there = try current()
            if let there, policy.isMet(by: there, exactly: exactly) { return (there, false) }
            var after: RRMPolicyRatio?
            try session.change(policy.edit(of: there, exactly: exactly)) { () throws(O1Error) in
                after = try current()
                return after.map { policy.isMet(by: $0, exactly: exactly) } ?? false
            }
            return (after ?? policy, true)
        }
    }

    /// False when there was none.
    package func removeRRMPolicy(_ id: String, on client: ElementClient) async throws(O1Error) -> Bool {
        try await client.inSession { session throws(O1Error) in
            func isThere() throws(O1Error) -> Bool {
                try session.getConfig("running", RRMPolicyRatio.filter(id)).children.contains { RRMPolicyRatio($0)?.id == id }
            }
            guard try isThere() else { return false }
            var removal = RRMPolicyRatio.filter(id)
            removal.attributes["nc:operation"] = "delete"
            removal.attributes["xmlns:nc"] = NETCONFSession.namespace
            try session.change(removal) { () throws(O1Error) in try !isThere() }
            return true
        }
    }
}
