import Hummingbird
import IntentModel
import Ledger
import ServiceRuntime

/// `/v1/rollout`: which colour of the deployment rules the ledger, and the changes of that. Each is idempotent, and may be sent again after it
/// was cut short. `/v1/rollout/runs/…` asks whoever drives a rollout, and changes nothing itself.
struct RolloutController: Sendable {
    let ledger: Ledger

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/rollout", use: self.show)
        router.post("/v1/rollout/preview") { try await self.change($0, $1) { try await self.ledger.beginPreview($0.colour, beside: $0.active ?? "") } }
        router.post("/v1/rollout/promote") {
            try await self.change($0, $1) { try await self.ledger.promote($0.colour, over: $0.active ?? "", share: Double($0.share ?? 100) / 100) }
        }
        router.post("/v1/rollout/abort") { try await self.change($0, $1) { try await self.ledger.endPreview($0.colour) } }
        router.post("/v1/rollout/back") { try await self.change($0, $1) { try await self.ledger.takeBack($0.colour) } }
        router.post("/v1/rollout/runs/{run}/promote") { try await self.wish(.promote, $0, $1) }
        router.post("/v1/rollout/runs/{run}/abort") { try await self.wish(.abort, $0, $1) }
    }

    private struct Body: Decodable {
        var colour: String
        /// The colour that must be active for it; of an abort and of a way back none.
        var active: String?
        /// Percent of the partitions that are promoted; nil for all of them.
        var share: Int?
    }

    private struct Answer: Encodable {
        struct Rule: Encodable {
            var partitions: Int
            var active: String?
            var epoch: Int
            var preview: String?
        }

        /// Nil while partitions differ, in the middle of a promotion, and on an installation without colours.
        var active: String?
        var preview: String?
        /// One, once nothing changes.
        var rules: [Rule]
        /// The last rollout of the host, see `nephoran rollout`.
        var run: RolloutRun?
        /// What was asked of who drives it, until he takes it up.
        var wish: RolloutWish?
    }

    @Sendable private func show(_ request: Request, context: AppContext) async throws -> Response {
        _ = try context.requirePrincipal(.intentsRead)
        return Response.json(try await self.answer())
    }

    private func answer() async throws -> Answer {
        let roles = try await self.ledger.currentRoles()
        func rule(_ roles: PartitionRoles, _ count: Int) -> Answer.Rule {
            Answer.Rule(partitions: count, active: roles.active, epoch: roles.activeEpoch, preview: roles.preview)
        }
        // Epochs of partitions may differ for good, when one change was refused in some.
        let named = Dictionary(grouping: roles) { "\($0.active ?? "") \($0.activeEpoch) \($0.preview ?? "")" }
        let rules = named.sorted { $0.key < $1.key }.map { rule($0.value[0], $0.value.count) }
        let actives = Set(roles.map(\.active))
        let previews = Set(roles.map(\.preview))
        return Answer(
            active: actives.count == 1 ? roles[0].active : nil, preview: previews.count == 1 ? roles[0].preview : nil, rules: rules,
            run: try await self.ledger.rolloutRun(), wish: try await self.ledger.rolloutWish())
    }

    /// 202: whoever drives the rollout sees it within a second or so, and what comes of it is in the run.
    private func wish(_ verb: RolloutWish.Verb, _ request: Request, _ context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.admin)
        try principal.requireInstallation("A rollout")
        let id = context.parameters.get("run") ?? ""
        guard let run = try await self.ledger.rolloutRun(), run.id == id else {
            throw ProblemError(.notFound, code: "not_found", detail: "The last rollout is none that is called \(id.prefix(64)).")
        }
        guard run.takes(verb) else {
            throw ProblemError(
                .conflict, code: "rollout_conflict",
                detail: "The rollout is \(run.state.rawValue): \(verb.rawValue) is for one that \(verb == .promote ? "waits" : "is not over").")
        }
        let wish = RolloutWish(run: id, verb: verb, by: principal.name, at: Timestamp.text(Timestamp.now()))
        let standing = try await self.ledger.wish(wish)
        guard standing.run == id, standing.verb == verb else {
            throw ProblemError(.conflict, code: "rollout_conflict", detail: "\(standing.by) has asked for \(standing.verb.rawValue) just now.")
        }
        return Response.json(try await self.answer(), status: .accepted)
    }

    private func change(_ request: Request, _ context: AppContext, _ make: (Body) async throws -> RoleChange) async throws -> Response {
        try context.requirePrincipal(.admin).requireInstallation("A rollout")
        let body = try await JSONBody.decode(Body.self, from: request, context: context, limit: 4 << 10)
        for (name, value) in [("colour", body.colour), ("active", body.active ?? "x")] where !value.isDNSLabel {
            throw ProblemError(
                .badRequest, code: "invalid_body", detail: "\(name) must be a DNS label.", errors: [.init(pointer: "/\(name)", detail: "a DNS label")])
        }
        if let share = body.share, !(1...100).contains(share) {
            throw ProblemError(
                .badRequest, code: "invalid_body", detail: "share must be a percentage.", errors: [.init(pointer: "/share", detail: "1 to 100")])
        }
        switch try await make(body) {
        case .made: return Response.json(try await self.answer())
        case .refused(let partition, let other):
            throw ProblemError(
                .conflict, code: "rollout_conflict", detail: "Partition \(partition) is \(other)'s; nothing of it was changed.")
        }
    }
}
