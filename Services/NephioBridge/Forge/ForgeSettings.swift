import Foundation
import HTTPFetch
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

    /// Nil unless pull requests are how packages are delivered.
    /// - Parameters:
    ///   - credential: Git's, for where the API has none of its own.
    ///   - isRemote: the repository is one that others push to, too.
    static func delivery(
        _ context: ServiceContext, credential: GitCredential, isRemote: Bool
    ) throws(InvalidSetting) -> (delivery: PullRequestDelivery, fetcher: HTTPFetcher)? {
        let settings = context.settings
        guard BridgeSettings.deliveryMode(settings) == .pullRequest else { return nil }
        guard isRemote else {
            throw InvalidSetting(key: "GIT_REPO_URL", value: settings[BridgeSettings.repository], allowed: "a URL with DELIVERY_MODE=pull-request")
        }
        guard let address = settings[Self.address] else { throw InvalidSetting(key: "FORGE_URL", allowed: "a URL with DELIVERY_MODE=pull-request") }
        let repository = settings[Self.repository] ?? ""
        let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ self.isName($0) }) else {
            throw InvalidSetting(key: "FORGE_REPOSITORY", value: repository, allowed: "owner/name with DELIVERY_MODE=pull-request")
        }
        let credential = settings[Self.tokenFile].map { GitCredential.file($0) } ?? credential
        let fetcher = HTTPFetcher(.init(maxConnectionsPerHost: 8, caFile: settings[BridgeSettings.authorities]))
        let client = ServiceClient(
            context.upstream("forge") { $0.hedge.isEnabled = false }, base: address, bearer: { credential.secret }, fetcher: fetcher)
        let forge = ForgeClient(client: client, repository: repository, base: settings[BridgeSettings.branch])
        return (PullRequestDelivery(forge: forge, limit: settings[Self.mergeWithin]), fetcher)
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
