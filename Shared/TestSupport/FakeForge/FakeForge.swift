import Foundation
import Hummingbird
import JSONSchema
import Synchronization

/// A forge over real HTTP: the pull requests of one repository as Gitea and GitHub have them, in front of a real bare repository whose branch
/// takes no pushes. What people do there, tests do by its methods.
package final class FakeForge: Sendable {
    package enum Kind: String, Sendable, CaseIterable { case gitea, github }
    package enum MergeStyle: String, Sendable, CaseIterable { case merge, rebase, squash }

    package enum Fault: Sendable {
        /// Answers with this, and does nothing.
        case status(Int)
        /// Does it, and answers 502, as when an answer is lost on the way.
        case lostAnswer
        /// Answers with the pull request as it is, and does nothing.
        case ignored
    }

    package struct Refused: Error { package let reason: String }

    private struct State {
        var pulls: [FakePull] = []
        var calls: [String] = []
        var violations: [String] = []
        var fault: (@Sendable (_ method: String, _ path: String) -> Fault?)?
    }

    package let kind: Kind
    package let token = UUID().uuidString
    /// `owner/name`.
    package let name = "operators/gitops"
    private let repository: ForgeRepository
    private let state = Mutex(State())
    private let server = Mutex<LoopbackServer?>(nil)

    /// - Parameter directory: a bare repository; its `main` is protected from now on.
    package static func start(_ kind: Kind = .gitea, repository directory: String) async throws -> FakeForge {
        let forge = FakeForge(kind, ForgeRepository(directory: directory))
        try await offPool { try forge.repository.protect() }
        let server = try await LoopbackServer.start(forge.router())
        forge.server.withLock { $0 = server }
        return forge
    }

    private init(_ kind: Kind, _ repository: ForgeRepository) {
        self.kind = kind
        self.repository = repository
    }

    // MARK: What tests see and set

    /// Of the API.
    package var url: String { (self.server.withLock { $0?.url } ?? "") + self.root }
    /// Requests that no client of these forges would make.
    package var violations: [String] { self.state.withLock { $0.violations } }
    package func count(of method: String) -> Int { self.state.withLock { $0.calls.count { $0 == method } } }
    package func inject(_ fault: (@Sendable (_ method: String, _ path: String) -> Fault?)?) { self.state.withLock { $0.fault = fault } }
    package func stop() async { await self.server.withLock { $0 }?.stop() }
    package func restart() async throws { try await self.server.withLock { $0 }?.restart() }

    /// Numbers, in the order of their making.
    package var open: [Int] { self.state.withLock { $0.pulls.filter(\.isOpen).map(\.number) } }
    package var all: [Int] { self.state.withLock { $0.pulls.map(\.number) } }
    package func title(of number: Int) -> String? { self.state.withLock { state in state.pulls.first { $0.number == number }?.title } }
    package func text(of number: Int) -> String? { self.state.withLock { state in state.pulls.first { $0.number == number }?.body } }
    package func head(of number: Int) -> String? { self.state.withLock { state in state.pulls.first { $0.number == number }?.head } }

    /// A person merges it.
    /// - Throws: ``Refused`` when it is closed, or conflicts with the branch.
    @discardableResult
    package func merge(_ number: Int, by style: MergeStyle = .merge, removingBranch: Bool = false) async throws -> String {
        guard let pull = self.state.withLock({ state in state.pulls.first { $0.number == number && $0.isOpen } }) else { throw Refused(reason: "not open") }
        let (merged, sha) = try await offPool { [repository] in
            guard let sha = repository.commit("refs/heads/\(pull.head)") else { throw Refused(reason: "its branch is gone") }
            do {
                let merged = try repository.merge(sha, by: style, title: pull.title, number: number)
                if removingBranch { try repository.delete(branch: pull.head) }
                return (merged, sha)
            } catch let error as ForgeRepository.CannotMerge {
                throw Refused(reason: error.reason)
            }
        }
        self.change(number) { pull in
            pull.isOpen = false
            pull.mergedAt = Self.now()
            pull.mergeCommit = merged
            pull.sha = sha
            pull.hasBranch = !removingBranch
        }
        return merged
    }

    /// A person closes it unmerged.
    package func close(_ number: Int) { self.change(number) { $0.isOpen = false } }

    private func change(_ number: Int, _ body: (inout FakePull) -> Void) {
        self.state.withLock { state in
            if let index = state.pulls.firstIndex(where: { $0.number == number }) { body(&state.pulls[index]) }
        }
    }

    private static func now() -> String { Date().formatted(.iso8601) }

    // MARK: The API

    private var root: String { self.kind == .gitea ? "/api/v1" : "" }
    private var owner: String { String(self.name.prefix { $0 != "/" }) }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        let pulls = router.group(RouterPath("\(self.root)/repos/\(self.name)/pulls"))
        pulls.get("") { request, _ in try await self.answer("GET", request) { self.list(request) } }
        pulls.post("") { request, _ in
            let body = try await Self.body(request)
            return try await self.answer("POST", request) { try await self.create(body) }
        }
        pulls.get(":number") { request, context in
            let number = context.parameters.get("number").flatMap { Int($0) }
            return try await self.answer("GET", request) { self.show(number) }
        }
        pulls.patch(":number") { request, context in
            let (body, number) = (try await Self.body(request), context.parameters.get("number").flatMap { Int($0) })
            return try await self.answer("PATCH", request) { self.edit(number, body) }
        }
        return router
    }

    private func answer(_ method: String, _ request: Request, _ body: () async throws -> Response) async throws -> Response {
        let fault = self.state.withLock { state in
            state.calls.append(method)
            return state.fault
        }?(method, request.uri.path)
        let authorization = request.headers[.authorization] ?? ""
        guard ["token \(self.token)", "Bearer \(self.token)"].contains(authorization) else { return Self.complaint(401, "Bad credentials") }
        // GitHub turns away whoever does not say who calls.
        guard request.headers[.userAgent]?.isEmpty == false else { return self.violation(403, "a request without User-Agent") }
        switch fault {
        case .status(let status): return Self.complaint(status, "injected")
        case .lostAnswer:
            _ = try await body()
            return Self.complaint(502, "Bad Gateway")
        case .ignored: return self.show(request.uri.path.split(separator: "/").last.flatMap { Int($0) })
        case nil: return try await body()
        }
    }

    private func list(_ request: Request) -> Response {
        let query = request.uri.queryParameters
        let size = (query[self.kind == .gitea ? "limit" : "per_page"].flatMap { Int($0) } ?? 30)
        let page = query["page"].flatMap { Int($0) } ?? 1
        guard (1...100).contains(size), page >= 1 else { return self.violation(422, "page \(page) of \(size)") }
        let wanted = query["state"].map { String($0) } ?? "open"
        var pulls = self.state.withLock { $0.pulls }.reversed().filter { wanted == "all" || $0.isOpen == (wanted == "open") }
        if self.kind == .github, let head = query["head"] { pulls = pulls.filter { "\(self.owner):\($0.head)" == head } }
        let part = pulls.dropFirst((page - 1) * size).prefix(size)
        return Self.json(200, .array(part.map { $0.json(self.kind, owner: self.owner, inList: true) }))
    }

    private func show(_ number: Int?) -> Response {
        guard let pull = self.state.withLock({ state in state.pulls.first { $0.number == number } }) else { return Self.complaint(404, "Not Found") }
        return Self.json(200, pull.json(self.kind, owner: self.owner, inList: false))
    }

    private func create(_ body: JSONValue) async throws -> Response {
        let members = ["title", "head", "base", "body"]
        guard let title = body["title"]?.string, !title.isEmpty, title.count <= 255, let head = body["head"]?.string, let base = body["base"]?.string,
            let text = body["body"]?.string, body.object?.keys.allSatisfy({ members.contains($0) }) == true
        else { return self.violation(422, "not a pull request: \(body.text)") }
        let (sha, isNew) = try await offPool { [repository] in
            let sha = repository.commit("refs/heads/\(head)")
            return (sha, try sha != nil && repository.differs(head))
        }
        guard base == "main", let sha else { return Self.complaint(self.kind == .gitea ? 404 : 422, "no such branch") }
        guard isNew else { return Self.complaint(422, "No commits between main and \(head)") }
        let made: FakePull? = self.state.withLock { state in
            guard !state.pulls.contains(where: { $0.isOpen && $0.head == head }) else { return nil }
            let number = (state.pulls.map(\.number).max() ?? 0) + 1
            let pull = FakePull(number: number, title: title, body: text, head: head, base: base, sha: sha, createdAt: Self.now())
            state.pulls.append(pull)
            return pull
        }
        guard let made else { return Self.complaint(self.kind == .gitea ? 409 : 422, "A pull request already exists for \(self.owner):\(head).") }
        try await offPool { [repository] in try repository.set("refs/pull/\(made.number)/head", to: sha) }
        return Self.json(201, made.json(self.kind, owner: self.owner, inList: false))
    }

    private func edit(_ number: Int?, _ body: JSONValue) -> Response {
        guard body.object?.keys.allSatisfy({ $0 == "state" }) == true, let wanted = body["state"]?.string, ["open", "closed"].contains(wanted) else {
            return self.violation(422, "not a change: \(body.text)")
        }
        return self.state.withLock { state in
            guard let index = state.pulls.firstIndex(where: { $0.number == number }) else { return Self.complaint(404, "Not Found") }
            guard state.pulls[index].mergedAt == nil else { return Self.complaint(self.kind == .gitea ? 412 : 422, "it is merged") }
            state.pulls[index].isOpen = wanted == "open"
            return Self.json(200, state.pulls[index].json(self.kind, owner: self.owner, inList: false))
        }
    }

    private func violation(_ status: Int, _ text: String) -> Response {
        self.state.withLock { $0.violations.append(text) }
        return Self.complaint(status, text)
    }

    private static func body(_ request: Request) async throws -> JSONValue {
        (try? JSONValue(parsing: Array(buffer: try await request.body.collect(upTo: 1 << 20)))) ?? .null
    }

    private static func json(_ status: Int, _ value: JSONValue) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: Array(value.text.utf8))))
    }

    private static func complaint(_ status: Int, _ message: String) -> Response { self.json(status, ["message": .string(message)]) }
}
