import Hummingbird
package import JSONSchema
import Synchronization

/// An O-Cloud: IMS inventory v1, alarms and provisioning v1. What is not of the interface is a violation.
package final class FakeOCloud: Sendable {
    private struct State {
        var lists: [String: [JSONValue]] = [:]
        var subscriptions: [String: JSONValue] = [:]
        var requests: [String: JSONValue] = [:]
        /// How often a request is read before it is fulfilled.
        var looks: [String: Int] = [:]
        var fails = false
        var filters: [String] = []
        var calls: [String] = []
        var violations: [String] = []
    }

    private let state = Mutex(State())
    private let server = Mutex<LoopbackServer?>(nil)

    private init() {}

    package static func start() async throws -> FakeOCloud {
        let cloud = FakeOCloud()
        let server = try await LoopbackServer.start(cloud.router())
        cloud.server.withLock { $0 = server }
        return cloud
    }

    package var url: String { self.server.withLock { $0?.url ?? "" } }
    package var violations: [String] { self.state.withLock { $0.violations } }
    package var filters: [String] { self.state.withLock { $0.filters } }
    package var subscriptions: [String: JSONValue] { self.state.withLock { $0.subscriptions } }
    package var requests: [String: JSONValue] { self.state.withLock { $0.requests } }
    package func count(of call: String) -> Int { self.state.withLock { $0.calls.count { $0 == call } } }

    /// Of `resourcePools`, `deploymentManagers`, `resourcePools/<id>/resources`, `alarms`.
    package func hold(_ items: [JSONValue], as list: String) { self.state.withLock { $0.lists[list] = items } }
    package func failProvisioning() { self.state.withLock { $0.fails = true } }
    package func stop() async { await self.server.withLock { $0 }?.stop() }

    // MARK: The interfaces

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        let inventory = router.group("o2ims-infrastructureInventory/v1")
        for list in ["resourcePools", "resourceTypes", "deploymentManagers"] { inventory.get(RouterPath(list)) { request, _ in self.list(list, request) } }
        inventory.get("resourcePools/:pool/resources") { request, context in
            self.list("resourcePools/\(context.parameters.get("pool") ?? "")/resources", request)
        }
        router.get("o2ims-infrastructureMonitoring/v1/alarms") { request, _ in self.list("alarms", request) }
        inventory.get("subscriptions") { _, _ in Self.json(200, .array(self.state.withLock { $0.subscriptions.sorted { $0.key < $1.key }.map(\.value) })) }
        inventory.post("subscriptions") { request, _ in
            let body = try await Self.body(request)
            return self.state.withLock { state in
                let stray = body.object?.keys.filter { !["callback", "consumerSubscriptionId", "filter"].contains($0) } ?? ["no object"]
                if body["callback"]?.string == nil || !stray.isEmpty {
                    state.violations.append("a subscription has a callback and no \(stray)")
                    return Self.problem(400, "a subscription has a callback")
                }
                var subscription = body
                let id = "s\(state.subscriptions.count + 1)"
                subscription["subscriptionId"] = .string(id)
                state.subscriptions[id] = subscription
                return Self.json(201, subscription)
            }
        }
        inventory.delete("subscriptions/:id") { _, context in
            let id = context.parameters.get("id") ?? ""
            return self.state.withLock { $0.subscriptions.removeValue(forKey: id) == nil ? Self.problem(404, "no such subscription") : Response(status: .ok) }
        }
        self.addProvisioning(to: router)
        return router
    }

    private func addProvisioning(to router: Router<BasicRequestContext>) {
        let requests = router.group("o2ims-infrastructureProvisioning/v1/provisioningRequests")
        requests.post("") { request, _ in
            let body = try await Self.body(request)
            return self.state.withLock { state in
                state.calls.append("POST")
                guard let id = Self.checked(body, &state) else { return Self.problem(400, "not a ProvisioningRequestData") }
                if state.requests[id] != nil { return Self.problem(409, "it exists") }
                state.requests[id] = body
                return Self.json(201, Self.info(body, "PENDING"))
            }
        }
        requests.put(":id") { request, context in
            let body = try await Self.body(request)
            return self.state.withLock { state in
                state.calls.append("PUT")
                guard let id = Self.checked(body, &state), id == context.parameters.get("id"), state.requests[id] != nil else {
                    return Self.problem(404, "no such request")
                }
                state.requests[id] = body
                state.looks[id] = 0
                return Self.json(200, Self.info(body, "PROGRESSING"))
            }
        }
        requests.get(":id") { _, context in
            let id = context.parameters.get("id") ?? ""
            return self.state.withLock { state in
                guard let body = state.requests[id] else { return Self.problem(404, "no such request") }
                state.looks[id, default: 0] += 1
                let phase = state.fails ? "FAILED" : (state.looks[id] ?? 0) < 3 ? "PROGRESSING" : "FULFILLED"
                return Self.json(200, Self.info(body, phase))
            }
        }
        requests.delete(":id") { _, context in
            let id = context.parameters.get("id") ?? ""
            return self.state.withLock { $0.requests.removeValue(forKey: id) == nil ? Self.problem(404, "no such request") : Response(status: .noContent) }
        }
    }

    private func list(_ name: String, _ request: Request) -> Response {
        self.state.withLock { state in
            if let filter = request.uri.queryParameters["filter"] { state.filters.append(String(filter)) }
            return Self.json(200, .array(state.lists[name] ?? []))
        }
    }

    private static func checked(_ body: JSONValue, _ state: inout State) -> String? {
        let members = ["provisioningRequestId", "name", "description", "templateName", "templateVersion", "templateParameters"]
        guard Set(body.object?.keys.map { $0 } ?? []) == Set(members), body["templateParameters"]?.object != nil, let id = body["provisioningRequestId"]?.string
        else {
            state.violations.append("not a ProvisioningRequestData: \(body.text)")
            return nil
        }
        return id
    }

    private static func info(_ body: JSONValue, _ phase: String) -> JSONValue {
        [
            "provisioningRequestReference": "r", "provisioningRequestData": body,
            "provisionedResourceSet": ["nodeClusterId": phase == "FULFILLED" ? "cluster-1" : "", "infrastructureResourceIds": []],
            "status": [
                "updateTime": "2026-01-01T00:00:00Z", "message": .string(phase.lowercased()), "provisioningPhase": .string(phase),
                "nodeClusterProvisioningStatus": [:], "infrastructureResourceProvisioningStatus": [],
            ],
        ]
    }

    private static func body(_ request: Request) async throws -> JSONValue {
        (try? JSONValue(parsing: Array(buffer: try await request.body.collect(upTo: 1 << 20)))) ?? .null
    }

    private static func json(_ status: Int, _ value: JSONValue) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: Array(value.text.utf8))))
    }

    private static func problem(_ status: Int, _ detail: String) -> Response {
        self.json(status, ["status": .number(Double(status)), "title": "Refused", "detail": .string(detail)])
    }
}
