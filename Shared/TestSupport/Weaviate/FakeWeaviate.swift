import Hummingbird
package import JSONSchema
import Synchronization

/// A Weaviate server over real HTTP, after its published REST contract and GraphQL: classes, objects, batches, hybrid search. Held to the contract,
/// as is whoever calls. Scores are simpler than Weaviate's, their shapes are not.
package final class FakeWeaviate: Sendable {
    package enum Reply: Sendable {
        case status(Int, message: String = "asked for by the test", retryAfter: Int? = nil)
        case slow(Duration)
        /// Of a batch, every second object is not taken.
        case halfBatch(message: String)
        /// Any bytes under status 200: a recorded answer.
        case raw(String)
    }

    struct State {
        var classes: [String: JSONValue] = [:]
        var objects: [String: JSONValue] = [:]
        var queue: [(path: String, reply: Reply)] = []
        var isReady = true
        var requests: [String] = []
        var keys: [String] = []
        var violations: [String] = []
        var deletionLimit = 10_000
    }

    private let contract: PeerContract
    let state: Mutex<State>
    private let server = Mutex<LoopbackServer?>(nil)

    package static func start() async throws -> FakeWeaviate {
        let fake = try FakeWeaviate()
        let server = try await LoopbackServer.start(fake.router())
        fake.server.withLock { $0 = server }
        return fake
    }

    private init() throws {
        self.contract = try PeerContract(named: "weaviate-v1")
        self.state = Mutex(State())
    }

    // MARK: What tests see and set

    package var url: String { self.server.withLock { $0?.url ?? "" } }
    package var classes: [String: JSONValue] { self.state.withLock { $0.classes } }
    package var objects: [String: JSONValue] { self.state.withLock { $0.objects } }
    /// Requests and answers that were not as the contract has them.
    package var violations: [String] { self.state.withLock { $0.violations } }
    /// `METHOD path`, and for GraphQL the query.
    package var requests: [String] { self.state.withLock { $0.requests } }
    package var keys: [String] { self.state.withLock { $0.keys } }
    /// Answers to the next requests of a path below `/v1/`, one each.
    package func answer(_ path: String, _ replies: Reply...) { self.state.withLock { $0.queue += replies.map { (path, $0) } } }
    package func setReady(_ isReady: Bool) { self.state.withLock { $0.isReady = isReady } }
    package func setDeletionLimit(_ limit: Int) { self.state.withLock { $0.deletionLimit = limit } }
    package func setClass(_ name: String, _ definition: JSONValue) { self.state.withLock { $0.classes[name] = definition } }
    package func setObject(_ id: String, _ change: (inout JSONValue) -> Void) {
        self.state.withLock { state in
            guard var object = state.objects[id] else { return }
            change(&object)
            state.objects[id] = object
        }
    }
    package func stop() async { await self.server.withLock { $0 }?.stop() }
    package func restart() async throws { try await self.server.withLock { $0 }?.restart() }

    // MARK: HTTP

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        for method in [HTTPRequest.Method.get, .post, .patch, .delete] {
            router.on("**", method: method) { request, _ in try await self.answer(request) }
        }
        return router
    }

    private func answer(_ request: Request) async throws -> Response {
        let body = Array(buffer: try await request.body.collect(upTo: 32 << 20))
        let (method, path) = (request.method.rawValue, request.uri.path)
        let below = path.hasPrefix("/v1/") ? String(path.dropFirst(4)) : path
        let headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }) { first, _ in first }
        let found = self.contract.violations(method, path, query: request.uri.queryParameters.map { String($0.key) }, headers: headers, body: body)
        let document = try? JSONValue(parsing: body)
        let (reply, isReady) = self.state.withLock { state -> (Reply?, Bool) in
            state.violations += found
            state.requests.append("\(method) \(below)" + (document?["query"]?.string.map { " \($0)" } ?? ""))
            if let key = headers["authorization"] { state.keys.append(key) }
            guard let place = state.queue.firstIndex(where: { $0.path == below }) else { return (nil, state.isReady) }
            return (state.queue.remove(at: place).reply, state.isReady)
        }
        var (status, value): (Int, JSONValue?) = (0, nil)
        switch reply {
        case .status(let code, let message, let retryAfter):
            var response = Self.response(code, ["error": [["message": .string(message)]]])
            if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
            return response
        case .raw(let text): return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: text)))
        case .slow(let wait): try await Task.sleep(for: wait)
        case .halfBatch, nil: break
        }
        if !isReady {
            (status, value) = (503, nil)
        } else {
            (status, value) = self.state.withLock { Self.serve(method, below, document ?? .null, &$0, reply) }
        }
        let response = Self.response(status, value)
        if let operation = self.contract.operation(method, path), status != 503 {
            let wrong = self.contract.violations(
                operation, status: status, headers: value == nil ? [:] : ["content-type": "application/json"], body: value?.bytes ?? [])
            self.state.withLock { $0.violations += wrong.map { "\(method) \(path) answered: \($0)" } }
        }
        return response
    }

    private static func response(_ status: Int, _ value: JSONValue?) -> Response {
        guard let value else { return Response(status: .init(code: status)) }
        return Response(status: .init(code: status), headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }

    static func error(_ message: String) -> JSONValue { ["error": [["message": .string(message)]]] }

    private static func serve(_ method: String, _ path: String, _ body: JSONValue, _ state: inout State, _ reply: Reply?) -> (Int, JSONValue?) {
        let parts = path.split(separator: "/").map(String.init)
        switch (method, parts.first, parts.count) {
        case ("GET", ".well-known", 2): return (200, nil)
        case ("GET", "schema", 1): return (200, ["classes": .array(state.classes.values.map { $0 })])
        case ("POST", "schema", 1): return self.create(body, &state)
        case ("GET", "schema", 2): return self.found(state.classes[parts[1]])
        case ("POST", "schema", 3): return self.add(body, to: parts[1], &state)
        case ("POST", "batch", 2): return (200, .array(self.batch(body["objects"]?.array ?? [], &state, reply)))
        case ("DELETE", "batch", 2): return self.delete(body, &state)
        case ("GET", "objects", 3): return self.found(state.objects[parts[2]])
        case ("PATCH", "objects", 3): return self.merge(body, parts[2], &state)
        case ("POST", "graphql", 1):
            do throws(GraphQLDocument.Unreadable) {
                return (200, ["data": try FakeWeaviateQuery(body["query"]?.string ?? "", state).answer])
            } catch {
                return (200, ["data": [:], "errors": [["message": .string(error.description)]]])
            }
        default: return (404, nil)
        }
    }

    private static func found(_ value: JSONValue?) -> (Int, JSONValue?) { value.map { (200, .some($0)) } ?? (404, .none) }

    // MARK: Classes and objects

    private static func create(_ body: JSONValue, _ state: inout State) -> (Int, JSONValue?) {
        guard let name = body["class"]?.string, name.first?.isUppercase == true else { return (422, self.error("no class name")) }
        guard state.classes[name] == nil else { return (422, self.error("class name \"\(name)\" already exists")) }
        for property in body["properties"]?.array ?? [] {
            guard property["name"]?.string != "id", property["dataType"]?.array?.count == 1 else { return (422, self.error("a wrong property")) }
        }
        state.classes[name] = body
        return (200, body)
    }

    private static func add(_ property: JSONValue, to name: String, _ state: inout State) -> (Int, JSONValue?) {
        guard var entry = state.classes[name], case .array(let properties)? = entry["properties"] else { return (422, self.error("no class \(name)")) }
        guard !properties.contains(where: { $0["name"] == property["name"] }) else { return (422, self.error("the property is there")) }
        entry["properties"] = .array(properties + [property])
        state.classes[name] = entry
        return (200, property)
    }

    private static func batch(_ objects: [JSONValue], _ state: inout State, _ reply: Reply?) -> [JSONValue] {
        objects.enumerated().map { index, object in
            var result: JSONValue = ["status": "SUCCESS"]
            var failure = self.fault(of: object, state)
            if case .halfBatch(let message)? = reply, index.isMultiple(of: 2) == false { failure = message }
            if let failure {
                result = ["status": "FAILED", "errors": self.error(failure)]
            } else if let id = object["id"]?.string {
                state.objects[id] = object
            }
            guard case .object(var members) = object else { return object }
            members["result"] = result
            return .object(members)
        }
    }

    /// What is wrong with an object: an unknown class or property, a value of another type, no UUID.
    private static func fault(of object: JSONValue, _ state: State) -> String? {
        guard let name = object["class"]?.string, let definition = state.classes[name] else { return "class \(object["class"]?.string ?? "") not present" }
        let parts = (object["id"]?.string ?? "").split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [8, 4, 4, 4, 12], parts.joined().allSatisfy(\.isHexDigit) else { return "the id is no UUID" }
        let types = Dictionary((definition["properties"]?.array ?? []).map { ($0["name"]?.string ?? "", $0["dataType"]?[0]?.string ?? "") }) { $1 }
        for (property, value) in object["properties"]?.object ?? [:] {
            switch (types[property], value) {
            case ("text", .string), ("number", .number), ("boolean", .boolean): continue
            case ("int", _) where value.integer != nil: continue
            case ("text[]", .array(let values)) where values.allSatisfy({ $0.string != nil }): continue
            case (nil, _): return "no property \(property) in class \(name)"
            default: return "invalid value of property \(property) on class \(name)"
            }
        }
        return nil
    }

    private static func delete(_ body: JSONValue, _ state: inout State) -> (Int, JSONValue?) {
        guard let name = body["match"]?["class"]?.string, let filter = body["match"]?["where"], state.classes[name] != nil else {
            return (422, self.error("no class"))
        }
        let matching = state.objects.filter { $0.value["class"]?.string == name && FakeWeaviateQuery.passes($0.value, filter, isGraphQL: false) }.keys.sorted()
        let deleted = matching.prefix(state.deletionLimit)
        for id in deleted { state.objects[id] = nil }
        return (
            200,
            [
                "match": body["match"] ?? .null, "output": "minimal", "dryRun": false,
                "results": [
                    "matches": .number(Double(matching.count)), "limit": .number(Double(state.deletionLimit)), "successful": .number(Double(deleted.count)),
                    "failed": 0,
                ],
            ]
        )
    }

    private static func merge(_ body: JSONValue, _ id: String, _ state: inout State) -> (Int, JSONValue?) {
        guard case .object(var object)? = state.objects[id] else { return (404, nil) }
        if let failure = self.fault(of: body, state) { return (422, self.error(failure)) }
        object["properties"] = .object((object["properties"]?.object ?? [:]).merging(body["properties"]?.object ?? [:]) { $1 })
        if let vector = body["vector"] { object["vector"] = vector }
        state.objects[id] = .object(object)
        return (204, nil)
    }
}
