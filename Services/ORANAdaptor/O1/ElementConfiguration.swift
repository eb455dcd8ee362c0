/// What is read from and changed on managed elements, in the terms of the 3GPP NRM.
package struct ElementConfiguration: Sendable {
    package let elements: [ElementClient]

    package init(_ elements: [ElementClient]) { self.elements = elements }

    package func element(named name: String) -> ElementClient? { self.elements.first { $0.element.name == name } }

    /// Asks every element that has not been heard of, side by side; what a dead one costs is its own.
    package func reports() async -> [ElementClient.Report] {
        await withTaskGroup(of: (Int, ElementClient.Report).self) { group in
            var reports: [(Int, ElementClient.Report)] = []
            for (started, client) in self.elements.enumerated() {
                if started >= 32, let report = await group.next() { reports.append(report) }
                group.addTask {
                    if client.report.state != .connected { _ = try? await client.inSession { _ throws(O1Error) in } }
                    return (started, client.report)
                }
            }
            for await report in group { reports.append(report) }
            return reports.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    package func rrmPolicies(of client: ElementClient) async throws(O1Error) -> [RRMPolicyRatio] {
        try await client.inSession { session throws(O1Error) in
            try session.getConfig("running", RRMPolicyRatio.filter()).children.compactMap { RRMPolicyRatio($0) }
        }
    }

    /// Creates or changes it; nothing is sent when the element has it already. Returns it as it stands afterwards, and whether it changed.
    package func put(_ policy: RRMPolicyRatio, on client: ElementClient) async throws(O1Error) -> (policy: RRMPolicyRatio, changed: Bool) {
        try await client.inSession { session throws(O1Error) in
            func current() throws(O1Error) -> RRMPolicyRatio? {
                try session.getConfig("running", RRMPolicyRatio.filter(policy.id)).children.lazy.compactMap { RRMPolicyRatio($0) }.first { $0.id == policy.id }
            }
            if let there = try current(), policy.isMet(by: there) { return (there, false) }
            var after: RRMPolicyRatio?
            try session.change(policy.xml) { () throws(O1Error) in
                after = try current()
                return after.map { policy.isMet(by: $0) } ?? false
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
