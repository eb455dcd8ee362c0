import AccessControl
import Foundation
import Hummingbird
import IntentModel
import Ledger
import ServiceRuntime

/// Who did what, newest first: the events of all intents, read backwards.
struct AuditController: Sendable {
    let ledger: Ledger

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/audit", use: self.list)
    }

    private struct Page: Encodable {
        struct Item: Encodable {
            var id: IntentID
            var phase: Phase
            var at: String
            var by: String
            var detail: String?
        }

        var items: [Item] = []
        var nextCursor: String?
    }

    /// A page holds what is of interest among the next `limit` events: fewer than that, even none, while there may be more.
    @Sendable private func list(_ request: Request, context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.intentsRead)
        try principal.require(.admin)
        let query = request.uri.queryParameters
        guard let limit = Int(query["limit"] ?? "100"), (1...500).contains(limit) else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "limit must be a number from 1 to 500.")
        }
        let isForPeople: Bool
        switch query["people"] {
        case nil, "false": isForPeople = false
        case "true": isForPeople = true
        case .some(let value): throw ProblemError(.badRequest, code: "invalid_query", detail: "people must be true or false, not \(value).")
        }
        var cursor = FeedCursor()
        if let text = query["cursor"] {
            do { cursor = try FeedCursor(String(text)) } catch {
                throw ProblemError(.badRequest, code: "invalid_query", detail: "cursor is none that a list has given.")
            }
        }
        var found: [(event: LedgerEvent, entry: HistoryEntry)] = []
        // One more than a page takes, also of one partition alone: it tells that there is more.
        for partition in self.ledger.partitions.map(\.number) {
            for event in try await self.ledger.latestEvents(partition: partition, before: cursor[partition], limit: limit + 1) {
                found.append((event, try LedgerJSON.decode(HistoryEntry.self, event.entry)))
            }
        }
        // By the place in their streams, which is what the cursor holds.
        found.sort { (FeedCursor.parse($0.event.position) ?? (0, 0)) > (FeedCursor.parse($1.event.position) ?? (0, 0)) }
        var page = Page()
        let shown = Array(found.prefix(limit))
        // An admin of a tenant sees what happened to its intents, while the ledger knows whose they were.
        let owners = principal.confinement == nil ? [:] : try await self.ledger.tenants(of: Array(Set(shown.map(\.event.id))))
        for (event, entry) in shown {
            cursor[event.partition] = event.position
            if let tenant = principal.confinement, owners[event.id] != tenant { continue }
            if isForPeople, HistoryEntry.services.contains(entry.by) { continue }
            page.items.append(.init(id: event.id, phase: entry.phase, at: entry.at, by: entry.by, detail: entry.detail))
        }
        if found.count > limit { page.nextCursor = cursor.description }
        return Response.json(page)
    }
}
