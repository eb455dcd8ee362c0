package import JSONSchema
import Foundation
import Hummingbird
import Synchronization

/// An O-Cloud's IMS over real HTTP: inventory, alarms, provisioning. Held to the contracts of O2 IMS, as is whoever calls. Provisioning requests
/// go on a little with every look at them.
package final class FakeOCloud: Sendable {
    /// Of the inventory. v2 is as the contract has it; v1 has its paths, the profile of a deployment manager as a query, and no sites.
    package enum Version: String, Sendable { case v1, v2 }

    private struct State {
        var lists: [String: [JSONValue]] = [:]
        var subscriptions: [String: JSONValue] = [:]
        /// How many were ever made: no identifier is given twice.
        var subscribed = 0
        var requests: [String: JSONValue] = [:]
        var looks: [String: Int] = [:]
        var leaving: Set<String> = []
        var fails = false
        var isDown = false
        var filters: [String] = []
        var calls: [String] = []
        var violations: [String] = []
        var keys: [String] = []
    }

    private struct Reply {
        var status: Int
        var body: JSONValue?
        var location: String?

        static func problem(_ status: Int, _ detail: String) -> Reply {
            Reply(status: status, body: ["title": "Refused", "status": .number(Double(status)), "detail": .string(detail)])
        }
    }

    private let version: Version
    private let contracts: [PeerContract]
    private let state = Mutex(State())
    private let server = Mutex<LoopbackServer?>(nil)

    private init(_ version: Version) throws {
        self.version = version
        self.contracts = try ["o2ims-inventory-v2", "o2ims-alarms-v1", "o2ims-provisioning-v1"].map { try PeerContract(named: $0) }
    }

    package static func start(_ version: Version = .v2) async throws -> FakeOCloud {
        let cloud = try FakeOCloud(version)
        let server = try await LoopbackServer.start(cloud.router())
        cloud.server.withLock { $0 = server }
        return cloud
    }

    // MARK: What tests see and set

    package var url: String { self.server.withLock { $0?.url ?? "" } }
    /// Requests and answers that were not as the contracts have them.
    package var violations: [String] { self.state.withLock { $0.violations } }
    /// Values of `Authorization`.
    package var keys: [String] { self.state.withLock { $0.keys } }
    package var filters: [String] { self.state.withLock { $0.filters } }
    package var subscriptions: [String: JSONValue] { self.state.withLock { $0.subscriptions } }
    package var requests: [String: JSONValue] { self.state.withLock { $0.requests } }
    /// Calls of a method on provisioning requests.
    package func count(of method: String) -> Int { self.state.withLock { $0.calls.count { $0 == method } } }
    /// Of `resourcePools`, `resourceTypes`, `deploymentManagers`, `locations`, `oCloudSites`, `resourcePools/<id>/resources`, `alarms`.
    package func hold(_ items: [JSONValue], as list: String) { self.state.withLock { $0.lists[list] = items } }
    package func failProvisioning() { self.state.withLock { $0.fails = true } }
    /// Every call is answered 503 while it is down.
    package func setDown(_ isDown: Bool) { self.state.withLock { $0.isDown = isDown } }
    /// A subscription that somebody made before, with its `subscriptionId`.
    package func hold(subscription: JSONValue) {
        guard let id = subscription["subscriptionId"]?.string else { return }
        self.state.withLock { $0.subscriptions[id] = subscription }
    }
    package func forgetSubscriptions() { self.state.withLock { $0.subscriptions = [:] } }
    package func stop() async { await self.server.withLock { $0 }?.stop() }

    /// A deployment manager with everything that the contract asks of one.
    package static func manager(
        _ name: String, capacity: [String: JSONValue] = [:], locations: [String] = [], extensions: [String: JSONValue] = [:]
    ) -> JSONValue {
        [
            "deploymentManagerId": .string("dm-\(name)"), "name": .string(name), "description": "", "oCloudId": "cloud-1",
            "serviceUri": .string("https://\(name).example:6443"), "supportedLocations": .array(locations.map { .string($0) }), "capabilities": [:],
            "capacity": .object(capacity), "extensions": .object(extensions),
        ]
    }

    // MARK: The interfaces

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        for method in [HTTPRequest.Method.get, .put, .post, .delete, .patch] {
            router.on("**", method: method) { request, _ -> Response in
                let bytes = Array(buffer: try await request.body.collect(upTo: 1 << 20))
                return self.answer(request, method.rawValue, bytes)
            }
        }
        return router
    }

    private func answer(_ request: Request, _ method: String, _ bytes: [UInt8]) -> Response {
        let query = Dictionary(request.uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { first, _ in first })
        let inventory = "/o2ims-infrastructureInventory/"
        var path = request.uri.path
        // What this version does not have is no offence to ask for: who calls finds out so.
        let isOther = path.hasPrefix(inventory) && !path.hasPrefix("\(inventory)\(self.version.rawValue)/")
        if path.hasPrefix("\(inventory)v1/") { path = "\(inventory)v2/\(path.dropFirst("\(inventory)v1/".count))" }
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        return self.state.withLock { state in
            if let key = headers["authorization"] { state.keys.append(key) }
            if state.isDown { return Self.response(.problem(503, "asked for by the test")) }
            guard !isOther, let contract = self.contracts.first(where: { path.hasPrefix($0.base) }) else {
                return Self.response(.problem(404, "no such version"))
            }
            let asked = query.keys.filter { self.version == .v2 || $0 != "profile" }
            if self.version == .v1, contract.operation(method, path) == nil || ["locations", "oCloudSites"].contains(path.split(separator: "/").last ?? "") {
                return Self.response(.problem(404, "v1 has none"))
            }
            let wrong = contract.violations(method, path, query: Array(asked), headers: headers, body: bytes)
            state.violations += wrong
            let reply: Reply
            if wrong.isEmpty {
                let segments = path.dropFirst(contract.base.count).split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
                reply = self.reply(&state, method, segments, query, (try? JSONValue(parsing: bytes)) ?? .null)
            } else {
                reply = .problem(contract.operation(method, path) == nil ? 404 : 400, wrong.joined(separator: "; "))
            }
            let response = Self.response(reply)
            if self.version == .v2 || !path.hasPrefix(inventory), let operation = contract.operation(method, path) {
                var sent: [String: String] = [:]
                for field in response.headers { sent[field.name.canonicalName] = field.value }
                state.violations += contract.violations(operation, status: reply.status, headers: sent, body: reply.body?.bytes ?? []).map { "the fake: \($0)" }
            }
            return response
        }
    }

    private func reply(_ state: inout State, _ method: String, _ path: [String], _ query: [String: String], _ body: JSONValue) -> Reply {
        if let filter = query["filter"] { state.filters.append(filter.removingPercentEncoding ?? filter) }
        switch (method, path.first ?? "", path.count) {
        case ("GET", "subscriptions", 1): return Reply(status: 200, body: .array(state.subscriptions.sorted { $0.key < $1.key }.map(\.value)))
        case ("POST", "subscriptions", 1): return Self.subscribe(&state, body)
        case ("DELETE", "subscriptions", 2):
            return state.subscriptions.removeValue(forKey: path[1]) == nil ? .problem(404, "no such subscription") : Reply(status: 200)
        case ("PATCH", "alarms", 2):
            let index = state.lists["alarms"]?.firstIndex { $0["alarmEventRecordId"]?.string == path[1] }
            guard let index, var alarm = state.lists["alarms"]?[index] else { return .problem(404, "no such alarm") }
            // O2IMS-INTERFACE: one of them at a time, and cleared is all that a consumer may make of a severity.
            guard body.object?.count == 1, body["perceivedSeverity"] == nil || body["perceivedSeverity"] == 5 else { return .problem(400, "one of them") }
            if alarm["perceivedSeverity"] == 5, body["perceivedSeverity"] != nil { return .problem(409, "it is cleared") }
            for (name, value) in body.object ?? [:] { alarm[name] = value }
            state.lists["alarms"]?[index] = alarm
            return Reply(status: 200, body: body)
        case (_, "provisioningRequests", _): return Self.provisioning(&state, method, path, body)
        case ("GET", "deploymentManagers", 2):
            guard var manager = state.lists["deploymentManagers"]?.first(where: { $0["deploymentManagerId"]?.string == path[1] }) else {
                return .problem(404, "no such deployment manager")
            }
            if self.version == .v1, query["profile"] != "native_k8sapi" { manager["extensions"] = [:] }
            return Reply(status: 200, body: manager)
        case ("GET", _, 1), ("GET", "resourcePools", 3): return Reply(status: 200, body: .array(state.lists[path.joined(separator: "/")] ?? []))
        default: return .problem(404, "not kept")
        }
    }

    private static func subscribe(_ state: inout State, _ body: JSONValue) -> Reply {
        let stray = body.object?.keys.filter { !["callback", "consumerSubscriptionId", "filter"].contains($0) } ?? []
        if !stray.isEmpty { state.violations.append("a subscription that is made has no \(stray)") }
        if let id = body["consumerSubscriptionId"]?.string, UUID(uuidString: id) == nil { state.violations.append("\(id) is no UUID") }
        var subscription = body
        state.subscribed += 1
        let id = "s\(state.subscribed)"
        subscription["subscriptionId"] = .string(id)
        state.subscriptions[id] = subscription
        return Reply(status: 201, body: subscription, location: "/o2ims-infrastructureInventory/v2/subscriptions/\(id)")
    }

    private static func provisioning(_ state: inout State, _ method: String, _ path: [String], _ body: JSONValue) -> Reply {
        state.calls.append(method)
        let id = path.count > 1 ? path[1] : body["provisioningRequestId"]?.string ?? ""
        let location = "/o2ims-infrastructureProvisioning/v1/provisioningRequests/\(id)"
        if method == "POST" || method == "PUT", UUID(uuidString: id) == nil || body["provisioningRequestId"]?.string != id {
            state.violations.append("\(id) is no UUID, or another one than the path's")
            return .problem(400, "provisioningRequestId")
        }
        switch method {
        case "POST":
            if state.requests[id] != nil { return .problem(409, "it exists") }
            state.requests[id] = body
            return Reply(status: 201, body: self.info(body, "PENDING"), location: location)
        case "PUT":
            guard state.requests[id] != nil else { return .problem(404, "no such request") }
            state.requests[id] = body
            state.looks[id] = 0
            return Reply(status: 200, body: self.info(body, "PROGRESSING"), location: location)
        case "GET" where path.count == 2:
            guard let body = state.requests[id] else { return .problem(404, "no such request") }
            state.looks[id, default: 0] += 1
            let looks = state.looks[id] ?? 0
            if state.leaving.contains(id) {
                if looks > 2 { state.requests[id] = nil }
                return Reply(status: 200, body: self.info(body, "DELETING"))
            }
            return Reply(status: 200, body: self.info(body, state.fails ? "FAILED" : looks < 3 ? "PROGRESSING" : "FULFILLED"))
        case "GET": return Reply(status: 200, body: .array(state.requests.sorted { $0.key < $1.key }.map { self.info($0.value, "PROGRESSING") }))
        default:
            guard state.requests[id] != nil else { return .problem(404, "no such request") }
            state.leaving.insert(id)
            state.looks[id] = 0
            return Reply(status: 202, location: location)
        }
    }

    private static func info(_ body: JSONValue, _ phase: String) -> JSONValue {
        [
            "provisioningRequestReference": "r", "provisioningRequestData": body,
            "provisionedResourceSet": ["nodeClusterId": phase == "FULFILLED" ? "cluster-1" : "", "infrastructureResourceIds": []],
            "status": [
                "updateTime": "2026-01-01T00:00:00Z", "message": .string(phase.lowercased()), "provisioningPhase": .string(phase),
                "nodeClusterProvisioningStatus": ["resourceName": "", "resourceId": "", "resourceProvisioningPhase": "PROCESSING"],
                "infrastructureResourceProvisioningStatus": [],
            ],
        ]
    }

    private static func response(_ reply: Reply) -> Response {
        var fields = HTTPFields()
        if let location = reply.location { fields[.location] = location }
        if reply.body != nil { fields[.contentType] = reply.status >= 400 ? "application/problem+json" : "application/json" }
        return Response(status: .init(code: reply.status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: reply.body?.bytes ?? [])))
    }
}
