/// All keys in force, ready to be asked.
package struct KeyRing: Sendable {
    private struct Entry: Sendable {
        let proof: APIKey.Proof
        let expires: Int64?
        let principal: Principal
    }

    private let entries: [Entry]
    private let pepper: Pepper?
    private let hasPlain: Bool
    /// Roles of keys that the policy does not know. They let nobody do anything; to refuse the whole file for them would leave keys in force
    /// that were taken out of it.
    package let unknownRoles: [(key: String, role: String)]

    /// - Throws: when a key is hashed with a pepper and there is none.
    package init(_ keys: [APIKey], policy: AccessPolicy, pepper: Pepper? = nil) throws(AccessFault) {
        var entries: [Entry] = []
        var unknown: [(key: String, role: String)] = []
        for key in keys {
            for role in key.roles where policy.roles[role] == nil { unknown.append((key.name, role)) }
            let principal = key.principal(under: policy)
            for proof in key.proofs {
                guard proof.hash.form == .plain || pepper != nil else {
                    throw AccessFault(key.name, "its hash is made with a pepper (AUTH_PEPPER), and there is none")
                }
                entries.append(Entry(proof: proof, expires: key.expires, principal: principal))
            }
        }
        self.entries = entries
        self.unknownRoles = unknown
        self.pepper = pepper
        self.hasPlain = entries.contains { $0.proof.hash.form == .plain }
    }

    package enum Found: Sendable, Equatable {
        case nobody
        case expired(Principal)
        case somebody(Principal)
    }

    /// Compares with every key, so that the time tells nothing.
    package func find(_ key: some StringProtocol, now: Int64) -> Found {
        let plain = self.hasPlain ? KeyHash(of: key) : nil
        let keyed = self.pepper.map { KeyHash.all(of: key, pepper: $0) } ?? []
        var found = Found.nobody
        for entry in self.entries where entry.proof.hash == plain || keyed.contains(entry.proof.hash) {
            let ends = [entry.expires, entry.proof.until].compactMap { $0 }
            found = ends.allSatisfy { now < $0 } ? .somebody(entry.principal) : .expired(entry.principal)
        }
        return found
    }
}
