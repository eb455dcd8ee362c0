import FoundationEssentials
import GitObjects
import LedgerRuntime
import ServiceRuntime

/// Everything nephio-bridge can be told from outside, besides what every service can.
enum BridgeSettings {
    static let repository = SettingKey.string("GIT_REPO_URL", default: "gitops.git", "Where packages are published: a directory (made when missing) or a URL.")
    static let branch = SettingKey(
        "GIT_BRANCH", default: "main", defaultText: "main", allowed: BranchName.rule, "Branch that packages are published on.",
        parse: { BranchName.isValid($0) ? $0 : nil })
    static let token = SettingKey.init(
        "GIT_TOKEN", default: String?.none, defaultText: nil, allowed: "text", isSecret: true, "Token for a repository over HTTPS.", parse: { .some($0) }
    )
    static let tokenFile = SettingKey.optionalString("GIT_TOKEN_FILE", "File of the token; read again for each command.")
    static let sshKey = SettingKey.optionalString("GIT_SSH_KEY_FILE", "Private key for a repository over SSH, instead of the account's own.")
    static let sshHosts = SettingKey.optionalString(
        "GIT_SSH_KNOWN_HOSTS_FILE", "Keys of the hosts that a repository over SSH may be on, instead of those the account knows.")
    static let trust = PeerTrust("GIT", "an HTTPS server's certificate is")
    static let signingKey = SettingKey.optionalString(
        "GIT_SIGNING_KEY_FILE", "Ed25519 key without a passphrase, in OpenSSH's format: every commit is signed with it.")
    static let mirror = SettingKey.string("GIT_MIRROR", default: "gitops-mirror.git", "Directory of the local mirror of a remote repository.")

    static let preview = SettingKey.optionalString(
        "GIT_PREVIEW_DIRECTORY", "Bare repository that previews are published in, never anywhere else; without it, beside the repository or its mirror.")

    static let delivery = SettingKey.choice(
        "DELIVERY_MODE", default: DeliveryMode.direct.rawValue, of: DeliveryMode.allCases.map(\.rawValue),
        "What of a package is in Git before it is published: direct, nothing; draft, branches drafts/ and proposed/ of what waits for a person, as Porch has them; pull-request, a pull request that others merge."
    )

    static let adaptor = SettingKey.string("ORAN_ADAPTOR_URL", default: "http://127.0.0.1:8084", "Address of oran-adaptor, for E2 nodes and managed elements.")

    static let fault = SettingKey.string("GIT_FAULT", default: "none", "A deliberate death for tests; never set it on an installation.")

    static let declarations =
        LedgerSettings.declarations + ResilienceSettings.declarations + KubernetesSettings.declarations + PorchSettings.declarations
        + ForgeSettings.declarations + RepositorySettings.declarations + [
            repository.declaration, branch.declaration, token.declaration, tokenFile.declaration, mirror.declaration, preview.declaration, sshKey.declaration,
            sshHosts.declaration,
            signingKey.declaration, delivery.declaration, adaptor.declaration, fault.declaration,
        ] + trust.declarations

    /// Where previews are published: a directory here, wherever packages go otherwise, that nobody delivers from.
    static func previewDirectory(_ settings: Settings, beside directory: String) -> String {
        settings[Self.preview] ?? self.directory(named: "preview", beside: directory)
    }

    /// `mirror.git` → `mirror-<name>.git`.
    static func directory(named name: String, beside directory: String) -> String {
        (directory.hasSuffix(".git") ? String(directory.dropLast(4)) : directory) + "-\(name).git"
    }

    static func deliveryMode(_ settings: Settings) -> DeliveryMode { DeliveryMode(rawValue: settings[Self.delivery]) ?? .direct }

    /// What signs commits.
    /// - Throws: ``InvalidSetting`` when the file cannot be read or is no such key.
    static func signingKey(in path: String) throws(InvalidSetting) -> SSHSigningKey {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw InvalidSetting(key: "GIT_SIGNING_KEY_FILE", value: path, allowed: "a file that can be read")
        }
        do {
            return try SSHSigningKey(openSSH: text)
        } catch {
            throw InvalidSetting(key: "GIT_SIGNING_KEY_FILE", value: path, allowed: "an Ed25519 key without a passphrase (\(error))")
        }
    }

    /// Where the process is to be killed when it first comes there.
    /// - Throws: ``InvalidSetting`` when `GIT_FAULT` is none.
    static func deadlyPoint(_ settings: Settings) throws(InvalidSetting) -> PublicationPoint? {
        let text = settings[Self.fault]
        guard text != "none" else { return nil }
        guard text.hasPrefix("crash:"), let point = PublicationPoint(String(text.dropFirst("crash:".count))) else {
            throw InvalidSetting(
                key: "GIT_FAULT", value: text, allowed: "none, or crash:<point> with one of \(PublicationPoint.all.map(\.name).joined(separator: ", "))")
        }
        return point
    }
}
