import AccessControl
import Logging
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a service knows of who may ask, read again when a file of it changes. A file that is wrong then changes nothing.
final class Credentials: Sendable {
    struct Current: Sendable {
        var ring: KeyRing
        var keys: [APIKey]
        var policy: AccessPolicy
        /// Nil where services show each other a key, or nothing.
        var service: ServiceSecret?
        /// What services without one show each other: the first of `AUTH_TOKEN`.
        var token: String?
    }

    private let current: Mutex<Current>
    private let settings: Settings?
    let rules: TokenRules?
    let source: WebKeySource?

    /// Keys and nothing else.
    init(keys: [APIKey], policy: AccessPolicy) throws(AccessFault) {
        self.current = Mutex(Current(ring: try KeyRing(keys, policy: policy), keys: keys, policy: policy))
        self.settings = nil
        self.rules = nil
        self.source = nil
    }

    private init(settings: Settings, current: Current, rules: TokenRules?, source: WebKeySource?) {
        self.settings = settings
        self.current = Mutex(current)
        self.rules = rules
        self.source = source
    }

    static func of(_ settings: Settings) throws(InvalidSetting) -> Credentials {
        let rules = try AccessSettings.tokenRules(settings)
        let source = rules == nil ? nil : try AccessSettings.keySource(settings)
        return Credentials(settings: settings, current: try Self.read(settings), rules: rules, source: source)
    }

    var value: Current { self.current.withLock { $0 } }

    /// Files that are read again when they change.
    var files: [String] {
        guard let settings else { return [] }
        return [settings[AccessSettings.keysFile], settings[AccessSettings.policyFile], settings[AccessSettings.keySetFile]].compactMap { $0 }
    }

    func reload() throws(InvalidSetting) {
        guard let settings else { return }
        let new = try Self.read(settings)
        self.current.withLock { $0 = new }
        if settings[AccessSettings.keySetFile] != nil { self.source?.forget() }
    }

    private static func read(_ settings: Settings) throws(InvalidSetting) -> Current {
        let pepper = try settings[AccessSettings.pepper].map { secret throws(InvalidSetting) in
            try self.checked("AUTH_PEPPER", "***") { () throws(AccessFault) in try Pepper(secret) }
        }
        var policy = try self.checked("POLICY_FILE", "") { () throws(AccessFault) in try AccessPolicy.shipped() }
        if let path = settings[AccessSettings.policyFile] {
            let text = try self.text(of: path, for: "POLICY_FILE")
            policy = try self.checked("POLICY_FILE", path) { () throws(AccessFault) in try policy.extended(by: text) }
        }
        var keys: [APIKey] = []
        let tokens = settings[AccessSettings.token].map { SecretWords.of($0, least: 32) } ?? []
        if let first = tokens.first {
            var key = APIKey(name: "token", scopes: Set(Scope.allCases), hash: KeyHash(of: first))
            key.proofs += tokens.dropFirst().map { .init(hash: KeyHash(of: $0)) }
            keys.append(key)
        }
        if let path = settings[AccessSettings.keysFile] {
            let text = try self.text(of: path, for: "AUTH_KEYS_FILE")
            keys += try self.checked("AUTH_KEYS_FILE", path) { () throws(AccessFault) in try KeyFile(text: text, pepper: pepper).keys }
        }
        let service = try settings[AccessSettings.serviceSecret].map { secret throws(InvalidSetting) in
            try self.checked("SERVICE_SECRET", "***") { () throws(AccessFault) in try ServiceSecret(secret) }
        }
        let (all, roles) = (keys, policy)
        let ring = try self.checked("AUTH_KEYS_FILE", settings[AccessSettings.keysFile] ?? "") { () throws(AccessFault) in
            try KeyRing(all, policy: roles, pepper: pepper)
        }
        for (key, role) in ring.unknownRoles {
            Logger(label: "access").error("a key has a role that there is none of", metadata: ["key": .string(key), "role": .string(role)])
        }
        return Current(ring: ring, keys: keys, policy: policy, service: service, token: tokens.first)
    }

    private static func text(of path: String, for setting: String) throws(InvalidSetting) -> String {
        do { return try String(contentsOf: URL(filePath: path), encoding: .utf8) } catch {
            throw InvalidSetting(key: setting, value: path, allowed: "path of a readable file")
        }
    }

    private static func checked<Value>(_ setting: String, _ value: String, _ body: () throws(AccessFault) -> Value) throws(InvalidSetting) -> Value {
        do { return try body() } catch { throw InvalidSetting(key: setting, value: value, allowed: "what docs/security.md describes (\(error))") }
    }
}
