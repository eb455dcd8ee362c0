import IntentModel
package import Ledger
package import RedisClient

/// Which intents configured what an element has, and what becomes of them when it is in trouble. One hash for each element,
/// `{ran}:intents:<element>`: object → intent.
package struct ElementIntents: Sendable {
    private let redis: RedisClient
    private let ledger: Ledger

    package init(redis: RedisClient, ledger: Ledger) {
        self.redis = redis
        self.ledger = ledger
    }

    /// After changes over O1 were made for an intent; nil when they were undone.
    func record(_ changes: [PolicyChange], of id: IntentID?) async throws(RedisError) {
        for change in changes where change.interface == .o1 {
            guard let element = change.ric else { continue }
            let key = "{ran}:intents:\(element)"
            if let id, change.change == .put {
                _ = try await self.redis.send(RedisCommand("HSET", key, change.policyId, id.description))
            } else {
                _ = try await self.redis.send(RedisCommand("HDEL", key, change.policyId))
            }
        }
    }

    /// Says in the history and the verification of each intent that is in effect at the element how it fares.
    package func tell(_ element: String, isDegraded: Bool, _ detail: String) async throws {
        guard let values = try await self.redis.send(RedisCommand("HVALS", "{ran}:intents:\(element)")).array else { return }
        for id in Set(values.compactMap(\.string)).sorted().compactMap({ IntentID($0) }) {
            // A person may decide at the same moment.
            for _ in 0..<5 {
                guard let snapshot = try await self.ledger.read(id), snapshot.phase == .fulfilled || snapshot.phase == .published else { break }
                var verification = try snapshot.decode(Verification.self, .verification) ?? Verification(state: .notObserved, checks: [], at: "")
                let state: Verification.State = isDegraded ? .degraded : snapshot.phase == .fulfilled ? .observed : .notObserved
                guard verification.state != state || isDegraded else { break }
                verification.state = state
                verification.checks = Array(verification.checks.suffix(31)) + [detail]
                verification.at = Timestamp.text(Timestamp.now())
                var step = Step(by: "oran-adaptor", detail: detail)
                step.fields = [(.verification, try LedgerJSON.encode(verification))]
                if case .stale = try await self.ledger.step(step, on: snapshot) { continue }
                break
            }
        }
    }
}
