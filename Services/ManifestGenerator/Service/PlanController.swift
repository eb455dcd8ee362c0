import Hummingbird
import IntentModel
import PackagePlanning
import ServiceClient
import ServiceRuntime

/// `POST /v1/plans`: `{interpretation, request, answers?}` → plan with its packages and conflicts, or the questions, or the refusal.
/// `POST /v1/manifests`: the same, answering the packages alone.
struct PlanController: Sendable {
    struct Body: Decodable {
        var interpretation: Interpretation
        var request: IntentRequest?
        var answers: [ClarificationAnswer]?
    }

    struct Package: Encodable {
        var path: String
        var files: [PackageFile]
    }

    struct Answer: Encodable {
        var plan: Plan?
        var packages: [Package]?
        /// Live intents that want something else of what the plan changes.
        var conflicts: [Conflict]?
        var clarifications: [Clarification]?
        var problem: Problem?
    }

    let planning: IntentPlanning
    let turns: TurnTaking

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.post("/v1/plans") { request, context in Response.json(try await self.answer(request, context, looks: true)) }
        router.post("/v1/manifests") { request, context in
            let answer = try await self.answer(request, context, looks: false)
            if let problem = answer.problem { throw problem }
            guard let packages = answer.packages else {
                throw ProblemError(
                    .unprocessableContent, code: "not_plannable", detail: answer.clarifications?.map(\.question).joined(separator: " ") ?? "There is no plan.")
            }
            return Response.json(["packages": packages])
        }
    }

    private func answer(_ request: Request, _ context: AppContext, looks: Bool) async throws -> Answer {
        let body = try await JSONBody.decode(Body.self, from: request, context: context, limit: 1 << 20)
        guard body.interpretation.schema == Interpretation.schemaName else {
            throw ProblemError(
                .badRequest, code: "invalid_body", detail: "interpretation.schema must be \(Interpretation.schemaName).",
                errors: [.init(pointer: "/interpretation/schema", detail: "must be \(Interpretation.schemaName)")])
        }
        var asked = body.request ?? IntentRequest(intent: "")
        // A service says for whom it asks; anybody else asks for themselves.
        if let principal = context.principal, !principal.administersInstallation {
            asked.tenant = principal.tenant
            asked.requestedBy = principal.name
        }
        let (request, tenant) = (asked, asked.tenant)
        let outcome: PlanOutcome
        do {
            outcome = try await self.planning.plan(body.interpretation, answers: body.answers ?? [], request: request, room: self.planning.rooms.view(for: nil))
        } catch let error as RICsAwaited {
            throw ProblemError(.serviceUnavailable, code: "rics_unknown", detail: error.problem.detail, headers: [.retryAfter: "5"])
        } catch let error as InventoryAwaited {
            throw ProblemError(.serviceUnavailable, code: "inventory_awaited", detail: "\(error).", headers: [.retryAfter: "5"])
        } catch let error as ServiceCallError {
            guard let problem = error.ofMisplacedPackage else { throw error }
            return Answer(problem: problem)
        }
        switch outcome {
        case .plan(let plan, let files):
            return Answer(
                plan: plan, packages: files.sorted { $0.key < $1.key }.map { Package(path: $0.key, files: $0.value) },
                conflicts: looks ? try await self.turns.look(plan.wishes, tenant: tenant) : nil)
        case .clarify(let questions): return Answer(clarifications: questions)
        case .refuse(let problem): return Answer(problem: problem)
        }
    }
}
