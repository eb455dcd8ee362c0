import IntentModel
package import Ledger
package import RedisClient

/// Which intents configured what an element has, and what becomes of them when it is in trouble. One hash for each element,
/// `{ran}:intents:<element>`: object → ``ObjectOwners``.
package struct ElementIntents: Sendable {
    private let redis: RedisClient
    private let ledger: Ledger
    private static let author = "oran-adaptor"
    private static let degradedMark = "degraded: "

    package init(redis: RedisClient, ledger: Ledger) {
        self.redis = redis
        self.ledger = ledger
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
        let detail = Self.degradedMark + reason
        try await self.tell(element) { verification, _ in
            let said = verification.state == .degraded ? Array(verification.checks.reversed().prefix { $0.hasPrefix(Self.degradedMark) }) : []
            guard !said.contains(detail) else { return nil }
            return (.degraded, detail)
        }
    }

    /// … that the trouble is over, unless another element where it is in effect is in trouble still.
    package func recover(at element: String, _ reason: String, isInTrouble: (String) async throws -> Bool) async throws {
        try await self.tell(element) { verification, snapshot in
            guard verification.state == .degraded, try await !self.elements(of: snapshot, besides: element).contains(where: isInTrouble) else { return nil }
            return (snapshot.phase == .fulfilled ? .observed : .notObserved, "no longer \(Self.degradedMark)\(reason)")
        }
    }

    private func tell(
        _ element: String, _ decide: (Verification, RecordSnapshot) async throws -> (state: Verification.State, detail: String)?
    ) async throws {
        guard let values = try await self.redis.send(RedisCommand("HVALS", Self.key(element))).array else { return }
        for id in Set(values.compactMap { $0.string.flatMap { ObjectOwners($0).current } }).sorted() {
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
    }

    /// An alarm that comes and goes must not fill the history: then the verification alone tells.
    private static func hasRoom(in snapshot: RecordSnapshot) throws(LedgerError) -> Bool {
        guard snapshot.sequence < Self.entries.inAll else { return false }
        let since = Timestamp.text(Timestamp.now() - 3_600_000)
        return try snapshot.historyEntries().count { $0.by == Self.author && $0.at > since } < Self.entries.anHour
    }

    private static let entries = (anHour: 20, inAll: 500)

    /// Other elements that have something of the intent.
    private func elements(of snapshot: RecordSnapshot, besides element: String) async throws -> [String] {
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
