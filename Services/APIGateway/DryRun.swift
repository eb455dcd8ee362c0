import IntentModel
import ServiceClient

/// `POST /v1/intents?dryRun=true`: the same services as an intent would meet, but nothing is stored or applied.
struct DryRun: Sendable {
    struct Package: Encodable {
        var path: String
        var files: [PackageFile]
    }

    struct Result: Encodable {
        var interpretation: Interpretation
        var plan: Plan?
        var packages: [Package]
        var policies: [PolicyChange]
        /// Live intents that want something else of what the plan changes.
        var conflicts: [Conflict]
        /// What would be asked.
        var clarifications: [Clarification]
        /// Why it would be refused.
        var problem: Problem?
    }

    private struct Words: Encodable {
        var intent: String
        var priority: Priority
        var namespace: String?
        var cluster: String?
        var tenant: String
    }

    private struct PlanningRequest: Encodable {
        var interpretation: Interpretation
        var request: IntentRequest
    }

    private struct PlanningAnswer: Decodable {
        var plan: Plan?
        var packages: [PlannedPackage]?
        var conflicts: [Conflict]?
        var clarifications: [Clarification]?
        var problem: Problem?
    }

    private struct PlannedPackage: Decodable {
        var path: String
        var files: [PackageFile]
    }

    let interpreter: ServiceClient
    let planner: ServiceClient

    func run(_ request: IntentRequest) async throws(ServiceCallError) -> Result {
        let words = Words(
            intent: request.intent, priority: request.priority, namespace: request.namespace, cluster: request.cluster, tenant: request.tenant)
        let interpretation = try await self.interpreter.query(Interpretation.self, "/v1/interpret", words)
        var result = Result(interpretation: interpretation, packages: [], policies: [], conflicts: [], clarifications: interpretation.clarifications)
        guard interpretation.decision == .accepted else { return result }
        let answer = try await self.planner.query(PlanningAnswer.self, "/v1/plans", PlanningRequest(interpretation: interpretation, request: request))
        result.plan = answer.plan
        result.packages = (answer.packages ?? []).map { Package(path: $0.path, files: $0.files) }
        result.policies = answer.plan?.policies ?? []
        result.conflicts = answer.conflicts ?? []
        result.clarifications += answer.clarifications ?? []
        result.problem = answer.problem
        return result
    }
}
