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

    static let declarations =
        LedgerSettings.declarations + [repository.declaration, branch.declaration, token.declaration, tokenFile.declaration, mirror.declaration]
}
