import Yams

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The keys of an installation:
///
/// ```yaml
/// keys:
///   - name: night-shift
///     hash: sha256:9f86d0…      # or `key:` with the key itself
///     tenant: default
///     scopes: [intents:read, intents:write]
/// ```
struct KeyFile {
    private struct Document: Decodable {
        struct Entry: Decodable {
            var name: String
            var hash: String?
            var key: String?
            var tenant: String?
            var scopes: [Scope]
        }
        var keys: [Entry]
    }

    let keys: [APIKey]

    init(path: String) throws(InvalidSetting) {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw InvalidSetting(key: "AUTH_KEYS_FILE", value: path, allowed: "path of a readable file")
        }
        try self.init(path: path, text: text)
    }

    init(path: String, text: String) throws(InvalidSetting) {
        let document: Document
        do { document = try YAMLDecoder().decode(Document.self, from: text) } catch {
            throw InvalidSetting(key: "AUTH_KEYS_FILE", value: path, allowed: "keys: a list of name, hash or key, tenant, scopes (\(Self.reason(error)))")
        }
        var keys: [APIKey] = []
        for entry in document.keys {
            guard let hash = entry.hash.flatMap(KeyHash.init(hex:)) ?? entry.key.map({ KeyHash(of: $0) }) else {
                throw InvalidSetting(key: "AUTH_KEYS_FILE", value: path, allowed: "hash: 64 hexadecimal digits, or key, for \(entry.name)")
            }
            keys.append(
                APIKey(hash: hash, principal: Principal(name: entry.name, tenant: entry.tenant ?? "default", scopes: Set(entry.scopes)))
            )
        }
        self.keys = keys
    }

    /// Without values: the file holds keys.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "not YAML" }
        return "at \(error.problemItem.pointer.isEmpty ? "/" : error.problemItem.pointer)"
    }
}
