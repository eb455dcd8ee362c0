import Foundation
import Hummingbird
import ServiceClient
import ServiceRuntime
import Telemetry

/// The services behind the gateway, as they tell of themselves, and the guards the gateway has towards each.
struct ServiceController: Sendable {
    /// The gateway's own name and metrics.
    let name: String
    let ownMetrics: PrometheusRegistry
    let upstreams: [ServiceClient]

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/services", use: self.list)
        router.get("/v1/services/{service}/metrics", use: self.metrics)
    }

    private struct Services: Encodable { var services: [Item] }

    private struct Item: Encodable {
        var name: String
        /// Of the gateway towards it: `closed`, `open` or `halfOpen`.
        var breaker: String
        /// Of the call that asked for the report.
        var latencyMs: Double
        var report: HealthReport?
        /// Why there is no report.
        var detail: String?
    }

    @Sendable private func list(_ request: Request, context: AppContext) async throws -> Response {
        _ = try context.requirePrincipal(.intentsRead)
        let items = await withTaskGroup(of: Item.self) { group in
            for upstream in self.upstreams { group.addTask { await Self.item(upstream) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return Response.json(Services(services: items.sorted { $0.name < $1.name }))
    }

    private static func item(_ upstream: ServiceClient) async -> Item {
        let clock = ContinuousClock()
        let start = clock.now
        var report: HealthReport?
        var detail: String?
        do throws(ServiceCallError) {
            report = try await upstream.get(HealthReport.self, "/health")
            if report == nil { detail = "\(upstream.name) has no report of its health." }
        } catch {
            detail = "\(error)."
        }
        let latency = start.duration(to: clock.now) / .milliseconds(1)
        return Item(
            name: upstream.name, breaker: "\(upstream.upstream.breaker.state)", latencyMs: (latency * 1000).rounded() / 1000, report: report, detail: detail)
    }

    /// What its own `/metrics` says: for who looks at a service that only the gateway reaches, or at the gateway where its `/metrics` has no way in.
    @Sendable private func metrics(_ request: Request, context: AppContext) async throws -> Response {
        _ = try context.requirePrincipal(.metricsRead)
        let name = context.parameters.get("service") ?? ""
        if name == self.name { return Self.exposition(self.ownMetrics.expose()) }
        guard let upstream = self.upstreams.first(where: { $0.name == name }) else {
            throw ProblemError(
                .notFound, code: "not_found",
                detail: "There is no service \(name.prefix(64)); there are \(([self.name] + self.upstreams.map(\.name)).joined(separator: ", "))."
            )
        }
        let answer = try await upstream.call("GET", "/metrics", body: nil, mayRepeat: true)
        guard answer.status == 200 else { throw upstream.refusal(answer) }
        return Self.exposition(answer.body)
    }

    private static func exposition(_ bytes: [UInt8]) -> Response {
        Response(status: .ok, headers: [.contentType: PrometheusRegistry.contentType], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
