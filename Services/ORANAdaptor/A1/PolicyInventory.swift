package import JSONSchema

/// What the RICs hold, read from them: nothing about policies is kept here.
package struct PolicyInventory: Sendable {
    package struct Entry: Sendable, Equatable, Codable {
        package let ric: String
        package let policyType: String
        package let policyId: String
        /// Only when one policy is asked for.
        package var document: JSONValue?
        package var enforceStatus: String?
        package var enforceReason: String?
    }

    package struct Listing: Sendable, Equatable, Codable {
        package var items: [Entry]
        /// RICs that did not answer; their policies are missing from `items`.
        package var unavailable: [String]
    }

    package let fleet: RICFleet

    package init(fleet: RICFleet) { self.fleet = fleet }

    package func session(named name: String) async throws(A1Error) -> RICSession? { try await self.fleet.session(named: name) }

    /// All RICs that are known, in the order of the fleet, and whether there may be others.
    package func overview() async -> RICOverview {
        let roster = await self.fleet.roster()
        let service = self.fleet.managementService.map {
            RICOverview.Service(url: $0, state: roster.isSilent ? .unavailable : .available, detail: roster.doubt?.detail)
        }
        return RICOverview(
            rics: await self.reports(of: roster.sessions), incomplete: roster.isUnread ? roster.doubt?.detail : nil, awaited: roster.isAwaited ? true : nil,
            managementService: service)
    }

    private func reports(of sessions: [RICSession]) async -> [RICSession.Report] {
        await withTaskGroup(of: (Int, RICSession.Report).self) { group in
            for (index, session) in sessions.enumerated() { group.addTask { (index, await session.report()) } }
            var reports: [(Int, RICSession.Report)] = []
            for await report in group { reports.append(report) }
            return reports.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    package func policies(ric: String? = nil, type: String? = nil) async throws(A1Error) -> Listing {
        let sessions = try await self.fleet.sessions().filter { ric == nil || $0.ric.name == ric }
        return await withTaskGroup(of: (Int, Listing).self) { group in
            for (index, session) in sessions.enumerated() { group.addTask { (index, await self.policies(of: session, type: type)) } }
            var parts: [(Int, Listing)] = []
            for await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.reduce(into: Listing(items: [], unavailable: [])) {
                $0.items += $1.1.items
                $0.unavailable += $1.1.unavailable
            }
        }
    }

    private func policies(of session: RICSession, type: String?) async -> Listing {
        let name = session.ric.name
        do {
            var types = [type].compactMap { $0 }
            if types.isEmpty { types = try await session.client.policyTypes().sorted() }
            var items: [Entry] = []
            for type in types {
                do {
                    items += try await session.client.policies(of: type).sorted().map { Entry(ric: name, policyType: type, policyId: $0) }
                } catch  where error.kind == .notFound {
                    continue
                }
            }
            return Listing(items: items, unavailable: [])
        } catch {
            return Listing(items: [], unavailable: [name])
        }
    }

    /// One policy with its document and status; nil when the RIC has none.
    package func policy(_ id: String, of type: String, at session: RICSession) async throws(A1Error) -> Entry? {
        guard let document = try await session.client.policy(id, of: type) else { return nil }
        let status = try await session.client.status(of: id, of: type) ?? .undefined
        return Entry(
            ric: session.ric.name, policyType: type, policyId: id, document: document, enforceStatus: status.enforcement.rawValue, enforceReason: status.reason
        )
    }
}
