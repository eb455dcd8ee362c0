import AccessControl
import IntentModel
import Hummingbird
import ServiceRuntime

/// The keys there are, without anything that would open a door, and when each was last used at this gateway.
struct KeyController: Sendable {
    let authenticator: TokenAuthenticator

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/keys", use: self.list)
    }

    private struct Item: Encodable {
        var name: String
        var tenant: String
        var roles: [String]
        var scopes: [String]
        var createdAt: String?
        var expiresAt: String?
        /// The key before it is good until then.
        var previousUntil: String?
        var lastUsedAt: String?
    }

    private struct Keys: Encodable { var items: [Item] }

    @Sendable private func list(_ request: Request, context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.admin)
        let items = self.authenticator.keys.filter { principal.sees($0.key.tenant) }.map { key, lastUsed in
            Item(
                name: key.name, tenant: key.tenant, roles: key.roles, scopes: key.scopes.map(\.rawValue).sorted(),
                createdAt: key.created.map(Timestamp.secondsText),
                expiresAt: key.expires.map(Timestamp.secondsText), previousUntil: key.proofs.dropFirst().first?.until.map(Timestamp.secondsText),
                lastUsedAt: lastUsed.map(Timestamp.secondsText))
        }
        return Response.json(Keys(items: items.sorted { $0.name < $1.name }))
    }
}
