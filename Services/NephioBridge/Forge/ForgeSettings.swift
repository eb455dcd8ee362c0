import Foundation
import HTTPFetch
import Resilience
import ServiceClient
import ServiceRuntime

/// The forge whose pull requests packages are published by, with `DELIVERY_MODE=pull-request`.
enum ForgeSettings {
    static let address = SettingKey.url(
        "FORGE_URL", "API of the forge of GIT_REPO_URL, such as https://git.example.org/api/v1 (Gitea) or https://api.github.com.")
    static let repository = SettingKey.optionalString("FORGE_REPOSITORY", "Owner and name of the repository there, as owner/name.")
    static let tokenFile = SettingKey.optionalString("FORGE_TOKEN_FILE", "File of the token for the API, instead of Git's; read again for each call.")
    static let mergeWithin = SettingKey.duration(
        "PULL_REQUEST_WITHIN", default: .seconds(7 * 86_400), in: .seconds(10)...(.seconds(90 * 86_400)),
        "Time in which a pull request must be merged; then it is closed, and the intent fails.")

    static let declarations = [address.declaration, repository.declaration, tokenFile.declaration, mergeWithin.declaration]

    /// The way to the forge's API, the same for all repositories there.
    struct Connection: Sendable {
        let upstream: Upstream
        let fetcher: HTTPFetcher
    }

    /// Nil unless pull requests are how packages are delivered.
    static func connection(_ context: ServiceContext) throws(InvalidSetting) -> Connection? {
        guard BridgeSettings.deliveryMode(context.settings) == .pullRequest else { return nil }
        return Connection(
            upstream: context.upstream("forge") { $0.hedge.isEnabled = false },
            fetcher: HTTPFetcher(try HTTPFetcher.Configuration(maxConnectionsPerHost: 8).trusting(BridgeSettings.trust, context.settings)))
    }

    /// - Parameters:
    ///   - repository: owner and name there, as `setting` has it.
    ///   - branch: what is merged into.
    ///   - credential: Git's, for where the API has none of its own.
    static func delivery(
        _ settings: Settings, through connection: Connection, repository: String, of setting: String, branch: String,
        credential: GitCredential
    ) throws(InvalidSetting) -> PullRequestDelivery {
        guard let address = settings[Self.address] else { throw InvalidSetting(key: "FORGE_URL", value: "", allowed: "a URL with DELIVERY_MODE=pull-request") }
        let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ self.isName($0) }) else {
            throw InvalidSetting(key: setting, value: repository, allowed: "owner/name with DELIVERY_MODE=pull-request")
        }
        let credential = settings[Self.tokenFile].map { GitCredential.file($0) } ?? credential
        let client = ServiceClient(connection.upstream, base: address, bearer: { credential.secret }, fetcher: connection.fetcher)
        let forge = ForgeClient(client: client, repository: repository, base: branch)
        return PullRequestDelivery(forge: forge, limit: settings[Self.mergeWithin])
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
