import Hummingbird
import Ledger
import ServiceRuntime

/// `/v1/maintenance`: what all callers are told while somebody works on the installation. Nothing is refused for it; that is `MAINTENANCE_MODE`.
struct MaintenanceController: Sendable {
    let ledger: Ledger
    let board: NoticeBoard

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.put("/v1/maintenance", use: self.announce)
        router.delete("/v1/maintenance", use: self.end)
    }

    private struct Body: Decodable {
        var notice: String
        var seconds: Int?
    }

    private static let longest = 86_400

    @Sendable private func announce(_ request: Request, context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.admin)
        try principal.requireInstallation("A maintenance notice")
        let body = try await JSONBody.decode(Body.self, from: request, context: context, limit: 4 << 10)
        guard let notice = MaintenanceNotice(text: body.notice, by: principal.name) else {
            throw ProblemError(
                .badRequest, code: "invalid_body", detail: "notice must be printable ASCII.",
                errors: [.init(pointer: "/notice", detail: "1 to \(MaintenanceNotice.mostBytes) printable ASCII characters")])
        }
        let seconds = body.seconds ?? 3_600
        guard (1...Self.longest).contains(seconds) else {
            throw ProblemError(
                .badRequest, code: "invalid_body", detail: "seconds must be within a day.", errors: [.init(pointer: "/seconds", detail: "1 to \(Self.longest)")]
            )
        }
        try await self.ledger.announce(notice, for: seconds)
        self.board.learn(notice)
        return Response(status: .noContent)
    }

    @Sendable private func end(_ request: Request, context: AppContext) async throws -> Response {
        try context.requirePrincipal(.admin).requireInstallation("A maintenance notice")
        try await self.ledger.endNotice()
        self.board.learn(nil)
        return Response(status: .noContent)
    }
}
