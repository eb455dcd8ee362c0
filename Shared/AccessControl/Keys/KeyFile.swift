import Yams
import IntentModel

/// The keys of an installation, as text:
///
/// ```yaml
/// keys:
///   - name: night-shift
///     hash: hmac-sha256:9f86d0…      # or sha256:…; or `key:` with the key itself
///     tenant: north                  # left out: the installation's own
///     roles: [operator]              # and, or, scopes: [intents:read]
///     expires: 2027-01-31T00:00:00Z
///     previous: {hash: hmac-sha256:1b4f0e…, until: 2026-12-01T00:00:00Z}
/// ```
package struct KeyFile: Sendable, Equatable {
    private struct Document: Decodable {
        struct Entry: Decodable {
            struct Previous: Decodable {
                var hash: String
                var until: String
            }
            var name: String
            var hash: String?
            var key: String?
            var tenant: String?
            var scopes: [Scope]?
            var roles: [String]?
            var expires: String?
            var created: String?
            var previous: Previous?
        }
        var keys: [Entry]?
    }

    private static let members: Set<String> = ["name", "hash", "key", "tenant", "scopes", "roles", "expires", "created", "previous"]

    package var keys: [APIKey]

    package init(keys: [APIKey] = []) { self.keys = keys }

    /// - Parameter pepper: for keys that the file holds themselves.
    package init(text: String, pepper: Pepper? = nil) throws(AccessFault) {
        let document: Document
        do {
            // Types are those of `Document`, and members are known: no regular expression has to find out either.
            let root = try Yams.compose(yaml: text, .basic) ?? ""
            for (index, entry) in (root.mapping?["keys"]?.sequence ?? []).enumerated() {
                for member in entry.mapping?.keys.compactMap(\.string) ?? [] where !Self.members.contains(member) {
                    throw AccessFault("keys/\(index)", "a member is not known; there are \(Self.members.sorted().joined(separator: ", "))")
                }
            }
            document = try YAMLDecoder().decode(Document.self, from: root)
        } catch let fault as AccessFault {
            throw fault
        } catch let error as DecodingError {
            throw error.fault
        } catch {
            throw AccessFault("", "is not YAML")
        }
        var keys: [APIKey] = []
        var names: Set<String> = []
        for (index, entry) in (document.keys ?? []).enumerated() {
            let place = "keys/\(index)"
            guard PersonName.isName(entry.name) else { throw AccessFault("\(place)/name", PersonName.rule) }
            guard names.insert(entry.name).inserted else { throw AccessFault("\(place)/name", "two keys have this name") }
            let direct = entry.key.map { key in pepper.map { KeyHash(of: key, pepper: $0) } ?? KeyHash(of: key) }
            guard let hash = entry.hash.flatMap(KeyHash.init) ?? direct else {
                throw AccessFault("\(place)/hash", "hmac-sha256: or sha256: and 64 hexadecimal digits are expected, or key, for \(entry.name)")
            }
            guard entry.scopes != nil || entry.roles?.isEmpty == false else { throw AccessFault(place, "roles or scopes are required for \(entry.name)") }
            guard Tenant.isName(entry.tenant ?? Tenant.installation) else {
                throw AccessFault("\(place)/tenant", "a name of lower-case letters, digits, '-', '_' and '.' is expected")
            }
            var key = APIKey(
                name: entry.name, tenant: entry.tenant ?? Tenant.installation, roles: entry.roles ?? [], scopes: Set(entry.scopes ?? []), hash: hash)
            key.expires = try Self.time(entry.expires, "\(place)/expires")
            key.created = try Self.time(entry.created, "\(place)/created")
            if let previous = entry.previous {
                guard let hash = KeyHash(previous.hash) else { throw AccessFault("\(place)/previous/hash", "64 hexadecimal digits are expected") }
                key.proofs.append(.init(hash: hash, until: try Self.time(previous.until, "\(place)/previous/until")))
            }
            keys.append(key)
        }
        self.keys = keys
    }

    private static func time(_ text: String?, _ place: String) throws(AccessFault) -> Int64? {
        guard let text else { return nil }
        guard let time = Timestamp.milliseconds(text) else { throw AccessFault(place, "a time such as 2027-01-31T00:00:00Z is expected") }
        return time
    }

    /// The file's text; comments of an earlier one are not kept.
    package var text: String {
        var lines = ["# Written by nephoran key; read again by every service when it changes.", self.keys.isEmpty ? "keys: []" : "keys:"]
        for key in self.keys {
            lines.append("  - name: \(Self.quoted(key.name))")
            lines.append("    hash: \(key.proofs[0].hash.text)")
            lines.append("    tenant: \(Self.quoted(key.tenant))")
            if !key.roles.isEmpty { lines.append("    roles: [\(key.roles.map(Self.quoted).joined(separator: ", "))]") }
            if !key.scopes.isEmpty || key.roles.isEmpty {
                lines.append("    scopes: [\(key.scopes.map(\.rawValue).sorted().map(Self.quoted).joined(separator: ", "))]")
            }
            if let created = key.created { lines.append("    created: \"\(Timestamp.secondsText(created))\"") }
            if let expires = key.expires { lines.append("    expires: \"\(Timestamp.secondsText(expires))\"") }
            for proof in key.proofs.dropFirst().prefix(1) {
                lines.append("    previous: {hash: \(proof.hash.text), until: \"\(Timestamp.secondsText(proof.until ?? 0))\"}")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A double-quoted YAML scalar. Names hold no control characters.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
