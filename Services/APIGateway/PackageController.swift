import Foundation
import Hummingbird
import ServiceClient
import ServiceRuntime

/// The published packages, their files and their history, as nephio-bridge tells them.
struct PackageController: Sendable {
    let bridge: ServiceClient

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/packages") { request, context in
            try await self.forward("/v1/packages", ["function", "instance", "namespace", "cluster"], request, context)
        }
        router.get("/v1/packages/{cluster}/{namespace}/{instance}") { request, context in
            try await self.forward(try Self.path(context), ["revision"], request, context)
        }
        router.get("/v1/packages/{cluster}/{namespace}/{instance}/history") { request, context in
            try await self.forward("\(try Self.path(context))/history", ["limit"], request, context)
        }
    }

    private static func path(_ context: AppContext) throws -> String {
        let parts = try ["cluster", "namespace", "instance"].map { try context.parameters.require($0) }
        guard parts.allSatisfy(IntentSubmission.isDNSLabel) else { throw self.missing }
        return "/v1/packages/\(parts.joined(separator: "/"))"
    }

    private static var missing: ProblemError {
        ProblemError(.notFound, code: "package_not_found", detail: "There is no such package, or not at that revision.")
    }

    private static func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-"])) ?? "" }

    private func forward(_ path: String, _ names: [Substring], _ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.requirePrincipal(.intentsRead)
        let query = names.compactMap { name in request.uri.queryParameters[name].map { "\(name)=\(Self.encoded(String($0)))" } }
        let answer = try await self.bridge.call("GET", path + (query.isEmpty ? "" : "?" + query.joined(separator: "&")), body: nil, mayRepeat: true)
        switch answer.status {
        case 200: return Response.json(bytes: ByteBuffer(bytes: answer.body))
        case 404: throw Self.missing
        default: throw self.bridge.refusal(answer)
        }
    }
}
