import AccessControl
import Hummingbird
import IntentModel
import Ledger
import ServiceRuntime

/// What people decide: approve, reject, cancel, roll back, retry, clarify.
struct DecisionController: Sendable {
    let ledger: Ledger
    let reader: IntentReader
    let authenticator: TokenAuthenticator

    private struct ReasonBody: Decodable { var reason: String? }
    private struct AnswersBody: Decodable { var answers: [ClarificationAnswer] }

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.post("/v1/intents/{id}/approve") { try await self.decide($0, $1, .intentsApprove) { .approve(reason: $0) } }
        router.post("/v1/intents/{id}/reject") { try await self.decide($0, $1, .intentsApprove) { .reject(reason: $0) } }
        router.post("/v1/intents/{id}/cancel") { try await self.decide($0, $1, .intentsWrite) { .cancel(reason: $0) } }
        router.post("/v1/intents/{id}/retry") { try await self.decide($0, $1, .intentsWrite) { .retry(reason: $0) } }
        router.post("/v1/intents/{id}/clarify", use: self.clarify)
        router.post("/v1/intents/{id}/rollback", use: self.rollback)
    }

    private func decide(_ request: Request, _ context: AppContext, _ scope: Scope, _ decision: (String?) -> IntentDecision) async throws -> Response {
        let body = try await request.body.collect(upTo: 16 << 10)
        let reason = body.readableBytes == 0 ? nil : try JSONBody.decode(ReasonBody.self, from: body).reason
        if let reason, reason.count > 1000 || reason.unicodeScalars.contains(where: { $0.value < 0x20 }) {
            throw ProblemError(
                .badRequest, code: "invalid_body", detail: "reason must be one line of at most 1000 characters.",
                errors: [.init(pointer: "/reason", detail: "one line of at most 1000 characters")])
        }
        return try await self.take(decision(reason), context, scope)
    }

    /// What took an approval to be done takes the right to approve to be undone.
    @Sendable private func rollback(_ request: Request, context: AppContext) async throws -> Response {
        let plan = try await self.reader.live(context, .intentsWrite).plan()
        let scope: Scope = plan?.approvalReasons.isEmpty ?? true ? .intentsWrite : .intentsApprove
        return try await self.decide(request, context, scope) { .rollback(reason: $0) }
    }

    @Sendable private func clarify(_ request: Request, context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(AnswersBody.self, from: request, context: context, limit: 64 << 10, allowsNoContentType: true)
        guard !body.answers.isEmpty else {
            throw ProblemError(
                .badRequest, code: "invalid_body", detail: "answers must not be empty.", errors: [.init(pointer: "/answers", detail: "must not be empty")])
        }
        return try await self.take(.clarify(body.answers), context, .intentsWrite)
    }

    /// Whoever submitted it, and however: who asked for a change, or said by an answer what it is to be, does not approve it, unless the policy says so.
    private func requireFourEyes(_ context: AppContext, _ snapshot: RecordSnapshot) throws {
        let principal = try context.requirePrincipal(.intentsApprove)
        let requester = try snapshot.request().requestedBy
        let authors = [requester] + (try snapshot.record().history.filter { IntentDecision.isAnswer($0) }.map(\.by))
        let policy = self.authenticator.policy
        guard let author = authors.first(where: { !policy.mayApprove(principal, of: $0) }) else { return }
        let behind = policy.stands(principal, behind: author) ? "\(author), behind which \(principal.name) stands (approval.programs)," : author
        throw ProblemError(
            .forbidden, code: "self_approval",
            detail: "\(behind) \(author == requester ? "asked for this change" : "answered what this change is to be");"
                + " somebody else approves it (policy: approval.bySelf does not name \(principal.identity)).")
    }

    /// A record that changed since it was read is read again: the decision is judged against what is there.
    private func take(_ decision: IntentDecision, _ context: AppContext, _ scope: Scope) async throws -> Response {
        for _ in 0..<5 {
            let snapshot = try await self.reader.live(context, scope)
            if case .approve = decision { try self.requireFourEyes(context, snapshot) }
            let person = context.principal?.name ?? "unknown"
            switch try await self.ledger.step(try decision.step(on: snapshot, by: person), on: snapshot) {
            case .taken(let phase):
                if phase.isTerminal { await Reservations(ledger: self.ledger).releaseQuietly(snapshot.id) }
                let after = try await self.ledger.read(snapshot.id) ?? snapshot
                return Response.json(bytes: ByteBuffer(bytes: try after.json()))
            case .stale: continue
            case .gone: throw ProblemError(.notFound, code: "not_found", detail: "There is no intent \(snapshot.id).")
            case .fenced: throw ProblemError(.serviceUnavailable, code: "fenced", detail: "This deployment has been replaced.", headers: [.retryAfter: "1"])
            }
        }
        throw ProblemError(.conflict, code: "phase_conflict", detail: "The intent keeps changing; look at it again.")
    }
}
