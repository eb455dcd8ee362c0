import AccessControl
import ArgumentParser
import Foundation
import IntentModel

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Keys for the API: who may do what, for which tenant, until when.",
        discussion: """
            Keys are kept in a file that every service reads again when it changes (AUTH_KEYS_FILE). It holds hashes only: a key is shown once, when it \
            is made.
            """,
        subcommands: [KeyCreateCommand.self, KeyListCommand.self, KeyRotateCommand.self, KeyRevokeCommand.self]
    )
}

/// Where the keys are, and the secret that their hashes are made with.
struct KeyFileOptions: ParsableArguments {
    @Option(help: "File of the keys; else AUTH_KEYS_FILE, else .nephoran/keys.yaml.") var file: String?
    @Option(help: "File with the secret for hashes; else AUTH_PEPPER, AUTH_PEPPER_FILE, else .nephoran/pepper.") var pepperFile: String?

    func keyStore(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> KeyStore {
        KeyStore(path: self.file ?? environment["AUTH_KEYS_FILE"].flatMap { $0.isEmpty ? nil : $0 } ?? ".nephoran/keys.yaml")
    }

    func pepper(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Pepper {
        if self.pepperFile == nil, let secret = environment["AUTH_PEPPER"], !secret.isEmpty { return try Pepper(secret) }
        let path = self.pepperFile ?? environment["AUTH_PEPPER_FILE"].flatMap { $0.isEmpty ? nil : $0 } ?? ".nephoran/pepper"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandFailure(.usage, "cannot read \(path); the secret that hashes are made with is needed (--pepper-file)")
        }
        return try Pepper(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

struct KeyCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a key, and show it this once.")

    @OptionGroup var options: KeyFileOptions
    @Option(help: "A role: viewer, operator, approver, admin, or one of the policy's; may be given several times.") var role: [String] = []
    @Option(help: "A scope, besides those of the roles; may be given several times.") var scope: [Scope] = []
    @Option(help: "The tenant; else the installation's own.") var tenant: String = Tenant.installation
    @Option(help: "How long it is good for, such as 90d; else for ever.") var expires: SpanArgument?
    @Option(help: "YAML file of the policy; else POLICY_FILE, else what ships.", completion: .file()) var policyFile: String?
    @Argument(help: "Whose key it is; shown in records and logs.") var name: String

    func validate() throws {
        if let expires, expires.milliseconds == 0 { throw ValidationError("--expires takes more than nothing: the key would be good for no moment.") }
        guard !self.role.isEmpty || !self.scope.isEmpty else { throw ValidationError("Say what it may do: --role or --scope.") }
        guard self.name != "token" else { throw ValidationError("token is the name of AUTH_TOKEN.") }
    }

    func run() async throws {
        try self.checkRoles(ProcessInfo.processInfo.environment)
        let pepper = try self.options.pepper()
        let key = KeyFile.newKey()
        let now = Timestamp.now()
        try self.options.keyStore().change { file throws(AccessFault) in
            try file.create(
                APIKey(
                    name: self.name, tenant: self.tenant, roles: self.role, scopes: Set(self.scope), hash: KeyHash(of: key, pepper: pepper),
                    expires: self.expires.map { now + $0.milliseconds }, created: now))
        }
        Terminal.standardOutput.print(key)
    }

    /// A role that nobody knows lets nobody do anything.
    func checkRoles(_ environment: [String: String]) throws(CommandFailure) {
        let policy: AccessPolicy
        do throws(AccessFault) {
            let shipped = try AccessPolicy.shipped()
            if let path = self.policyFile ?? environment["POLICY_FILE"].flatMap({ $0.isEmpty ? nil : $0 }) {
                guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw AccessFault(path, "it cannot be read") }
                policy = try shipped.extended(by: text)
            } else {
                policy = shipped
            }
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        if let unknown = self.role.first(where: { policy.roles[$0] == nil }) {
            throw CommandFailure(
                .usage, "there is no role \(unknown); there are \(policy.roles.keys.sorted().joined(separator: ", ")) (--policy-file names a policy with more)")
        }
    }
}

struct KeyRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rotate", abstract: "Give a key another secret, and show it this once.")

    @OptionGroup var options: KeyFileOptions
    @Option(help: "How long the one before stays good, 0 for not at all.") var overlap = SpanArgument(milliseconds: 86_400_000)
    @Argument(help: "Name of the key.") var name: String

    func run() async throws {
        let pepper = try self.options.pepper()
        let key = KeyFile.newKey()
        try self.options.keyStore().change { file throws(AccessFault) in
            try file.rotate(self.name, to: KeyHash(of: key, pepper: pepper), overlap: self.overlap.milliseconds, now: Timestamp.now())
        }
        Terminal.standardOutput.print(key)
    }
}

struct KeyRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take a key away.", discussion: "Services notice within some two seconds.")

    @OptionGroup var options: KeyFileOptions
    @Argument(help: "Name of the key.") var name: String

    func run() async throws { try self.options.keyStore().change { file throws(AccessFault) in try file.revoke(self.name) } }
}

extension Scope: ExpressibleByArgument {}

/// `90d`, `12h`, `30m`, `45s`; a bare number is seconds.
struct SpanArgument: ExpressibleByArgument, Equatable {
    var milliseconds: Int64

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let unit = argument.last.flatMap { units[$0] }
        guard let number = Int64(unit == nil ? argument[...] : argument.dropLast()), (0...100_000_000).contains(number) else { return nil }
        self.milliseconds = number * (unit ?? 1) * 1_000
    }

    var defaultValueDescription: String { self.milliseconds % 86_400_000 == 0 ? "\(self.milliseconds / 86_400_000)d" : "\(self.milliseconds / 1_000)s" }
}
