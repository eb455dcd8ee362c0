import Synchronization

/// All RICs there are: those of the setting `A1_URL`, and those that the A1 Policy Management Service knows. A name of the setting goes
/// before the same name of the service.
package final class RICFleet: Sendable {
    private let own: [RICSession]
    private let directory: PMSDirectory?
    private let make: (@Sendable (String) -> RICSession)?
    private let behind = Mutex<[String: RICSession]>([:])

    package init(_ own: [RICSession]) {
        self.own = own
        self.directory = nil
        self.make = nil
    }

    /// - Parameter make: a session with a RIC behind the service, by its name there.
    package init(_ own: [RICSession], behind directory: PMSDirectory, make: @escaping @Sendable (String) -> RICSession) {
        self.own = own
        self.directory = directory
        self.make = make
    }

    /// Where the A1 Policy Management Service is; nil without one.
    package var managementService: String? { self.directory?.root }

    /// Why the management service did not answer when it was asked last. Does not wait for it.
    package func silence() async -> A1Error? {
        guard let listing = await self.directory?.listing(waits: false), listing.isSilent else { return nil }
        return listing.doubt
    }

    /// Those that are known, and whether these are all.
    ///
    /// - Parameter wanted: RICs that are asked for, where it is not for all. Who wants only RICs of the setting waits for no management service.
    package func roster(of wanted: Set<String>? = nil) async -> RICRoster {
        let taken = Set(self.own.map(\.ric.name))
        guard let directory = self.directory, let make = self.make, wanted.map({ !$0.isSubset(of: taken) }) ?? true else {
            return RICRoster(sessions: self.own)
        }
        let listing = await directory.listing()
        let names = listing.names.filter { !taken.contains($0) }
        let behind = self.behind.withLock { behind in
            // A session is kept as long as the service knows its RIC: it holds what was learnt.
            behind = behind.filter { names.contains($0.key) }
            for name in names where behind[name] == nil { behind[name] = make(name) }
            return names.compactMap { behind[$0] }
        }
        return RICRoster(sessions: self.own + behind, listing)
    }

    /// In the order of the setting, then by name.
    package func sessions() async throws(A1Error) -> [RICSession] {
        let roster = await self.roster()
        // Those that are known do not suffer from it; without any, it is not the same as none.
        if let doubt = roster.doubt, roster.sessions.isEmpty { throw doubt }
        return roster.sessions
    }

    /// Nil when it is certain that there is none.
    package func session(named name: String) async throws(A1Error) -> RICSession? {
        if let session = self.own.first(where: { $0.ric.name == name }) { return session }
        let roster = await self.roster()
        if let session = roster.sessions.first(where: { $0.ric.name == name }) { return session }
        guard roster.doubt == nil else { throw roster.absence(of: name) }
        return nil
    }
}
