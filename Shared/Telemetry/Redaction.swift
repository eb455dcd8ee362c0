/// Keeps secrets out of the log and of what is told: by the name of the key, credentials inside URLs whatever the key, and what this process holds
/// (``KnownSecrets``) wherever it stands.
package enum Redaction {
    package static let mark = "[redacted]"

    private static let parts = ["authorization", "password", "passwd", "secret", "credential", "cookie", "apikey", "privatekey"]

    /// Whether values under `key` stay hidden. A count of tokens is no token: only a last word `token` is.
    package static func hides(_ key: String) -> Bool {
        let name = key.lowercased().filter { $0 != "_" && $0 != "-" }
        return name.hasSuffix("token") || self.parts.contains { name.contains($0) }
    }

    /// `text` without secrets that this process holds, and with the user information of URLs replaced: `redis://[redacted]@host`.
    package static func text(_ text: String) -> String { self.withoutUsers(KnownSecrets.shared.hidden(in: text)) }

    private static func withoutUsers(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")), let start = text.firstIndex(of: ":") else { return text }
        var result = String(text[..<start])
        var rest = text[start...]
        while let scheme = rest.firstRange(of: "://") {
            result += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            let authority = rest.prefix { $0 != "/" && $0 != " " && $0 != "\"" && $0 != "?" }
            if let at = authority.lastIndex(of: "@") {
                result += self.mark
                rest = rest[at...]
            }
        }
        return result + rest
    }

    /// … and what looks like a secret in words of others: a pod's last lines, the answer of a peer. `password=…`, `"token": "…"`,
    /// `Authorization: Bearer …` and private keys in PEM.
    package static func foreign(_ text: String) -> String {
        var text = self.text(text)
        text.replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)/.dotMatchesNewlines(), with: self.mark)
        text.replace(/(?i)\b(bearer|basic)\s+[a-z0-9._~+\/=\-]{8,}/) { "\($0.output.1) \(self.mark)" }
        text.replace(
            /(?i)([\w.\-]*(?:password|passwd|secret|token|api[_\-]?key|credential|authorization|cookie|private[_\-]?key)["']?\s*[=:]\s*["']?)(?!\s*\[redacted|\s*bearer|\s*basic)[^\s"',;&}⏎]+/
        ) { "\($0.output.1)\(self.mark)" }
        return text
    }
}
