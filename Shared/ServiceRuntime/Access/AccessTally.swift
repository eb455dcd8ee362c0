import IntentModel

/// What waits to be written into the audit log: acts as they come, and refusals, of which equal ones within a moment are one and no more than so many
/// are told apart, so that who is refused fills neither memory nor disk. Pure.
package struct AccessTally: Sendable {
    package struct Refusal: Hashable, Sendable {
        /// Nil when the key is not known.
        package var who: String?
        package var tenant: String?
        package var address: String
        package var method: String
        /// Template of the route.
        package var route: String
        /// `403 forbidden`
        package var outcome: String

        package init(who: String? = nil, tenant: String? = nil, address: String, method: String, route: String, outcome: String) {
            self.who = who
            self.tenant = tenant
            self.address = address
            self.method = method
            self.route = route
            self.outcome = outcome
        }

        package init(_ refused: RefusedAccess) {
            self.init(
                who: refused.principal?.name, tenant: refused.principal?.tenant, address: refused.remote ?? "local",
                method: String(refused.method.unicodeScalars.prefix(20)), route: refused.route, outcome: "\(refused.status) \(refused.code)")
        }
    }

    private var seen: [Refusal: (at: Int64, count: Int)] = [:]
    private var dropped = 0
    private var acts: [AccessEntry] = []
    private let maxRefusals: Int
    private let maxActs: Int

    /// - Parameter maxRefusals: that are told apart until they are taken.
    package init(maxRefusals: Int = 100, maxActs: Int = 10_000) {
        self.maxRefusals = maxRefusals
        self.maxActs = maxActs
    }

    package var actCount: Int { self.acts.count }

    /// - Parameter time: Unix milliseconds.
    package mutating func add(_ refusal: Refusal, at time: Int64) {
        if let known = self.seen[refusal] {
            self.seen[refusal] = (known.at, known.count + 1)
        } else if self.seen.count < self.maxRefusals {
            self.seen[refusal] = (time, 1)
        } else {
            self.dropped += 1
        }
    }

    /// False when there is no room for more.
    package mutating func hold(_ act: AccessEntry) -> Bool {
        guard self.acts.count < self.maxActs else { return false }
        self.acts.append(act)
        return true
    }

    /// What has come since the last time: acts in their order, then refusals in theirs.
    package mutating func take() -> [AccessEntry] {
        defer { (self.seen, self.dropped, self.acts) = ([:], 0, []) }
        var entries = self.acts
        entries += self.seen.sorted { ($0.value.at, $0.key.route) < ($1.value.at, $1.key.route) }.map { refusal, seen in
            AccessEntry(
                at: Timestamp.text(seen.at), who: refusal.who ?? "unknown", tenant: refusal.tenant, verb: AccessEntry.refused,
                object: "\(refusal.method) \(refusal.route)", outcome: refusal.outcome,
                detail: "from \(refusal.address)" + (seen.count > 1 ? ", \(seen.count) times" : ""))
        }
        if self.dropped > 0 {
            entries.append(
                AccessEntry(
                    at: Timestamp.text(Timestamp.now()), who: "unknown", verb: AccessEntry.refused, object: "others", outcome: AccessEntry.refused,
                    detail: "\(self.dropped) more requests, not listed"))
        }
        return entries
    }
}
