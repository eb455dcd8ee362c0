import Crypto

extension KeyFile {
    /// 256 random bits; the prefix lets scanners for leaked secrets find it.
    package static func newKey() -> String {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        return "nph_" + Base64URL.text(bytes)
    }

    /// Adds a key. Throws when there is one of this name.
    package mutating func create(_ key: APIKey) throws(AccessFault) {
        guard PersonName.isName(key.name) else { throw AccessFault("name", PersonName.rule) }
        guard Tenant.isName(key.tenant) else { throw AccessFault("tenant", "a name of lower-case letters, digits, '-', '_' and '.' is expected") }
        guard !self.keys.contains(where: { $0.name == key.name }) else { throw AccessFault("name", "there is a key \(key.name) already") }
        self.keys.append(key)
    }

    /// Gives a key another secret, which is as good as a new key; the one before is good for `overlap` more milliseconds, 0 for none.
    package mutating func rotate(_ name: String, to hash: KeyHash, overlap: Int64, now: Int64) throws(AccessFault) {
        let index = try self.index(of: name)
        guard self.keys[index].isLive(at: now) else { throw AccessFault("name", "the key \(name) has expired; create another") }
        let old = self.keys[index].proofs[0].hash
        self.keys[index].created = now
        self.keys[index].proofs = [.init(hash: hash)] + (overlap > 0 ? [.init(hash: old, until: now + overlap)] : [])
    }

    package mutating func revoke(_ name: String) throws(AccessFault) { self.keys.remove(at: try self.index(of: name)) }

    private func index(of name: String) throws(AccessFault) -> Int {
        guard let index = self.keys.firstIndex(where: { $0.name == name }) else { throw AccessFault("name", "there is no key \(name)") }
        return index
    }
}
