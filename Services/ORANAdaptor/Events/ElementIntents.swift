import IntentModel
package import Ledger
package import RedisClient

/// Which intents configured what an element has, and what becomes of them when it is in trouble or has something otherwise, or a RIC does not enforce a
/// policy of theirs. One hash for each element, `{ran}:intents:<element>`: object → ``ObjectOwners``.
package struct ElementIntents: Sendable {
    private let redis: RedisClient
    private let ledger: Ledger
    let unenforced: UnenforcedPolicies
    let deviations: DeviationBoard
    private static let author = "oran-adaptor"
    private static let degradedMark = "degraded: "

    package init(redis: RedisClient, ledger: Ledger) {
        self.redis = redis
        self.ledger = ledger
        self.unenforced = UnenforcedPolicies(redis: redis)
        self.deviations = DeviationBoard(redis: redis)
    }

    private static func key(_ element: String) -> String { "{ran}:intents:\(element)" }

    // MARK: Who configured what

    /// After changes over O1 were made for an intent.
    func record(_ changes: [PolicyChange], of id: IntentID) async throws(RedisError) {
        try await self.change(changes) { owners, change in
            if change.change == .put { owners.put(by: id) } else { owners.delete(by: id) }
        }
    }

    /// After the changes of an intent were undone: what it changed is as it was before, also whose it is.
    func undo(_ changes: [PolicyChange], of id: IntentID) async throws(RedisError) {
        try await self.change(changes) { owners, change in
            owners.undo(id)
            // What the element does not have is nobody's, whoever had it once.
            if change.change == .delete { owners = ObjectOwners("") }
        }
    }

    /// Planning lets one intent at a time change an object, so nobody writes in between.
    private func change(_ changes: [PolicyChange], _ body: (inout ObjectOwners, PolicyChange) -> Void) async throws(RedisError) {
        for change in changes where change.interface == .o1 {
            guard let element = change.ric else { continue }
            var owners = try await self.owners(of: change.policyId, at: element)
            body(&owners, change)
            if owners.text.isEmpty {
                _ = try await self.redis.send(RedisCommand("HDEL", Self.key(element), change.policyId))
            } else {
                _ = try await self.redis.send(RedisCommand("HSET", Self.key(element), change.policyId, owners.text))
            }
        }
    }

    private func owners(of object: String, at element: String) async throws(RedisError) -> ObjectOwners {
        ObjectOwners(try await self.redis.send(RedisCommand("HGET", Self.key(element), object)).string ?? "")
    }

    // MARK: How they fare

    /// Says in the verification and the history of each intent that is in effect at the element that it is in trouble.
    /// A repeat says nothing more.
    package func degrade(at element: String, _ reason: String) async throws {
        for id in try await self.intents(at: element) { try await self.degrade(id, reason) }
    }

    /// … of one intent, if it is in effect.
    ///
    /// - Parameter isKnown: it was told before, so that to be degraded, for whatever else, is enough.
    func degrade(_ id: IntentID, _ reason: String, isKnown: Bool = false) async throws {
        let detail = Self.degradedMark + reason
        try await self.tell(id) { verification, _ in
            guard verification.state != .degraded || !isKnown else { return nil }
            let said = verification.state == .degraded ? Array(verification.checks.reversed().prefix { $0.hasPrefix(Self.degradedMark) }) : []
            guard !said.contains(detail) else { return nil }
            return (.degraded, detail)
        }
    }

    /// … that the trouble is over, unless another element where it is in effect is in trouble still, an element has something of it otherwise, or a policy
    /// of it is not enforced.
    package func recover(at element: String, _ reason: String, isInTrouble: (String) async throws -> Bool) async throws {
        for id in try await self.intents(at: element) {
            try await self.tell(id) { verification, snapshot in
                guard verification.state == .degraded, try await !self.elements(of: snapshot, besides: element).contains(where: isInTrouble),
                    try await !self.isUnenforced(snapshot), try await !self.deviates(snapshot)
                else { return nil }
                return self.wellAgain(snapshot, reason)
            }
        }
    }

    /// … of one intent, since this policy of it is enforced again.
    func recover(_ id: IntentID, _ reason: String, besides policy: StatusBoard.Key, isInTrouble: (String) async throws -> Bool) async throws {
        try await self.tell(id) { verification, snapshot in
            guard verification.state == .degraded, try await !self.isUnenforced(snapshot, besides: policy), try await !self.deviates(snapshot),
                try await !self.elements(of: snapshot).contains(where: isInTrouble)
            else { return nil }
            return self.wellAgain(snapshot, reason)
        }
    }

    /// … of one intent, since an element has this object as the intent wants it again.
    func recover(
        _ id: IntentID, _ reason: String, besidesDeviation deviation: (element: String, key: DesiredObject.Key), isInTrouble: (String) async throws -> Bool
    ) async throws {
        try await self.tell(id) { verification, snapshot in
            guard verification.state == .degraded, try await !self.isUnenforced(snapshot), try await !self.deviates(snapshot, besides: deviation),
                try await !self.elements(of: snapshot).contains(where: isInTrouble)
            else { return nil }
            return self.wellAgain(snapshot, reason)
        }
    }

    private func wellAgain(_ snapshot: RecordSnapshot, _ reason: String) -> (state: Verification.State, detail: String) {
        (snapshot.phase == .fulfilled ? .observed : .notObserved, "no longer \(Self.degradedMark)\(reason)")
    }

    private func intents(at element: String) async throws(RedisError) -> [IntentID] {
        guard let values = try await self.redis.send(RedisCommand("HVALS", Self.key(element))).array else { return [] }
        return Set(values.compactMap { $0.string.flatMap { ObjectOwners($0).current } }).sorted()
    }

    private func tell(_ id: IntentID, _ decide: (Verification, RecordSnapshot) async throws -> (state: Verification.State, detail: String)?) async throws {
        // A person may decide at the same moment.
        for _ in 0..<5 {
            guard let snapshot = try await self.ledger.read(id), snapshot.phase == .fulfilled || snapshot.phase == .published else { break }
            var verification = try snapshot.decode(Verification.self, .verification) ?? Verification(state: .notObserved, checks: [], at: "")
            guard let (state, detail) = try await decide(verification, snapshot) else { break }
            verification.state = state
            verification.checks = Array(verification.checks.suffix(31)) + [detail]
            verification.at = Timestamp.text(Timestamp.now())
            var step = Step(by: Self.author)
            if try Self.hasRoom(in: snapshot) { step.detail = detail }
            step.fields = [(.verification, try LedgerJSON.encode(verification))]
            if case .stale = try await self.ledger.step(step, on: snapshot) { continue }
            break
        }
    }

    /// An alarm that comes and goes must not fill the history: then the verification alone tells.
    private static func hasRoom(in snapshot: RecordSnapshot) throws(LedgerError) -> Bool {
        guard snapshot.sequence < Self.entries.inAll else { return false }
        let since = Timestamp.text(Timestamp.now() - 3_600_000)
        return try snapshot.historyEntries().count { $0.by == Self.author && $0.at > since } < Self.entries.anHour
    }

    private static let entries = (anHour: 20, inAll: 500)

    /// Whether a RIC does not enforce a policy that the intent put.
    private func isUnenforced(_ snapshot: RecordSnapshot, besides policy: StatusBoard.Key? = nil) async throws -> Bool {
        for change in try snapshot.plan()?.policies ?? [] where change.interface != .o1 && change.change == .put {
            guard let ric = change.ric else { continue }
            let other = StatusBoard.Key(ric: ric, type: change.policyType, policy: change.policyId)
            if other != policy, try await self.unenforced.entry(of: other)?.intent == snapshot.id.description { return true }
        }
        return false
    }

    /// Whether an element has something otherwise than the intent configured it.
    private func deviates(_ snapshot: RecordSnapshot, besides deviation: (element: String, key: DesiredObject.Key)? = nil) async throws -> Bool {
        let elements = Set(try snapshot.plan()?.policies.filter { $0.interface == .o1 }.compactMap(\.ric) ?? [])
        for element in elements.sorted() {
            let isOther = try await self.deviations.all(of: element).contains { key, entry in
                entry.intent == snapshot.id.description && !(element == deviation?.element && key == deviation?.key)
            }
            if isOther { return true }
        }
        return false
    }

    /// Elements, other ones, that have something of the intent.
    private func elements(of snapshot: RecordSnapshot, besides element: String? = nil) async throws -> [String] {
        var elements: Set<String> = []
        for change in try snapshot.plan()?.policies ?? [] where change.interface == .o1 {
            guard let other = change.ric, other != element, try await self.owners(of: change.policyId, at: other).current == snapshot.id else { continue }
            elements.insert(other)
        }
        return elements.sorted()
    }
}

extension Sequence {
    fileprivate func contains(where condition: (Element) async throws -> Bool) async rethrows -> Bool {
        for element in self where try await condition(element) { return true }
        return false
    }
}
