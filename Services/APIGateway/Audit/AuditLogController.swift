import AccessControl
import AuditLog
import Hummingbird
import IntentModel
import ServiceRuntime

/// Searching the audit log, and taking it elsewhere.
struct AuditLogController: Sendable {
    let store: AuditStore?

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/audit/entries", use: self.search)
        router.get("/v1/audit/export", use: self.export)
    }

    private struct Page: Encodable {
        var items: [AuditEntry]
        var nextCursor: String?
    }

    @Sendable private func search(_ request: Request, context: AppContext) async throws -> Response {
        let (store, principal) = try self.store(for: context)
        let query = request.uri.queryParameters
        guard let limit = Int(query["limit"] ?? "100"), (1...500).contains(limit) else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "limit must be a number from 1 to 500.")
        }
        var selection = AuditSelection()
        selection.who = query["who"].map(String.init)
        // An admin of a tenant sees what was done in its name, and nothing of the others.
        selection.tenant = principal.confinement ?? query["tenant"].map(String.init)
        selection.verb = query["verb"].map(String.init)
        selection.intent = query["intent"].map(String.init)
        selection.from = try Self.time("from", query["from"])
        selection.to = try Self.time("to", query["to"])
        switch query["people"] {
        case nil, "false": break
        case "true": selection.isForPeople = true
        case .some(let value): throw ProblemError(.badRequest, code: "invalid_query", detail: "people must be true or false, not \(value).")
        }
        let before = try query["cursor"].map { try Self.cursor(String($0)) } ?? [:]
        let wanted = selection
        let page = try await store.read { try $0.page(wanted, limit: limit, before: before) }
        return Response.json(Page(items: page.entries, nextCursor: page.rest.isEmpty ? nil : Self.text(page.rest)))
    }

    /// Every line as it is on disk, chain by chain: it can be verified wherever it is taken.
    @Sendable private func export(_ request: Request, context: AppContext) async throws -> Response {
        try context.requirePrincipal(.admin).requireInstallation("The whole audit log")
        let (store, _) = try self.store(for: context)
        // What the log has now; what comes later is for the next export.
        let files = try await store.read { directory in try directory.chains().flatMap { try directory.segments(of: $0).map(\.file) } }
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                for file in files {
                    let lines = try await store.read { _ in
                        try AuditDirectory.lines(of: file).reduce(into: ByteBuffer()) { buffer, line in
                            buffer.writeBytes(line)
                            buffer.writeInteger(UInt8(ascii: "\n"))
                        }
                    }
                    if lines.readableBytes > 0 { try await writer.write(lines) }
                }
                try await writer.finish(nil)
            }
        )
    }

    private func store(for context: AppContext) throws -> (AuditStore, Principal) {
        let principal = try context.requirePrincipal(.admin)
        guard let store = self.store else {
            throw ProblemError(.notImplemented, code: "not_supported", detail: "This gateway keeps no audit log (AUDIT_PATH).")
        }
        return (store, principal)
    }

    private static func time(_ name: String, _ text: Substring?) throws -> String? {
        guard let text else { return nil }
        guard let time = Timestamp.milliseconds(String(text)) else {
            throw ProblemError(
                .badRequest, code: "invalid_query", detail: "\(name) must be a time such as 2026-05-28T20:26:40Z or a day such as 2026-05-28.")
        }
        return Timestamp.text(time)
    }

    /// `access.12,p03.7`
    private static func text(_ rest: [String: Int]) -> String { rest.sorted { $0.key < $1.key }.map { "\($0.key).\($0.value)" }.joined(separator: ",") }

    private static func cursor(_ text: String) throws -> [String: Int] {
        var cursor: [String: Int] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: ".", omittingEmptySubsequences: false)
            guard pieces.count == 2, let sequence = Int(pieces[1]), sequence > 0 else {
                throw ProblemError(.badRequest, code: "invalid_query", detail: "cursor is none that a list has given.")
            }
            cursor[String(pieces[0])] = sequence
        }
        return cursor
    }
}
