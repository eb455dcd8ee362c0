import HTTPTypes
import Hummingbird
import IntentModel
import Logging
import Telemetry

/// What every service answers to operators, probes and scrapers.
struct OperationsRoutes {
    let context: ServiceContext
    let health: HealthBoard
    let started = ContinuousClock().now

    func add(to router: Router<AppContext>) {
        router.get("/healthz") { _, _ in Response.json(["status": "ok"]) }
        router.get("/readyz") { _, _ in await self.readiness() }
        router.get("/health") { request, context in
            let report = await self.report()
            // What runs where and in which version helps who looks for a way in.
            return await self.mayKnow(request, context) ? Response.json(report) : Response.json(Summary(status: report.status, service: report.service))
        }
        router.get("/version") { _, _ in
            Response.json(["service": self.context.name, "version": self.context.version, "colour": self.context.colour])
        }
        let metrics = router.group()
        if !self.context.settings[CommonSettings.metricsOpen] {
            metrics.add(middleware: self.context.operators(.metricsRead))
        }
        metrics.get("/metrics") { request, _ in
            let format = MetricsFormat(accept: request.headers[.accept])
            return Response(
                status: .ok, headers: [.contentType: format.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: self.context.metrics.expose(as: format)))
            )
        }
        let admin = router.group().add(middleware: self.context.operators(.admin))
        admin.post("/shutdown") { _, context in
            context.logger.notice("shutdown asked for", metadata: ["by": .string(context.principal?.name ?? "")])
            self.context.drain.begin()
            return Response.json(["status": "draining"], status: .accepted, headers: [.connection: "close"])
        }
        admin.get("/admin/log-level") { _, _ in Response.json(LevelBody(level: LogLevel.shared.value.rawValue)) }
        admin.put("/admin/log-level") { request, context in
            let body = try await JSONBody.decode(LevelBody.self, from: request, context: context, limit: 1_024)
            guard let level = Logger.Level(rawValue: body.level.lowercased()) else {
                let allowed = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw ProblemError(
                    .badRequest, code: "invalid_body", detail: "There is no level \(body.level).",
                    errors: [.init(pointer: "/level", detail: "One of \(allowed).")]
                )
            }
            LogLevel.shared.value = level
            context.logger.notice("log level changed", metadata: ["to": .string(level.rawValue), "by": .string(context.principal?.name ?? "")])
            return Response.json(LevelBody(level: level.rawValue))
        }
    }

    private struct Summary: Encodable {
        var status: String
        var service: String
    }

    /// Callers on this machine, other services, and whoever has any key.
    private func mayKnow(_ request: Request, _ context: AppContext) async -> Bool {
        if context.isLocal(request) { return true }
        guard request.headers[.authorization] != nil else { return self.context.authenticator.asksNobody }
        return (try? await self.context.authenticator.authenticate(request.headers, callOf: self.context.name)) != nil
    }

    private struct LevelBody: Codable { var level: String }

    private struct Readiness: Encodable {
        var status: String
        var missing: [String]
        /// Names of what is down and the service works without.
        var impaired: [String] = []
    }

    private func readiness() async -> Response {
        var missing: [String] = []
        switch self.context.drain.state {
        case .starting: missing.append("starting")
        case .draining, .closing: return Response.json(Readiness(status: "draining", missing: ["draining"]), status: .serviceUnavailable)
        case .serving: break
        }
        let down = await self.health.dependencies().filter { $0.state == .down }
        missing += down.filter(\.required).map { "\($0.name): \($0.detail ?? "down")" }
        guard missing.isEmpty else { return Response.json(Readiness(status: "unavailable", missing: missing), status: .serviceUnavailable) }
        return Response.json(Readiness(status: "ready", missing: [], impaired: down.map(\.name)))
    }

    private func report() async -> HealthReport {
        let dependencies = await self.health.dependencies()
        let isReady = self.context.drain.state == .serving && !dependencies.contains { $0.required && $0.state == .down }
        let isDegraded = dependencies.contains { $0.state == .down }
        let uptime = self.started.duration(to: ContinuousClock().now).components
        return HealthReport(
            status: !isReady ? "unavailable" : isDegraded ? "degraded" : "ok", service: self.context.name, version: self.context.version,
            colour: self.context.colour, environment: self.context.environment,
            uptimeSeconds: Double(uptime.seconds) + (Double(uptime.attoseconds) / 1e15).rounded() / 1_000, dependencies: dependencies
        )
    }
}
