import AccessControl
import Foundation
import Hummingbird
import IntentModel
import ServiceClient
import ServiceRuntime

/// The published packages, their files and their history, as nephio-bridge tells them.
struct PackageController: Sendable {
    let bridge: ServiceClient
    let authenticator: TokenAuthenticator

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/packages") { request, context in
            try await self.list(request, context)
        }
        router.get("/v1/packages/{cluster}/{namespace}/{instance}") { request, context in
            try await self.forward(try self.path(context), ["revision"], request)
        }
        router.get("/v1/packages/{cluster}/{namespace}/{instance}/history") { request, context in
            try await self.forward("\(try self.path(context))/history", ["limit"], request)
        }
    }

    /// Of a package that this caller may see: one in a place that is none of his tenant's is as good as none.
    private func path(_ context: AppContext) throws -> String {
        let principal = try context.requirePrincipal(.intentsRead)
        let parts = try ["cluster", "namespace", "instance"].map { try context.parameters.require($0) }
        guard parts.allSatisfy(\.isDNSLabel) else { throw Self.missing }
        let name = parts.joined(separator: "/")
        if let reason = self.authenticator.policy.refusal(to: principal, package: name) {
            var missing = Self.missing
            missing.refusal = reason
            throw missing
        }
        return "/v1/packages/\(name)"
    }

    private static var missing: ProblemError {
        ProblemError(.notFound, code: "package_not_found", detail: "There is no such package, or not at that revision.")
    }

    private static func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-"])) ?? "" }

    private struct Packages: Codable { var items: [InventoryItem] }

    private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.intentsRead)
        let path = "/v1/packages" + Self.query(["function", "instance", "namespace", "cluster"], of: request)
        let policy = self.authenticator.policy
        let items = try await self.bridge.get(Packages.self, path)?.items ?? []
        return Response.json(Packages(items: items.filter { policy.refusal(to: principal, package: $0.path) == nil }))
    }

    private static func query(_ names: [Substring], of request: Request) -> String {
        let query = names.compactMap { name in request.uri.queryParameters[name].map { "\(name)=\(Self.encoded(String($0)))" } }
        return query.isEmpty ? "" : "?" + query.joined(separator: "&")
    }

    private func forward(_ path: String, _ names: [Substring], _ request: Request) async throws -> Response {
        let answer = try await self.bridge.call("GET", path + Self.query(names, of: request), body: nil, mayRepeat: true)
        switch answer.status {
        case 200: return Response.json(bytes: ByteBuffer(bytes: answer.body))
        case 404: throw Self.missing
        default: throw self.bridge.refusal(answer)
        }
    }
}
