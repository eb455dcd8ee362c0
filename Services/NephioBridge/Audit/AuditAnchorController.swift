import GitObjects
import Hummingbird
import IntentModel
import ServiceRuntime

/// `/v1/audit/anchors`: the gateway has the heads of its audit log kept in Git.
struct AuditAnchorController: Sendable {
    let repository: PackageRepository

    private struct Answer: Encodable {
        let commit: String
        let ref: String
    }

    /// Mounted at `/v1`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        routes.post("audit/anchors") { request, context in try await self.anchor(request, context) }
        return routes
    }

    private func anchor(_ request: Request, _ context: AppContext) async throws -> Response {
        try context.principal?.require(.admin)
        let anchor = try await JSONBody.decode(AuditAnchor.self, from: request, context: context, limit: 256 << 10)
        if let fault = anchor.fault {
            throw ProblemError(.badRequest, code: "invalid_body", detail: "That is not a list of heads.", errors: [fault])
        }
        do {
            let commit = try await self.repository.anchor(anchor)
            return Response.json(Answer(commit: commit.description, ref: PackageRepository.auditRef), status: .created)
        } catch let error as GitError {
            throw ProblemError(.serviceUnavailable, code: "repository_unavailable", detail: error.description, headers: [.retryAfter: "1"])
        }
    }
}
