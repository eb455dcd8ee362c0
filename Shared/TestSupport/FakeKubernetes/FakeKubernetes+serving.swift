import Foundation
import Hummingbird
import JSONSchema

/// Requests and their answers.
extension FakeKubernetes {
    private typealias Query = [String: String]

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        for method in [HTTPRequest.Method.get, .put, .post, .patch, .delete] {
            router.on("**", method: method) { request, _ -> Response in
                let bytes = Array(buffer: try await request.body.collect(upTo: 16 << 20))
                let response = self.answer(request, method.rawValue, bytes)
                try await self.commitPending()
                return response
            }
        }
        return router
    }

    /// What Porch published goes to its repository before the answer does.
    private func commitPending() async throws {
        while let next = self.state.withLock({ $0.porch?.pending.isEmpty == false ? $0.porch?.pending.removeFirst() : nil }) {
            let commit = try await self.state.withLock({ $0.committing })?(next.publication) ?? ""
            self.state.withLock { state in
                defer { Self.publish(&state) }
                state.porch?.committed(next.key, next.publication, commit: commit, &state.objects)
            }
        }
    }

    private func answer(_ request: Request, _ method: String, _ bytes: [UInt8]) -> Response {
        let path = request.uri.path
        let query = Dictionary(
            request.uri.queryParameters.map { (String($0.key), $0.value.removingPercentEncoding ?? String($0.value)) }, uniquingKeysWith: { first, _ in first })
        // Each is asked once: it may throw dice.
        var fault: Fault?
        for inject in self.state.withLock({ $0.faults }) where fault == nil { fault = inject(method, path) }
        var response: Response
        switch fault {
        case .status(let code, let reason, let retryAfter): response = Self.failure(FakeStatus(code, reason, "asked for by the test", retryAfter: retryAfter))
        case .dropBefore: response = Self.dropped
        case .dropAfter:
            _ = self.reply(request, method, path, query, bytes)
            response = Self.dropped
        case nil: response = self.reply(request, method, path, query, bytes)
        }
        let status = fault.map { if case .status(let code, _, _) = $0 { "\(code)" } else { "dropped" } } ?? "\(response.status.code)"
        self.state.withLock { $0.requests.append("\(method) \(path)\(query["watch"] == "true" ? "?watch" : "") \(status)") }
        return response
    }

    /// An answer that breaks off: its connection is closed.
    private static var dropped: Response {
        Response(status: .ok, headers: [.contentType: "application/json"], body: .init { _ in throw FakeWatcher.Dropped() })
    }

    private static func failure(_ status: FakeStatus) -> Response {
        var response = Self.json(status.json, .init(code: status.code))
        if let retryAfter = status.retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
        return response
    }

    private static func json(_ value: JSONValue, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }

    private func reply(_ request: Request, _ method: String, _ path: String, _ query: Query, _ bytes: [UInt8]) -> Response {
        do throws(FakeStatus) {
            if let tokens = self.state.withLock({ $0.tokens }) {
                let said = request.headers[.authorization] ?? ""
                guard said.hasPrefix("Bearer "), tokens.contains(String(said.dropFirst(7))) else { throw FakeStatus(401, "Unauthorized", "Unauthorized") }
            }
            if let discovery = self.discovery(path) { return Self.json(discovery) }
            guard let address = FakeAddress(path: path, kinds: self.kinds) else {
                throw FakeStatus(404, "NotFound", "the server could not find the requested resource")
            }
            if method == "GET", query["watch"] == "true" || query["watch"] == "1" { return try self.watch(address, query) }
            if method == "GET", address.subresource == "log" { return try self.log(address, query) }
            return try self.act(request, method, address, query, bytes)
        } catch {
            return Self.failure(error)
        }
    }

    private func act(_ request: Request, _ method: String, _ address: FakeAddress, _ query: Query, _ bytes: [UInt8]) throws(FakeStatus) -> Response {
        let body: JSONValue
        do throws(JSONParseError) {
            body = bytes.isEmpty ? .object([:]) : try JSONValue(parsing: bytes, maxDepth: 200)
        } catch {
            throw .badRequest("the body is not JSON: \(error)")
        }
        let type = request.headers[.contentType] ?? ""
        let isApply = type.hasPrefix("application/apply-patch")
        let agent = request.headers[.userAgent].map { String($0.prefix { $0 != "/" }) } ?? "unknown"
        if isApply, query["fieldManager"] == nil { throw .invalid("fieldManager is required for apply patch") }
        let manager = ManagedFields.Manager(
            name: query["fieldManager"] ?? agent, operation: isApply ? "Apply" : "Update", subresource: address.subresource)
        if address.kind.group == FakePorch.group, method != "GET" {
            let (status, value) = try self.change { state throws(FakeStatus) -> (Int, JSONValue) in
                guard state.porch != nil else { throw FakeStatus(404, "NotFound", "the server could not find the requested resource") }
                return try state.porch?.answer(method, address, body, &state.objects, by: manager) ?? (404, .null)
            }
            return Self.json(value, .init(code: status))
        }
        guard address.subresource == nil || (address.subresource == "status" && address.kind.hasStatus) else {
            throw FakeStatus(404, "NotFound", "the server could not find the requested resource")
        }
        let selector = try FakeSelector(labels: query["labelSelector"], fields: query["fieldSelector"])
        let (status, value) = try self.change { state throws(FakeStatus) -> (Int, JSONValue) in
            guard let name = address.name else {
                switch method {
                case "GET":
                    let page = try state.objects.page(
                        address.kind, namespace: address.namespace, selector, limit: query["limit"].flatMap { Int($0) }, token: query["continue"])
                    return (200, page)
                case "POST": return (201, try state.objects.create(address.kind, namespace: address.namespace, body, by: manager))
                default: throw FakeStatus(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
                }
            }
            let key = FakeObjects.Key(kind: address.kind, namespace: address.namespace ?? "", name: name)
            switch method {
            case "GET": return (200, try state.objects.object(key))
            case "PUT": return (200, try state.objects.update(key, body, subresource: address.subresource, by: manager))
            case "PATCH" where isApply:
                let (object, created) = try state.objects.apply(
                    key, body, subresource: address.subresource, by: manager, force: query["force"] == "true")
                return (created ? 201 : 200, object)
            case "PATCH" where type.hasPrefix("application/merge-patch"):
                return (200, try state.objects.merge(key, body, subresource: address.subresource, by: manager))
            case "PATCH": throw FakeStatus(415, "UnsupportedMediaType", "the body of the request was in an unknown format - \(type)")
            case "DELETE": return (200, try state.objects.delete(key, options: body))
            default: throw FakeStatus(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
            }
        }
        return Self.json(value, .init(code: status))
    }

    private func change(_ body: (inout State) throws(FakeStatus) -> (Int, JSONValue)) throws(FakeStatus) -> (Int, JSONValue) {
        let result = self.state.withLock { state -> Result<(Int, JSONValue), FakeStatus> in
            defer { Self.publish(&state) }
            do throws(FakeStatus) { return .success(try body(&state)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    // MARK: Watching

    private func watch(_ address: FakeAddress, _ query: Query) throws(FakeStatus) -> Response {
        var selector = try FakeSelector(labels: query["labelSelector"], fields: query["fieldSelector"])
        if let name = address.name { selector = try FakeSelector(labels: query["labelSelector"], fields: "metadata.name=\(name)") }
        let from = query["resourceVersion"].flatMap { Int($0) } ?? 0
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: ByteBuffer.self)
        let number: Int = self.state.withLock { state in
            var watcher = FakeWatcher(
                kind: address.kind, namespace: address.namespace, selector: selector, allowsBookmarks: query["allowWatchBookmarks"] == "true",
                continuation: continuation, sent: state.objects.version)
            if from == 0 {
                for object in state.objects.all(address.kind, namespace: address.namespace, selector) { watcher.send("ADDED", object) }
            } else if from < state.objects.oldest {
                // As the server does it: the watch begins, and its only event says so.
                watcher.send("ERROR", FakeStatus.expired.json)
                continuation.finish()
            } else {
                for event in state.objects.events where event.version > from { watcher.offer(event) }
            }
            watcher.sent = state.objects.version
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = watcher
            return state.nextWatcher
        }
        continuation.onTermination = { _ in self.state.withLock { _ = $0.watchers.removeValue(forKey: number) } }
        let limit = query["timeoutSeconds"].flatMap { Int($0) } ?? 1_800
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init { writer in
                let ending = Task {
                    try await Task.sleep(for: .seconds(limit))
                    self.end(number)
                }
                defer { ending.cancel() }
                for try await buffer in stream { try await writer.write(buffer) }
                try await writer.finish(nil)
            })
    }

    /// A watch's time is over: a last bookmark, and an orderly end.
    private func end(_ number: Int) {
        let watcher = self.state.withLock { state in
            let watcher = state.watchers.removeValue(forKey: number)
            if let watcher, watcher.allowsBookmarks { watcher.sendBookmark(state.objects.version) }
            return watcher
        }
        watcher?.continuation.finish()
    }

    // MARK: Logs

    private func log(_ address: FakeAddress, _ query: Query) throws(FakeStatus) -> Response {
        guard address.kind.plural == "pods", let name = address.name, let namespace = address.namespace else {
            throw FakeStatus(404, "NotFound", "the server could not find the requested resource")
        }
        let lines = try self.change { state throws(FakeStatus) -> (Int, JSONValue) in
            let pod = try state.objects.object(.init(kind: address.kind, namespace: namespace, name: name))
            let container = query["container"] ?? pod["spec"]?["containers"]?[0]?["name"]?.string ?? ""
            let isPrevious = query["previous"] == "true"
            guard let lines = state.logs["\(namespace)/\(name)/\(container)/\(isPrevious)"] else {
                throw .badRequest("\(isPrevious ? "previous terminated " : "")container \"\(container)\" in pod \"\(name)\" not found")
            }
            let count = query["tailLines"].flatMap { Int($0) } ?? lines.count
            return (200, .array(lines.suffix(count).map { .string($0) }))
        }.1
        let text = (lines.array ?? []).compactMap(\.string).map { $0 + "\n" }.joined()
        return Response(status: .ok, headers: [.contentType: "text/plain"], body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    // MARK: Discovery

    /// What there is, as `kubectl` asks for it; nil for other paths.
    private func discovery(_ path: String) -> JSONValue? {
        let groups = Dictionary(grouping: self.kinds.filter { !$0.group.isEmpty }, by: \.group)
        switch path {
        case "/version": return ["major": "1", "minor": "30", "gitVersion": "v1.30.0-fake"]
        case "/api": return ["kind": "APIVersions", "versions": ["v1"]]
        case "/apis":
            let list = groups.sorted { $0.key < $1.key }.map { group, kinds -> JSONValue in
                let version: JSONValue = ["groupVersion": .string(kinds[0].apiVersion), "version": .string(kinds[0].version)]
                return ["name": .string(group), "versions": [version], "preferredVersion": version]
            }
            return ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(list)]
        default: break
        }
        let parts = path.split(separator: "/").map(String.init)
        let kinds: [FakeKind]
        if parts.count == 2, parts[0] == "api" {
            kinds = self.kinds.filter { $0.group.isEmpty && $0.version == parts[1] }
        } else if parts.count == 3, parts[0] == "apis" {
            kinds = self.kinds.filter { $0.group == parts[1] && $0.version == parts[2] }
        } else {
            return nil
        }
        guard let first = kinds.first else { return nil }
        let verbs: JSONValue = ["create", "delete", "get", "list", "patch", "update", "watch"]
        let resources = kinds.flatMap { kind -> [JSONValue] in
            let own: JSONValue = [
                "name": .string(kind.plural), "singularName": .string(kind.kind.lowercased()), "namespaced": .boolean(kind.isNamespaced),
                "kind": .string(kind.kind), "verbs": verbs,
            ]
            let status: JSONValue = [
                "name": .string(kind.plural + "/status"), "singularName": "", "namespaced": .boolean(kind.isNamespaced), "kind": .string(kind.kind),
                "verbs": ["get", "patch", "update"],
            ]
            return kind.hasStatus ? [own, status] : [own]
        }
        return ["kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(first.apiVersion), "resources": .array(resources)]
    }
}
