import Hummingbird
import IntentModel
import JSONSchema
import ServiceRuntime

/// `/v1/a1`: what the RICs offer and hold, and single changes by hand. The pipeline goes through the executor, as these do.
struct A1Controller: Sendable {
    let inventory: PolicyInventory
    let executor: PolicyExecutor
    /// Nil remembers nothing, so that nothing is put back.
    var desired: DesiredPolicies?

    /// The policy a path names.
    private struct Location {
        let session: RICSession
        let type: String
        let id: String
    }

    /// Mounted at `/v1/a1`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        routes.get("policy-types") { _, _ in Response.json(await self.inventory.overview()) }
        routes.get("policies") { request, _ in try await self.list(request) }
        routes.get("policies/:ric/:policyType/:policyId") { _, context in try await self.policy(at: try await self.location(context)) }
        routes.put("policies/:ric/:policyType/:policyId") { request, context in
            let body = try await JSONBody.bytes(of: request)
            return try await self.apply(.put, document: String(buffer: body), at: try await self.location(context))
        }
        routes.delete("policies/:ric/:policyType/:policyId") { _, context in try await self.apply(.delete, document: "", at: try await self.location(context)) }
        return routes
    }

    /// `?ric=&policyType=` narrow it down.
    private func list(_ request: Request) async throws -> Response {
        let ric = request.uri.queryParameters["ric"].map { String($0) }
        if let ric { _ = try await self.session(named: ric) }
        let type = request.uri.queryParameters["policyType"].map { String($0) }
        return try await Self.answering { () async throws(A1Error) in Response.json(try await self.inventory.policies(ric: ric, type: type)) }
    }

    private func policy(at place: Location) async throws -> Response {
        let entry = try await Self.answering { () async throws(A1Error) in
            try await self.inventory.policy(place.id, of: place.type, at: place.session)
        }
        guard let entry else {
            throw ProblemError(.notFound, code: "policy_not_found", detail: "\(place.session.ric.name) has no policy \(place.id) of type \(place.type).")
        }
        return Response.json(entry)
    }

    private func apply(_ change: PolicyChange.Change, document: String, at place: Location) async throws -> Response {
        let change = PolicyChange(policyId: place.id, policyType: place.type, ric: place.session.ric.name, change: change, document: document)
        try await self.desired?.begin([change])
        let outcome = await self.executor.apply([change])
        if case .applied = outcome {
            try await self.desired?.settle([change], origin: "by hand")
        } else {
            try await self.desired?.abandon([change])
        }
        switch outcome {
        case .applied(let policies): return Response.json(policies.first)
        case .failed(let problem): throw problem
        case .retry(let reason, let after):
            throw ProblemError(.serviceUnavailable, code: "a1_busy", detail: reason, headers: [.retryAfter: String(max(1, after?.components.seconds ?? 1))])
        }
    }

    private static func answering<Value>(_ body: () async throws(A1Error) -> Value) async throws -> Value {
        do throws(A1Error) {
            return try await body()
        } catch {
            throw error.problem
        }
    }

    private func location(_ context: AppContext) async throws -> Location {
        Location(
            session: try await self.session(named: try context.parameters.require("ric")), type: try context.parameters.require("policyType"),
            id: try context.parameters.require("policyId")
        )
    }

    private func session(named name: String) async throws -> RICSession {
        guard let session = try await Self.answering({ () async throws(A1Error) in try await self.inventory.session(named: name) }) else {
            throw ProblemError(.notFound, code: "ric_not_found", detail: "No RIC named '\(name)' is configured; A1_URL and A1_PMS_URL name them.")
        }
        return session
    }
}
