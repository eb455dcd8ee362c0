import AccessControl
import Foundation
import Hummingbird
import IntentModel
import Ledger
import ServiceClient
import ServiceRuntime

/// The operations summary for scripts of the handbook (snake_case), and the inventory.
struct OperationsController: Sendable {
    let ledger: Ledger
    /// Whether it can be written: what `/readyz` goes by.
    let check: HealthCheck
    let backpressure: Backpressure
    let upstreams: [ServiceClient]
    let bridge: ServiceClient
    let authenticator: TokenAuthenticator

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/health", use: self.health)
        router.get("/v1/orchestration/workflows", use: self.workflows)
        router.get("/v1/metrics", use: self.metrics)
        router.get("/v1/inventory", use: self.inventory)
    }

    private struct Health: Encodable {
        var status: String
        var components: [String: String]
        /// What those that are degraded do without, by component.
        var impaired: [String: [String]]?
    }

    private struct Answer {
        let name: String
        let state: String
        let lacks: [String]
    }

    /// Of `/readyz`.
    private struct Readiness: Decodable { var impaired: [String]? }

    @Sendable private func health(_ request: Request, context: AppContext) async throws -> Response {
        _ = try context.requirePrincipal(.intentsRead)
        let names = Set(self.upstreams.map(\.name))
        let answers = await withTaskGroup(of: Answer.self) { group in
            for upstream in self.upstreams {
                group.addTask {
                    do throws(ServiceCallError) {
                        let response = try await upstream.call("GET", "/readyz", body: nil, mayRepeat: false)
                        // Other services of ours are components themselves.
                        let readiness = try? JSONDecoder().decode(Readiness.self, from: Data(response.body))
                        let lacks = (readiness?.impaired ?? []).filter { !names.contains($0) }
                        return Answer(name: upstream.name, state: response.status == 200 && lacks.isEmpty ? "healthy" : "degraded", lacks: lacks)
                    } catch {
                        return Answer(name: upstream.name, state: "unhealthy", lacks: [])
                    }
                }
            }
            return await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        var components = Dictionary(uniqueKeysWithValues: answers.map { ($0.name, $0.state) })
        let impaired = Dictionary(uniqueKeysWithValues: answers.filter { !$0.lacks.isEmpty }.map { ($0.name, $0.lacks) })
        components["redis"] = await self.check.holds() ? "healthy" : "unhealthy"
        let isHealthy = components.values.allSatisfy { $0 == "healthy" }
        return Response.json(
            Health(status: isHealthy ? "healthy" : "degraded", components: components, impaired: impaired.isEmpty ? nil : impaired))
    }

    private struct Workflow: Encodable {
        var id: IntentID
        var intent: String
        var phase: Phase
        var priority: Priority
        var created_at: String
        var updated_at: String
    }

    private struct Workflows: Encodable {
        var workflows: [Workflow]
        var total: Int
    }

    private static let running: [Phase] = [.received, .interpreting, .planning, .rendering, .executing, .verifying]
    private static let waiting: [Phase] = [.awaitingApproval, .awaitingClarification]

    @Sendable private func workflows(_ request: Request, context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.intentsRead)
        let status = request.uri.queryParameters["status"].map(String.init) ?? "running"
        let phases: [Phase]
        switch status {
        case "running": phases = Self.running
        case "waiting", "pending": phases = Self.waiting
        case "completed": phases = [.fulfilled, .published]
        case "failed": phases = [.failed]
        default: throw ProblemError(.badRequest, code: "invalid_query", detail: "status must be running, waiting, completed or failed.")
        }
        var workflows: [Workflow] = []
        var total = 0
        for phase in phases {
            total += try await self.ledger.count([phase], of: principal.confinement)
            for snapshot in try await self.ledger.list(phase: phase, tenant: principal.confinement, limit: 100, before: nil) {
                let summary = try IntentSummary(snapshot)
                workflows.append(
                    Workflow(
                        id: summary.id, intent: summary.request.intent, phase: summary.phase, priority: summary.request.priority, created_at: summary.createdAt,
                        updated_at: summary.updatedAt)
                )
            }
        }
        workflows.sort { $0.id > $1.id }
        return Response.json(Workflows(workflows: Array(workflows.prefix(100)), total: total))
    }

    private struct Metrics: Encodable {
        struct System: Encodable {
            var active_workflows: Int
            var awaiting_people: Int
            var queue_depth: Int
            var queue_age_seconds: Double
            var dead_letters: Int
            var error_rate: Double
            var average_response_time: Double
            var completed: Int
            var failed: Int
        }

        var timerange: String
        var system_metrics: System
    }

    /// Computed from the records of the time range: at most the newest 500 for the average, without what they waited for people.
    @Sendable private func metrics(_ request: Request, context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.intentsRead)
        let range = request.uri.queryParameters["timerange"].map(String.init) ?? "1h"
        guard range.wholeMatch(of: /[1-9][0-9]{0,4}[smhd]/) != nil, let duration = DurationText.parse(range) else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "timerange must be a duration such as 15m or 1h, of at most five digits.")
        }
        let since = Timestamp.now() - duration.milliseconds
        let foreign = principal.foreignTenant
        // The queues are all tenants'; of its own intents a tenant sees how many there are.
        let queues = foreign == nil ? await self.backpressure.refresh() : []
        let tenant = principal.confinement
        let active = try await self.ledger.count(Self.running, of: tenant)
        let waiting = try await self.ledger.count(Self.waiting, of: tenant)
        let recent = try await self.ledger.list(phase: nil, tenant: tenant, limit: 500, before: nil).filter { $0.created >= since && $0.phase.isTerminal }
        let failed = recent.count { $0.phase == .failed }
        let times = recent.map { Double($0.updated - $0.created - $0.standing(until: $0.updated)) / 1000 }
        return Response.json(
            Metrics(
                timerange: range,
                system_metrics: .init(
                    active_workflows: active, awaiting_people: waiting, queue_depth: foreign == nil ? queues.reduce(0) { $0 + $1.depth } : active,
                    queue_age_seconds: Double(queues.map(\.ageMilliseconds).max() ?? 0) / 1000, dead_letters: queues.reduce(0) { $0 + $1.deadLetters },
                    error_rate: recent.isEmpty ? 0 : Double(failed) / Double(recent.count),
                    average_response_time: times.isEmpty ? 0 : times.reduce(0, +) / Double(times.count), completed: recent.count - failed, failed: failed
                )
            )
        )
    }

    @Sendable private func inventory(_ request: Request, context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.intentsRead)
        let wanted = ["function", "instance", "namespace", "cluster"].compactMap { name in
            request.uri.queryParameters[Substring(name)].map { value in
                "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
            }
        }
        let answer = try await self.bridge.get(Inventory.self, "/v1/packages" + (wanted.isEmpty ? "" : "?" + wanted.joined(separator: "&")))
        let policy = self.authenticator.policy
        let items = (answer?.items ?? []).filter { policy.refusal(to: principal, package: $0.path) == nil }
        return Response.json(Inventory(items: items))
    }

    private struct Inventory: Codable {
        var items: [InventoryItem]
    }
}
