import Hummingbird
import ServiceRuntime

/// `/v1/o1`: the managed elements, and the shares of radio resources that slices have on them. The pipeline plans nothing over O1 yet.
struct ElementController: Sendable {
    let configuration: ElementConfiguration

    private struct Elements: Encodable {
        let items: [ElementClient.Report]
        let configured = true
    }
    private struct Policies: Encodable { let items: [RRMPolicyRatio] }
    private struct Change: Encodable {
        let element: String
        let change: String
        var policy: RRMPolicyRatio?
    }

    private struct Ratio: Decodable {
        var resourceType: String?
        var members: [RRMPolicyRatio.Member]
        var minRatio: Int?
        var maxRatio: Int?
        var dedicatedRatio: Int?
    }

    /// Mounted at `/v1/o1`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        routes.get("elements") { _, _ in Response.json(Elements(items: await self.configuration.reports())) }
        routes.get("elements/:element/rrm-policies") { _, context in
            let client = try self.client(context)
            return Response.json(Policies(items: try await Self.answering { () async throws(O1Error) in try await self.configuration.rrmPolicies(of: client) }))
        }
        routes.put("elements/:element/rrm-policies/:id") { request, context in
            let client = try self.client(context)
            let ratio = try await JSONBody.decode(Ratio.self, from: request, context: context)
            let policy = RRMPolicyRatio(
                id: try context.parameters.require("id"), resourceType: ratio.resourceType ?? "PRB", members: ratio.members, minRatio: ratio.minRatio,
                maxRatio: ratio.maxRatio, dedicatedRatio: ratio.dedicatedRatio)
            do throws(RRMPolicyRatio.Invalid) {
                try policy.validate()
            } catch {
                throw ProblemError(.unprocessableContent, code: "rrm_policy_invalid", detail: "\(error).")
            }
            let outcome = try await Self.answering { () async throws(O1Error) in try await self.configuration.put(policy, on: client) }
            return Response.json(Change(element: client.element.name, change: outcome.changed ? "put" : "none", policy: outcome.policy))
        }
        routes.delete("elements/:element/rrm-policies/:id") { _, context in
            let client = try self.client(context)
            let id = try context.parameters.require("id")
            let existed = try await Self.answering { () async throws(O1Error) in try await self.configuration.removeRRMPolicy(id, on: client) }
            return Response.json(Change(element: client.element.name, change: existed ? "delete" : "none"))
        }
        return routes
    }

    private func client(_ context: AppContext) throws -> ElementClient {
        let name = try context.parameters.require("element")
        guard let client = self.configuration.element(named: name) else {
            throw ProblemError(.notFound, code: "element_not_found", detail: "No element named '\(name)' is configured; O1_ELEMENTS names them.")
        }
        return client
    }

    private static func answering<Value>(_ body: () async throws(O1Error) -> Value) async throws -> Value {
        do throws(O1Error) {
            return try await body()
        } catch {
            throw error.problem
        }
    }
}
