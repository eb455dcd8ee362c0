import Hummingbird
import IntentModel
import JSONSchema
import ServiceRuntime

/// `/v1/a1`: what the RICs offer and hold, and single changes by hand. The pipeline goes through the executor, as these do.
struct A1Controller: Sendable {
    let inventory: PolicyInventory
    let executor: PolicyExecutor

    private struct RICList: Encodable { let rics: [RICSession.Report] }

    /// The policy a path names.
    private struct Location {
        let session: RICSession
        let type: String
        let id: String
    }

    /// Mounted at `/v1/a1`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        routes.get("policy-types") { _, _ in Response.json(RICList(rics: await self.inventory.reports())) }
        routes.get("policies") { request, _ in try await self.list(request) }
        routes.get("policies/:ric/:policyType/:policyId") { _, context in try await self.policy(at: try self.location(context)) }
        routes.put("policies/:ric/:policyType/:policyId") { request, context in
            let body = try await JSONBody.bytes(of: request)
            return try await self.apply(.put, document: String(buffer: body), at: try self.location(context))
        }
        routes.delete("policies/:ric/:policyType/:policyId") { _, context in try await self.apply(.delete, document: "", at: try self.location(context)) }
        return routes
    }

    /// `?ric=&policyType=` narrow it down.
    private func list(_ request: Request) async throws -> Response {
        let ric = request.uri.queryParameters["ric"].map { String($0) }
        if let ric { _ = try self.session(named: ric) }
        return Response.json(await self.inventory.policies(ric: ric, type: request.uri.queryParameters["policyType"].map { String($0) }))
    }

    private func policy(at place: Location) async throws -> Response {
        let entry: PolicyInventory.Entry?
        do {
            entry = try await self.inventory.policy(place.id, of: place.type, at: place.session)
        } catch {
            throw error.problem
        }
        guard let entry else {
            throw ProblemError(.notFound, code: "policy_not_found", detail: "\(place.session.ric.name) has no policy \(place.id) of type \(place.type).")
        }
        return Response.json(entry)
    }

    private func apply(_ change: PolicyChange.Change, document: String, at place: Location) async throws -> Response {
        let change = PolicyChange(policyId: place.id, policyType: place.type, ric: place.session.ric.name, change: change, document: document)
        switch await self.executor.apply([change]) {
        case .applied(let policies): return Response.json(policies.first)
        case .failed(let problem): throw problem
        case .retry(let reason, let after):
            throw ProblemError(.serviceUnavailable, code: "a1_busy", detail: reason, headers: [.retryAfter: String(max(1, after?.components.seconds ?? 1))])
        }
    }

    private func location(_ context: AppContext) throws -> Location {
        Location(
            session: try self.session(named: try context.parameters.require("ric")), type: try context.parameters.require("policyType"),
            id: try context.parameters.require("policyId")
        )
    }

    private func session(named name: String) throws(ProblemError) -> RICSession {
        guard let session = self.inventory.session(named: name) else {
            throw ProblemError(.notFound, code: "ric_not_found", detail: "No RIC named '\(name)' is configured; A1_URL names them.")
        }
        return session
    }
}
