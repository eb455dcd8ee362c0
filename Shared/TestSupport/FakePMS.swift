package import JSONSchema
import Foundation
import Hummingbird
import Synchronization

/// An A1 Policy Management Service v3 over real HTTP, in front of RICs that it keeps itself; held to its contract, as is whoever calls.
package final class FakePMS: Sendable {
    private struct Policy {
        var ric: String
        var type: String
        var service: String
        var document: JSONValue
    }

    private struct State {
        var types: [String: JSONValue]
        var schemas: [String: JSONSchema]
        /// RIC → its state.
        var rics: [String: String]
        var policies: [String: Policy] = [:]
        var status: JSONValue = ["enforceStatus": "ENFORCED"]
        var violations: [String] = []
        var requests: [String] = []
        /// Answered instead, one each.
        var nextStatuses: [Int] = []
    }

    private let contract: PeerContract
    private let state: Mutex<State>
    private let server: Mutex<LoopbackServer?>

    package static func start(rics: [String], types: [String: JSONValue]? = nil) async throws -> FakePMS {
        let pms = try FakePMS(rics: rics, types: try types ?? FakeRIC.standardTypes())
        let server = try await LoopbackServer.start(pms.router())
        pms.server.withLock { $0 = server }
        return pms
    }

    private init(rics: [String], types: [String: JSONValue]) throws {
        self.contract = try PeerContract(named: "a1pms-v3")
        let schemas = types.compactMapValues { $0["policySchema"].flatMap { try? JSONSchema($0) } }
        self.state = Mutex(State(types: types, schemas: schemas, rics: Dictionary(uniqueKeysWithValues: rics.map { ($0, "AVAILABLE") })))
        self.server = Mutex(nil)
    }

    // MARK: What tests see and set

    package var url: String { self.server.withLock { $0?.url ?? "" } }
    /// Documents by the identifier they have here.
    package var policies: [String: JSONValue] { self.state.withLock { $0.policies.mapValues(\.document) } }
    package var services: Set<String> { self.state.withLock { Set($0.policies.values.map(\.service)) } }
    /// Requests and answers that were not as the contract has them.
    package var violations: [String] { self.state.withLock { $0.violations } }
    /// `METHOD path status`.
    package var requests: [String] { self.state.withLock { $0.requests } }
    package func setState(of ric: String, _ state: String) { self.state.withLock { $0.rics[ric] = state } }
    /// It names the RIC no more.
    package func forget(_ ric: String) { self.state.withLock { $0.rics[ric] = nil } }
    package func setStatus(_ status: JSONValue) { self.state.withLock { $0.status = status } }
    package func answerNext(_ statuses: [Int]) { self.state.withLock { $0.nextStatuses = statuses } }
    package func restart() async throws { try await self.server.withLock { $0 }?.restart() }
    package func stop() async { await self.server.withLock { $0 }?.stop() }

    // MARK: Operations

    private struct Reply {
        var status: Int
        var body: JSONValue?
        var location: String?

        static func problem(_ status: Int, _ detail: String) -> Reply {
            Reply(status: status, body: ["title": "Fake", "status": .number(Double(status)), "detail": .string(detail)])
        }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        for method in [HTTPRequest.Method.get, .put, .post, .delete] {
            router.on("**", method: method) { request, _ -> Response in
                let bytes = Array(buffer: try await request.body.collect(upTo: 1 << 20))
                return self.answer(request, method.rawValue, bytes)
            }
        }
        return router
    }

    private func answer(_ request: Request, _ method: String, _ bytes: [UInt8]) -> Response {
        let path = request.uri.path
        let query = Dictionary(request.uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { first, _ in first })
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        return self.state.withLock { state in
            let wrong = self.contract.violations(method, path, query: Array(query.keys), headers: headers, body: bytes)
            state.violations += wrong
            let reply: Reply
            if !wrong.isEmpty {
                reply = .problem(self.contract.operation(method, path) == nil ? 404 : 400, wrong.joined(separator: "; "))
            } else if !state.nextStatuses.isEmpty {
                reply = .problem(state.nextStatuses.removeFirst(), "asked for by the test")
            } else {
                let segments = path.dropFirst(self.contract.base.count).split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
                reply = Self.reply(&state, method, segments, query, (try? JSONValue(parsing: bytes)) ?? .null)
            }
            state.requests.append("\(method) \(path) \(reply.status)")
            let body = reply.body?.bytes ?? []
            var fields = HTTPFields()
            if let location = reply.location { fields[.location] = location }
            if reply.body != nil { fields[.contentType] = reply.status >= 400 ? "application/problem+json" : "application/json" }
            if let operation = self.contract.operation(method, path) {
                var sent: [String: String] = [:]
                for field in fields { sent[field.name.canonicalName] = field.value }
                state.violations += self.contract.violations(operation, status: reply.status, headers: sent, body: body).map { "the fake: \($0)" }
            }
            return Response(status: .init(code: reply.status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body)))
        }
    }

    private static func reply(_ state: inout State, _ method: String, _ path: [String], _ query: [String: String], _ body: JSONValue) -> Reply {
        switch (method, path.first, path.count) {
        case ("GET", "rics", 1):
            let rics = state.rics.sorted { $0.key < $1.key }.map { ric -> JSONValue in
                [
                    "ricId": .string(ric.key), "managedElementIds": [], "state": .string(ric.value),
                    "policyTypeIds": .array(state.types.keys.sorted().map(JSONValue.string)),
                ]
            }
            return Reply(status: 200, body: ["rics": .array(rics)])
        case ("GET", "policy-types", 1):
            let rics = state.rics.keys.sorted().filter { query["nearRtRicId"] == nil || query["nearRtRicId"] == $0 }
            guard !rics.isEmpty else { return .problem(404, "no such RIC") }
            let types = rics.flatMap { ric in state.types.keys.sorted().map { ["policyTypeId": .string($0), "nearRtRicId": .string(ric)] as JSONValue } }
            return Reply(status: 200, body: .array(types))
        case ("GET", "policy-types", 2):
            return state.types[path[1]].map { Reply(status: 200, body: $0) } ?? .problem(404, "no such type")
        case ("GET", "policies", 1):
            let policies = state.policies.sorted { $0.key < $1.key }.filter {
                (query["nearRtRicId"] ?? $0.value.ric) == $0.value.ric && (query["policyTypeId"] ?? $0.value.type) == $0.value.type
            }
            return Reply(status: 200, body: .array(policies.map { ["policyId": .string($0.key), "nearRtRicId": .string($0.value.ric)] }))
        case ("POST", "policies", 1): return self.create(&state, body)
        case (_, "policies", 2): return self.policy(&state, method, path[1], body)
        case ("GET", "policies", 3) where path[2] == "status":
            return state.policies[path[1]] == nil ? .problem(404, "no such policy") : Reply(status: 200, body: state.status)
        default: return .problem(404, "nothing there")
        }
    }

    private static func create(_ state: inout State, _ body: JSONValue) -> Reply {
        guard let ric = body["nearRtRicId"]?.string, let type = body["policyTypeId"]?.string, let document = body["policyObject"] else {
            return .problem(400, "not a PolicyObjectInformation")
        }
        guard let condition = state.rics[ric] else { return .problem(404, "no such RIC") }
        guard condition == "AVAILABLE" else { return .problem(423, "the RIC is \(condition)") }
        guard let schema = state.schemas[type] else { return .problem(404, "no such type") }
        if let violation = schema.violations(in: document).first { return .problem(400, "\(violation)") }
        let id = body["policyId"]?.string ?? "generated-\(state.policies.count)"
        guard state.policies[id] == nil else { return .problem(409, "the identifier is used") }
        state.policies[id] = Policy(ric: ric, type: type, service: body["serviceId"]?.string ?? "", document: document)
        return Reply(status: 201, body: body, location: "/a1-policy-management/v1/policies/\(id)")
    }

    private static func policy(_ state: inout State, _ method: String, _ id: String, _ body: JSONValue) -> Reply {
        guard let policy = state.policies[id] else { return .problem(404, "no such policy") }
        if method == "GET" { return Reply(status: 200, body: policy.document) }
        guard state.rics[policy.ric] == "AVAILABLE" else { return .problem(423, "the RIC is \(state.rics[policy.ric] ?? "gone")") }
        if method == "DELETE" {
            state.policies[id] = nil
            return Reply(status: 204)
        }
        if let violation = state.schemas[policy.type]?.violations(in: body).first { return .problem(400, "\(violation)") }
        state.policies[id]?.document = body
        return Reply(status: 200, body: body)
    }
}
