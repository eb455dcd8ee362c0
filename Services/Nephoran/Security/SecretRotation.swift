import AccessControl
import Foundation

/// Replaces the secrets of an installation while it runs. Until it is finished the new ones and those before are good, so that nothing is refused.
///
/// What one process shows another is first believed by all and only then shown: `OLD NEW`, and when every service has read that, `NEW OLD`.
struct SecretRotation: Sendable {
    struct Place: Sendable {
        /// For people.
        var name: String
        var file: SecretFile
        /// Whether services show it each other: it is then believed by all before one shows it.
        var isShown: Bool
    }

    /// A key that would be lost with the pepper that its hash was made with.
    struct Waiting: Error, Equatable { var keys: [String] }

    let secrets: [Place]
    /// File of the keys whose hashes the pepper is for.
    let keys: KeyStore
    private static let pepper = "pepper"

    /// - Parameters:
    ///   - directory: of `nephoran up`.
    ///   - environment: where it names a secret's file, that one.
    init(directory: String, environment: [String: String]) {
        func path(_ setting: String, _ name: String) -> String {
            environment[setting + "_FILE"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(directory)/\(name)"
        }
        let all = [
            Place(name: "service-secret", file: SecretFile(path: path("SERVICE_SECRET", "service-secret"), least: 32), isShown: true),
            Place(name: "token", file: SecretFile(path: path("AUTH_TOKEN", "token"), least: 32), isShown: true),
            Place(name: Self.pepper, file: SecretFile(path: path("AUTH_PEPPER", "pepper"), least: 32), isShown: false),
            Place(name: "callback-secret", file: SecretFile(path: path("CALLBACK_SECRET", "callback-secret"), least: 16), isShown: false),
        ]
        // A secret that this installation has not, it does not need.
        self.secrets = all.filter { $0.file.isThere }
        self.keys = KeyStore(path: environment["AUTH_KEYS_FILE"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(directory)/keys.yaml")
    }

    /// Makes new secrets, and has them believed and shown. The ones before stay good.
    ///
    /// - Parameter settled: returns when every service has read the files as they are.
    func begin(settled: () async throws -> Void) async throws {
        guard !self.secrets.isEmpty else { throw CommandFailure(.usage, "there are no files of secrets here; name the data directory with --data-dir") }
        var words: [(secret: Place, old: String, new: String)] = []
        for secret in self.secrets {
            let known = try secret.file.words()
            guard known.count == 1 else {
                throw CommandFailure(.refused, "\(secret.file.path) is being replaced already; end that with nephoran security rotate --finish")
            }
            guard secret.file.canBeBeside(known[0]) else {
                throw CommandFailure(
                    .refused, "\(secret.file.path) holds less than \(secret.file.least) characters, or a phrase; replace it by hand and restart")
            }
            words.append((secret, known[0], Secret.random()))
        }
        for (secret, old, new) in words { try secret.file.write(secret.isShown ? [old, new] : [new, old]) }
        try await settled()
        for (secret, old, new) in words where secret.isShown { try secret.file.write([new, old]) }
    }

    /// Drops the secrets before. Names of those that it dropped.
    ///
    /// - Throws: ``Waiting`` once the others are dropped, when keys were made with the old pepper; it then stays good.
    func finish() throws -> [String] {
        var dropped: [String] = []
        var waiting: [String] = []
        for secret in self.secrets {
            let known = try secret.file.words()
            guard known.count > 1 else { continue }
            if secret.name == Self.pepper {
                waiting = try self.keysBefore(secret.file.changed() ?? .now)
                guard waiting.isEmpty else { continue }
            }
            try secret.file.write([known[0]])
            dropped.append(secret.name)
        }
        if !waiting.isEmpty { throw Waiting(keys: waiting) }
        guard !dropped.isEmpty else { throw CommandFailure(.refused, "no secret is being replaced; begin with nephoran security rotate") }
        return dropped
    }

    /// Names of keys that were made before, and not given another secret since; or were, and the one before is still good.
    private func keysBefore(_ time: Date, now: Date = .now) throws(CommandFailure) -> [String] {
        let (limit, now) = (Int64(time.timeIntervalSince1970), Int64(now.timeIntervalSince1970 * 1_000))
        return try self.keys.read().keys.filter { key in
            guard key.isLive(at: now), key.proofs.contains(where: { $0.hash.form == .keyed }) else { return false }
            return (key.created ?? 0) / 1_000 <= limit || key.proofs.dropFirst().contains { ($0.until ?? .max) > now }
        }.map(\.name)
    }
}
