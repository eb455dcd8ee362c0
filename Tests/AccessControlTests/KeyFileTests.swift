import Testing

@testable import AccessControl

@Suite struct KeyFileTests {
    private static let secret = String(repeating: "p", count: 32)
    private static let now: Int64 = 1_795_000_000_000

    @Test("a file that was written is read as what it was")
    func roundTrip() throws {
        let pepper = try Pepper(Self.secret)
        var file = KeyFile()
        let hash = KeyHash(of: "a", pepper: pepper)
        try file.create(APIKey(name: #"nora "night" \ shift"#, tenant: "north", roles: ["operator"], hash: hash, expires: 1_798_761_600_000))
        try file.create(APIKey(name: "reader", scopes: [.intentsRead, .metricsRead], hash: KeyHash(of: "b"), created: 1_795_000_000_000))
        try file.rotate("reader", to: KeyHash(of: "c", pepper: pepper), overlap: 60_000, now: Self.now)
        #expect(try KeyFile(text: file.text) == file)
        #expect(try KeyFile(text: KeyFile().text).keys.isEmpty)
    }

    @Test("a key opens until it expires, the one before a rotation until its time is over, and a revoked one not at all")
    func life() throws {
        let policy = try AccessPolicy.shipped()
        let pepper = try Pepper(Self.secret)
        var file = KeyFile()
        try file.create(APIKey(name: "nora", tenant: "north", roles: ["operator"], hash: KeyHash(of: "one", pepper: pepper), expires: Self.now + 1_000))
        let nora = Principal(name: "nora", tenant: "north", scopes: [.intentsRead, .intentsWrite])
        func find(_ key: String, _ now: Int64) throws -> KeyRing.Found { try KeyRing(file.keys, policy: policy, pepper: pepper).find(key, now: now) }
        #expect(try find("one", Self.now) == .somebody(nora) && find("two", Self.now) == .nobody)
        #expect(try find("one", Self.now + 999) == .somebody(nora) && find("one", Self.now + 1_000) == .expired(nora))
        try file.rotate("nora", to: KeyHash(of: "two", pepper: pepper), overlap: 500, now: Self.now)
        #expect(try find("one", Self.now + 499) == .somebody(nora) && find("two", Self.now + 499) == .somebody(nora))
        #expect(try find("one", Self.now + 500) == .expired(nora) && find("two", Self.now + 500) == .somebody(nora))
        try file.revoke("nora")
        #expect(try find("one", Self.now) == .nobody && find("two", Self.now) == .nobody)
        #expect(throws: AccessFault.self) { try file.revoke("nora") }
        #expect(throws: AccessFault.self) { try file.rotate("nora", to: KeyHash(of: "x"), overlap: 0, now: Self.now) }
    }

    @Test("a role that nobody knows lets nobody do anything, and leaves the other keys as they are")
    func unknownRole() throws {
        let ring = try KeyRing(
            [APIKey(name: "typo", roles: ["operater"], hash: KeyHash(of: "t")), APIKey(name: "a", roles: ["viewer"], hash: KeyHash(of: "k"))],
            policy: AccessPolicy.shipped())
        #expect(ring.unknownRoles.map(\.key) == ["typo"] && ring.unknownRoles.map(\.role) == ["operater"])
        #expect(ring.find("t", now: 0) == .somebody(Principal(name: "typo", tenant: Tenant.installation, scopes: [])))
        #expect(ring.find("k", now: 0) == .somebody(Principal(name: "a", tenant: Tenant.installation, scopes: [.intentsRead])))
    }

    @Test("a keyed hash needs the pepper it was made with")
    func pepper() throws {
        let policy = try AccessPolicy.shipped()
        let keys = [APIKey(name: "a", roles: ["viewer"], hash: KeyHash(of: "k", pepper: try Pepper(Self.secret)))]
        #expect(throws: AccessFault.self) { try KeyRing(keys, policy: policy) }
        let other = try Pepper(String(repeating: "q", count: 32))
        #expect(try KeyRing(keys, policy: policy, pepper: other).find("k", now: 0) == .nobody)
        #expect(throws: AccessFault.self) { try Pepper("short") }
        // While the pepper is replaced, both are good, and hashes are made with the first.
        let both = try Pepper(String(repeating: "q", count: 32) + "\n" + Self.secret)
        #expect(try KeyRing(keys, policy: policy, pepper: both).find("k", now: 0) == .somebody(keys[0].principal(under: policy)))
        #expect(KeyHash(of: "k", pepper: both) == KeyHash(of: "k", pepper: other))
        // A phrase is one secret.
        #expect(KeyHash(of: "k", pepper: try Pepper("it was a bright cold day in April")).hex.count == 64)
        #expect(SecretWords.of("it was a bright cold day in April", least: 32).count == 1)
    }

    @Test("hashes are written and read as hexadecimal, and the two forms are not one another")
    func hash() throws {
        let hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        #expect(KeyHash(of: "test").hex == hex && KeyHash("sha256:\(hex)") == KeyHash(of: "test") && KeyHash(hex) == KeyHash(of: "test"))
        #expect(KeyHash("hmac-sha256:\(hex)") != KeyHash(of: "test"))
        #expect(KeyHash(String(hex.dropLast())) == nil && KeyHash(String(repeating: "z", count: 64)) == nil && KeyHash("md5:\(hex)") == nil)
        #expect(KeyHash(String(repeating: "+", count: 64)) == nil)
    }

    @Test("new keys are 256 random bits in the alphabet of URLs")
    func newKey() {
        let keys = (0..<100).map { _ in KeyFile.newKey() }
        #expect(Set(keys).count == 100 && keys.allSatisfy { $0.hasPrefix("nph_") && Base64URL.bytes($0.dropFirst(4).utf8)?.count == 32 })
    }

    @Test(
        "a file that is wrong is refused without telling keys",
        arguments: [
            "keys: [{name: a, scopes: [fly], key: hunter2}]", "keys: [{name: a, scopes: []}]", "[", "keys: [{name: a, scopes: [], hash: abc}]",
            "keys: [{name: a, key: hunter2}]", "keys: [{name: a, roles: [], key: hunter2}]", "keys: [{name: a, scopes: [], key: hunter2, tenant: A/B}]",
            "keys: [{name: a, scopes: [], key: hunter2}, {name: a, scopes: [], key: k}]", "keys: [{name: a, scopes: [], key: hunter2, expires: soon}]",
            "keys: [{name: a, scopes: [], key: hunter2, hunter2: 1}]", "keys: [{name: \"a\\nb\", scopes: [], key: hunter2}]",
        ])
    func badFile(_ text: String) {
        let fault = #expect(throws: AccessFault.self) { try KeyFile(text: text) }
        #expect(fault?.description.contains("hunter2") == false && fault?.description.contains("\n") == false)
    }

    @Test("nobody passes for a service in the records, by a key's name or a token's subject", arguments: ["rag-api", "api-gateway", "nephio-bridge"])
    func noService(_ name: String) throws {
        var file = KeyFile()
        #expect(throws: AccessFault.self) { try file.create(APIKey(name: name, roles: ["viewer"], hash: KeyHash(of: "k"))) }
        #expect(!PersonName.isName(name) && PersonName.isName(name + "-2"))
    }

    @Test("names of tenants are safe in a path, a key and a log line")
    func tenants() {
        #expect(["default", "north-1", "a", "a.b_c"].allSatisfy(Tenant.isName))
        #expect(["", "-a", "a-", "A", "a/b", "a b", "a:b", "*", "..", String(repeating: "a", count: 64), "ä"].allSatisfy { !Tenant.isName($0) })
    }
}
