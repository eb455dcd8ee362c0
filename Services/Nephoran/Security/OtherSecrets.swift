import Foundation

/// What `nephoran security rotate` does not replace: secrets that somebody else gives, and those that are no file.
struct OtherSecrets {
    /// Settings whose secret another system made; a service reads its file again within seconds.
    private static let given = [
        "LLM_API_KEY", "WEAVIATE_API_KEY", "EMBEDDING_API_KEY", "GIT_TOKEN", "FORGE_TOKEN", "O2_TOKEN", "VES_PASSWORD", "OTEL_EXPORTER_OTLP_HEADERS",
        "REDIS_PASSWORD", "CACHE_REDIS_PASSWORD",
    ]
    /// Files that are no text of a setting, and what else has to be done.
    private static let files = [
        ("TLS_KEY_FILE", "renewed together with TLS_CERT_FILE; read again within seconds"),
        ("GIT_SIGNING_KEY_FILE", "replaced by ssh-keygen, and told to who verifies signatures; read again within seconds"),
        ("GIT_SSH_KEY_FILE", "replaced together with the Git server's copy; read for each command"),
        ("NETWORK_INTENTS_KEYS_PATH", "nephoran key rotate each, into the file of its namespace; read for each object"),
        ("LLM_FALLBACKS", "the keys are in the files that its apiKeyFile name; read again within seconds"),
        ("GIT_REPOSITORIES_FILE", "the tokens and keys are in the files that it names"),
        ("O1_ELEMENTS", "the passwords and keys are in the files that it names; read for each session"),
    ]
    /// Replaced here, where they are files.
    private static let own = ["AUTH_TOKEN", "AUTH_PEPPER", "SERVICE_SECRET", "CALLBACK_SECRET"]

    /// One line each, in order.
    let lines: [String]

    /// - Parameters:
    ///   - settings: environments, of the command and of what runs here.
    ///   - people: names of the keys in the file of keys.
    init(_ settings: [[String: String]], people: [String]) {
        var lines: Set<String> = []
        for values in settings {
            func value(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }
            for name in Self.given {
                if let file = value(name + "_FILE") {
                    lines.insert("\(name): where it comes from, then in \(file); read again within seconds")
                } else if value(name) != nil {
                    lines.insert("\(name): where it comes from, then a restart, for it stands in the environment; \(name)_FILE is read again")
                }
            }
            for (name, how) in Self.files where value(name) != nil { lines.insert("\(name): \(how)") }
            for name in Self.own where value(name) != nil {
                lines.insert("\(name): by hand and a restart, for it stands in the environment; \(name)_FILE can be replaced here")
            }
            for name in ["REDIS_URL", "CACHE_REDIS_URL"] where value(name)?.contains("@") == true {
                lines.insert(
                    "\(name): its password in Redis, then a restart, for it stands in the address; a file that \(name.replacing("URL", with: "PASSWORD_FILE")) names is read again"
                )
            }
            for peer in PeerCredentials.peers {
                if value("\(peer)_KEY_FILE") != nil { lines.insert("\(peer)_KEY_FILE: renewed together with \(peer)_CERTIFICATE_FILE; a restart") }
                if value("\(peer)_KEY_PASSWORD") != nil || value("\(peer)_KEY_PASSWORD_FILE") != nil {
                    lines.insert("\(peer)_KEY_PASSWORD: together with \(peer)_KEY_FILE; a restart")
                }
            }
            if value("JWT_ISSUER") != nil { lines.insert("keys of the tokens' issuer: by the issuer; read again when a token names another") }
        }
        if !people.isEmpty {
            lines.insert("keys of people and programs: nephoran key rotate, which shows the new one, for \(people.sorted().joined(separator: ", "))")
        }
        self.lines = lines.sorted()
    }
}
