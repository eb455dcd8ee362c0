import Foundation
import Yams

/// Looks at what `CONFIG_FILE` names: who may change it, and whether it holds secrets itself, which more may read than a secret's own file.
struct ConfigurationAudit {
    /// Letters and digits in lower case, which all spellings of a setting share.
    private static let secrets: [String: String] = Dictionary(
        uniqueKeysWithValues: (PeerCredentials.settings("KEY_PASSWORD") + [
            "AUTH_TOKEN", "AUTH_PEPPER", "SERVICE_SECRET", "CALLBACK_SECRET", "LLM_API_KEY", "WEAVIATE_API_KEY", "EMBEDDING_API_KEY", "GIT_TOKEN", "O2_TOKEN",
            "VES_PASSWORD", "OTEL_EXPORTER_OTLP_HEADERS", "REDIS_PASSWORD", "CACHE_REDIS_PASSWORD",
        ]).map { ($0.lowercased().filter { $0 != "_" }, $0) })
    /// Addresses that may have a password in them.
    private static let addresses = ["redisurl": "REDIS_URL", "cacheredisurl": "CACHE_REDIS_URL", "gitrepourl": "GIT_REPO_URL"]
    private static let maxBytes = 1 << 20

    let files: FileAudit

    /// - Parameter path: a file, or a directory with one file a setting.
    func findings(_ path: String) -> [SecurityFinding] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            return [.init(.note, "settings-unread", path, "CONFIG_FILE names it and it is not there: what it holds was not looked at")]
        }
        guard isDirectory.boolValue else { return self.findings(file: path) }
        var found = self.files.findings(listing: path)
        for name in ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() where !name.hasPrefix(".") {
            let file = path + "/" + name
            if name.hasSuffix(".yaml") {
                found += self.findings(file: file)
            } else if Self.secrets[Self.identity(name)] != nil {
                // A mounted Secret looks like this: what counts is who may read it.
                found += self.files.findings(secret: file)
            } else {
                found += self.files.findings(listing: file)
            }
        }
        return found
    }

    private func findings(file path: String) -> [SecurityFinding] {
        guard let text = Self.text(path), let root = try? Yams.compose(yaml: text) else {
            return self.files.findings(listing: path)
                + [SecurityFinding(.note, "settings-unread", path, "it cannot be read as YAML: what it holds was not looked at")]
        }
        let held = Set(Self.secrets(in: root, under: "")).sorted()
        guard !held.isEmpty else { return self.files.findings(listing: path) }
        return self.files.findings(secret: path)
            + held.map { name in
                SecurityFinding(
                    .low, "secret-in-settings", path, "it holds \(name) itself; name a file of its own with \(name)_FILE, which can be replaced alone")
            }
    }

    private static func secrets(in node: Node, under place: String) -> [String] {
        switch node {
        case .mapping(let mapping):
            return mapping.flatMap { key, value in self.secrets(in: value, under: place + (key.string ?? "")) }
        case .scalar(let scalar):
            guard !scalar.string.isEmpty, node.null == nil else { return [] }
            let identity = self.identity(place)
            // A section of a service stands before the name.
            if let name = self.name(of: identity, in: self.secrets) { return [name] }
            guard let name = self.name(of: identity, in: self.addresses), self.hasPassword(scalar.string) else { return [] }
            return [name]
        default: return []
        }
    }

    /// The longest: the cache's Redis is called as the ledger's, and more.
    private static func name(of identity: String, in names: [String: String]) -> String? {
        names.filter { identity.hasSuffix($0.key) }.max { $0.key.count < $1.key.count }?.value
    }

    private static func hasPassword(_ url: String) -> Bool {
        guard let scheme = url.firstRange(of: "://") else { return false }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" }
        return authority.lastIndex(of: "@").map { authority[..<$0].contains(":") } ?? false
    }

    private static func identity(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }

    private static func text(_ path: String) -> String? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: self.maxBytes + 1), data.count <= self.maxBytes else { return nil }
        return String(data: data, encoding: .utf8)
    }
}
