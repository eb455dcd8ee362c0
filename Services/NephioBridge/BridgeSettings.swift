import LedgerRuntime
import ServiceRuntime

/// Everything nephio-bridge can be told from outside, besides what every service can.
enum BridgeSettings {
    static let repository = SettingKey.string("GIT_REPO_URL", default: "gitops.git", "Where packages are published: a directory (made when missing) or a URL.")
    static let branch = SettingKey.string("GIT_BRANCH", default: "main", "Branch that packages are published on.")
    static let token = SettingKey.init(
        "GIT_TOKEN", default: String?.none, defaultText: nil, allowed: "text", isSecret: true, "Token for a repository over HTTPS.", parse: { .some($0) }
    )
    static let tokenFile = SettingKey.optionalString("GIT_TOKEN_FILE", "File of the token; read again for each command.")
    static let mirror = SettingKey.string("GIT_MIRROR", default: "gitops-mirror.git", "Directory of the local mirror of a remote repository.")

    static let fault = SettingKey.string("GIT_FAULT", default: "none", "A deliberate death for tests; never set it on an installation.")

    static let declarations =
        LedgerSettings.declarations + [repository.declaration, branch.declaration, token.declaration, tokenFile.declaration, mirror.declaration, fault.declaration]

    /// Where the process is to be killed when it first comes there.
    /// - Throws: ``InvalidSetting`` when `GIT_FAULT` is none.
    static func deadlyPoint(_ settings: Settings) throws(InvalidSetting) -> PublicationPoint? {
        let text = settings[Self.fault]
        guard text != "none" else { return nil }
        guard text.hasPrefix("crash:"), let point = PublicationPoint(String(text.dropFirst("crash:".count))) else {
            throw InvalidSetting(key: "GIT_FAULT", allowed: "none, or crash:<point> with one of \(PublicationPoint.all.map(\.name).joined(separator: ", "))")
        }
        return point
    }
}
