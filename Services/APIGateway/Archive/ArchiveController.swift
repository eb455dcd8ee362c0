import AccessControl
import Hummingbird
import IntentModel
import Ledger
import ServiceRuntime

/// Searching the archive, and taking it elsewhere.
struct ArchiveController: Sendable {
    let store: ArchiveStore?

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/archive", use: self.search)
        router.get("/v1/archive/export", use: self.export)
    }

    @Sendable private func search(_ request: Request, context: AppContext) async throws -> Response {
        let (store, selection) = try self.selection(request, context)
        let query = request.uri.queryParameters
        guard let limit = Int(query["limit"] ?? "50"), (1...200).contains(limit) else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "limit must be a number from 1 to 200.")
        }
        let before = try query["cursor"].map { cursor in
            guard let id = IntentID(cursor) else { throw ProblemError(.badRequest, code: "invalid_query", detail: "cursor is none that a list has given.") }
            return id
        }
        let found = try await store.page(selection, limit: limit + 1, before: before)
        let items = try found.prefix(limit).map { try LedgerJSON.decode(IntentSummary.self, $0.record) }
        return Response.json(IntentPage(items: items, nextCursor: found.count > limit ? items.last?.id.description : nil))
    }

    /// One record a line, oldest first. Read page by page: nobody waits for a reader that is slow.
    @Sendable private func export(_ request: Request, context: AppContext) async throws -> Response {
        let (store, selection) = try self.selection(request, context)
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                var last: IntentID?
                while true {
                    let page = try await store.page(selection, limit: 100, after: last, isAscending: true)
                    var buffer = ByteBuffer()
                    for found in page {
                        buffer.writeBytes(found.record)
                        buffer.writeInteger(UInt8(ascii: "\n"))
                    }
                    if buffer.readableBytes > 0 { try await writer.write(buffer) }
                    guard page.count == 100 else { break }
                    last = page.last?.id
                }
                try await writer.finish(nil)
            }
        )
    }

    private func selection(_ request: Request, _ context: AppContext) throws -> (ArchiveStore, ArchiveSelection) {
        let principal = try context.requirePrincipal(.intentsRead)
        guard let store else {
            throw ProblemError(.notImplemented, code: "not_supported", detail: "This gateway keeps no archive (ARCHIVE_PATH).")
        }
        let query = request.uri.queryParameters
        var selection = ArchiveSelection(tenant: try principal.selected(request))
        if let text = query["query"].map(String.init), !text.isEmpty {
            guard let expression = ArchiveExpression(text) else {
                throw ProblemError(.badRequest, code: "invalid_query", detail: "query holds no word.")
            }
            selection.expression = expression
        }
        selection.phase = try query["phase"].map { try IntentController.value(String($0), "phase", Phase.self) }
        func time(_ name: String) throws -> Int64? {
            try query[Substring(name)].map { text in
                guard let time = Timestamp.milliseconds(String(text)) else {
                    throw ProblemError(
                        .badRequest, code: "invalid_query", detail: "\(name) must be a time such as 2026-05-28T20:26:40Z or a day such as 2026-05-28.")
                }
                return time
            }
        }
        selection.from = try time("from")
        selection.to = try time("to")
        return (store, selection)
    }
}
