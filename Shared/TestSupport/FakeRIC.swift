package import JSONSchema
import Foundation
import Hummingbird
import Synchronization

/// A Near-RT RIC's A1-P v2 over real HTTP, strict about what it accepts: requests and answers are held to the contract, policies are kept in
/// memory and checked against the schemas of their types; faults are switched on from the test; every request is logged.
package final class FakeRIC: Sendable {
    package struct LoggedRequest: Sendable, Equatable {
        package let method: String
        /// Below `/A1-P/v2`, without the query.
        package let path: String
        package let body: String
        package let status: Int
    }

    /// What goes wrong. Statuses in `nextStatuses` answer the next requests, one each; `rate` of the rest answers `rateStatus`.
    package struct Faults: Sendable {
        package var nextStatuses: [Int] = []
        package var rate: Double = 0
        package var rateStatus = 503
        /// Seconds, sent with 429 and 503.
        package var retryAfter: Int?
        package var delay: Duration = .zero
        /// A PUT takes effect and then answers 500, as when an answer is lost.
        package var loseAnswerOfNextPut = false
        /// Refuses every PUT with this.
        package var putStatus: Int?
        /// Answers that are not JSON.
        package var garbage = false
        /// Every answer, instead of the right one.
        package var body: [UInt8]?
        /// Every answer sends elsewhere.
        package var redirect: String?
        /// Part of the answers that end in the middle, after what was asked for took effect.
        package var cutRate: Double = 0
        /// Part of the answers that come in drops, one byte at a time.
        package var dropRate: Double = 0

        package init() {}
    }

    private struct State {
        var types: [String: JSONValue]
        var schemas: [String: JSONSchema]
        var policies: [String: [String: JSONValue]] = [:]
        var statuses: [String: JSONValue] = [:]
        var initialStatus: JSONValue? = ["enforceStatus": "ENFORCED"]
        var faults = Faults()
        var log: [LoggedRequest] = []
        var violations: [String] = []
        /// Where status changes of a policy are to be told.
        var destinations: [String: String] = [:]
        /// Deterministic noise for `rate`.
        var noise: UInt64 = 0x9e37_79b9_7f4a_7c15
    }

    /// What it serves below its root: the standard, or what the O-RAN SC near-RT RIC does, which numbers its types and answers 202.
    package enum Variant: String, Sendable {
        case standard = "A1-P/v2"
        case osc = "a1-p"
    }

    private let variant: Variant
    private let contract: PeerContract
    private let state: Mutex<State>
    private let server: Mutex<LoopbackServer?>

    /// `types` are policy type objects by identifier; the standard ones by default.
    package static func start(types: [String: JSONValue]? = nil, variant: Variant = .standard) async throws -> FakeRIC {
        let ric = try FakeRIC(types: try types ?? self.standardTypes(), variant: variant)
        let server = try await LoopbackServer.start(ric.router())
        ric.server.withLock { $0 = server }
        return ric
    }

    private init(types: [String: JSONValue], variant: Variant) throws {
        self.variant = variant
        self.contract = try PeerContract(named: "a1-p-v2")
        let schemas = types.compactMapValues { ($0["policySchema"] ?? $0["create_schema"]).flatMap { try? JSONSchema($0) } }
        self.state = Mutex(State(types: types, schemas: schemas))
        self.server = Mutex(nil)
    }

    /// The types shipped with the oran-adaptor, read from the source tree.
    package static func standardTypes() throws -> [String: JSONValue] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let directory = root.appendingPathComponent("Services/ORANAdaptor/PolicyTypes")
        var types: [String: JSONValue] = [:]
        for url in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil) where url.pathExtension == "json" {
            types[url.deletingPathExtension().lastPathComponent] = try JSONValue(parsing: Array(try Data(contentsOf: url)))
        }
        return types
    }

    // MARK: What tests see and set

    package var url: String { self.server.withLock { $0?.url ?? "" } }
    /// Documents by policy identifier, of all types.
    package var policies: [String: JSONValue] { self.state.withLock { $0.policies.values.reduce(into: [:]) { $0.merge($1) { first, _ in first } } } }
    package var requests: [LoggedRequest] { self.state.withLock { $0.log } }
    /// Requests and answers that were not as the contract has them.
    package var violations: [String] { self.state.withLock { $0.violations } }
    /// Where the status of each policy is to be told.
    package var destinations: [String: String] { self.state.withLock { $0.destinations } }
    /// A policy that somebody else put here.
    package func hold(_ document: JSONValue, as policy: String, of type: String) { self.state.withLock { $0.policies[type, default: [:]][policy] = document } }
    package func count(of method: String) -> Int { self.requests.count { $0.method == method } }

    package func setFaults(_ change: (inout Faults) -> Void) { self.state.withLock { change(&$0.faults) } }
    /// What a policy's status is from its creation on; nil answers 404.
    package func setInitialStatus(_ status: JSONValue?) { self.state.withLock { $0.initialStatus = status } }
    package func setStatus(of policy: String, _ status: JSONValue) { self.state.withLock { $0.statuses[policy] = status } }
    /// Loses every policy, as a RIC that restarts without a store.
    package func forgetPolicies() {
        self.state.withLock {
            $0.policies = [:]
            $0.statuses = [:]
        }
    }

    package func stop() async { await self.server.withLock { $0 }?.stop() }
    package func restart() async throws { try await self.server.withLock { $0 }?.restart() }

    // MARK: A1-P v2

    private struct Reply {
        var status: Int
        var body: JSONValue?
        var location: String?

        static func problem(_ status: Int, _ title: String, _ detail: String) -> Reply {
            Reply(status: status, body: ["title": .string(title), "status": .number(Double(status)), "detail": .string(detail)])
        }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        let base = router.group("\(self.variant.rawValue)/policytypes")
        let isNumbered = self.variant == .osc
        self.handle(base, "", .get) { state, _, _, _ in
            let types = state.types.keys.sorted().map { isNumbered ? JSONValue.number(Double($0) ?? 0) : .string($0) }
            return Reply(status: 200, body: .array(types))
        }
        self.handle(base, ":type", .get) { state, type, _, _ in
            guard let object = state.types[type] else { return .problem(404, "Not Found", "no such policy type") }
            return Reply(status: 200, body: object)
        }
        self.handle(base, ":type/policies", .get) { state, type, _, _ in
            guard state.types[type] != nil else { return .problem(404, "Not Found", "no such policy type") }
            return Reply(status: 200, body: .array((state.policies[type] ?? [:]).keys.sorted().map(JSONValue.string)))
        }
        self.handle(base, ":type/policies/:policy", .get) { state, type, policy, _ in
            guard let document = state.policies[type]?[policy] else { return .problem(404, "Not Found", "no such policy") }
            return Reply(status: 200, body: document)
        }
        self.handle(base, ":type/policies/:policy", .put) { state, type, policy, body in Self.put(&state, type, policy, body) }
        self.handle(base, ":type/policies/:policy", .delete) { state, type, policy, _ in
            guard state.policies[type]?.removeValue(forKey: policy) != nil else { return .problem(404, "Not Found", "no such policy") }
            state.statuses[policy] = nil
            return Reply(status: 204)
        }
        self.handle(base, ":type/policies/:policy/status", .get) { state, type, policy, _ in
            guard state.policies[type]?[policy] != nil, let status = state.statuses[policy] ?? state.initialStatus else {
                return .problem(404, "Not Found", "no status")
            }
            return Reply(status: 200, body: status)
        }
        return router
    }

    private static func put(_ state: inout State, _ type: String, _ policy: String, _ body: [UInt8]) -> Reply {
        guard let schema = state.schemas[type] else { return .problem(404, "Not Found", "no such policy type") }
        if let status = state.faults.putStatus { return .problem(status, "Fault", "asked for by the test") }
        guard let document = try? JSONValue(parsing: body) else { return .problem(400, "Bad Request", "the policy is not JSON") }
        if let violation = schema.violations(in: document).first { return .problem(400, "Bad Request", "\(violation)") }
        if state.policies.contains(where: { $0.key != type && $0.value[policy] != nil }) {
            return .problem(409, "Conflict", "the policy identifier is used by another type")
        }
        let existed = state.policies[type, default: [:]].updateValue(document, forKey: policy) != nil
        if state.faults.loseAnswerOfNextPut {
            state.faults.loseAnswerOfNextPut = false
            return .problem(500, "Internal Server Error", "the answer was lost")
        }
        return Reply(status: existed ? 200 : 201, body: document, location: "/A1-P/v2/policytypes/\(type)/policies/\(policy)")
    }

    private func handle(
        _ group: RouterGroup<BasicRequestContext>, _ path: RouterPath, _ method: HTTPRequest.Method,
        _ body: @escaping @Sendable (inout State, _ type: String, _ policy: String, _ body: [UInt8]) -> Reply
    ) {
        group.on(path, method: method) { request, context -> Response in
            let bytes = Array(buffer: try await request.body.collect(upTo: 1 << 20))
            let faults = self.state.withLock { $0.faults }
            let wrong = self.violations(of: request, method.rawValue, bytes)
            if faults.delay > .zero { try await Task.sleep(for: faults.delay) }
            let type = (context.parameters.get("type") ?? "").removingPercentEncoding ?? ""
            let policy = (context.parameters.get("policy") ?? "").removingPercentEncoding ?? ""
            let reply = self.state.withLock { state -> Reply in
                state.violations += wrong
                var reply = Self.fault(&state).map { Reply.problem($0, "Fault", "asked for by the test") } ?? body(&state, type, policy, bytes)
                if self.variant == .osc, reply.status < 300, method != .get { reply = Reply(status: 202, body: .null) }
                if method == .put, reply.status < 300 {
                    state.destinations[policy] = request.uri.queryParameters["notificationDestination"].map { $0.removingPercentEncoding ?? String($0) }
                }
                let root = "/\(self.variant.rawValue)"
                let path = request.uri.path.hasPrefix(root) ? String(request.uri.path.dropFirst(root.count)) : request.uri.path
                state.log.append(LoggedRequest(method: method.rawValue, path: path, body: String(decoding: bytes, as: UTF8.self), status: reply.status))
                return reply
            }
            let response = self.response(reply, faults)
            self.check(response, reply, to: request, method.rawValue, faults)
            return response
        }
    }

    private func violations(of request: Request, _ method: String, _ body: [UInt8]) -> [String] {
        guard self.variant == .standard else { return [] }
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        return self.contract.violations(method, request.uri.path, query: request.uri.queryParameters.map { String($0.key) }, headers: headers, body: body)
    }

    /// A fault is one on purpose; everything else this says has to be right, or the tests are about nothing.
    private func check(_ response: Response, _ reply: Reply, to request: Request, _ method: String, _ faults: Faults) {
        guard self.variant == .standard, reply.status < 300, !faults.garbage, let operation = self.contract.operation(method, request.uri.path) else { return }
        var headers: [String: String] = [:]
        for field in response.headers { headers[field.name.canonicalName] = field.value }
        let wrong = self.contract.violations(operation, status: reply.status, headers: headers, body: reply.body?.bytes ?? [])
        self.state.withLock { $0.violations += wrong.map { "the fake: \($0)" } }
    }

    private static func fault(_ state: inout State) -> Int? {
        if !state.faults.nextStatuses.isEmpty { return state.faults.nextStatuses.removeFirst() }
        return self.happens(&state, state.faults.rate) ? state.faults.rateStatus : nil
    }

    private static func happens(_ state: inout State, _ rate: Double) -> Bool {
        guard rate > 0 else { return false }
        state.noise = state.noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state.noise >> 11) / Double(1 << 53) < rate
    }

    private struct CutOff: Error {}

    private func response(_ reply: Reply, _ faults: Faults) -> Response {
        if let place = faults.redirect { return Response(status: .temporaryRedirect, headers: [.location: place]) }
        var headers = HTTPFields()
        if let location = reply.location { headers[.location] = location }
        if reply.status == 429 || reply.status == 503, let seconds = faults.retryAfter { headers[.retryAfter] = String(seconds) }
        guard let body = reply.body else { return Response(status: .init(code: reply.status), headers: headers) }
        headers[.contentType] = reply.status >= 400 ? "application/problem+json" : "application/json"
        let bytes = faults.body ?? (faults.garbage ? Array("<html>".utf8) : body.bytes)
        let (isCut, drips) = self.state.withLock { (Self.happens(&$0, faults.cutRate), Self.happens(&$0, faults.dropRate)) }
        guard isCut || drips else {
            return Response(status: .init(code: reply.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        let content = ResponseBody(contentLength: bytes.count) { writer in
            for (index, byte) in bytes.enumerated() {
                if isCut, index >= bytes.count / 2 { throw CutOff() }
                try await writer.write(ByteBuffer(bytes: [byte]))
                if drips { try await Task.sleep(for: .microseconds(200)) }
            }
            try await writer.finish(nil)
        }
        return Response(status: .init(code: reply.status), headers: headers, body: content)
    }
}
