import AccessControl
import IntentModel
import Ledger
import ServiceRuntime

/// Intents as callers see them: those in Redis and those in the archive are one.
struct IntentReader: Sendable {
    let ledger: Ledger
    let archive: ArchiveStore?

    enum Found: Sendable {
        case live(RecordSnapshot)
        /// ``IntentRecord`` as JSON.
        case archived(IntentID, [UInt8])

        var id: IntentID {
            switch self {
            case .live(let snapshot): snapshot.id
            case .archived(let id, _): id
            }
        }
    }

    /// The intent that a path names, when this caller may see it; somebody else's is as good as none.
    func find(_ context: AppContext, _ scope: Scope) async throws -> Found {
        let principal = try context.requirePrincipal(scope)
        let text = context.parameters.get("id") ?? ""
        var missing = ProblemError(.notFound, code: "not_found", detail: "There is no intent \(text.prefix(64)).")
        guard let id = IntentID(text) else { throw missing }
        if let snapshot = try await self.ledger.read(id) {
            let tenant = try snapshot.request().tenant
            if principal.sees(tenant) { return .live(snapshot) }
            missing.refusal = "intent \(id) belongs to the tenant \(tenant)"
        } else if let found = try await self.archive?.find(id) {
            if principal.sees(found.tenant) { return .archived(id, found.record) }
            missing.refusal = "intent \(id) belongs to the tenant \(found.tenant)"
        }
        throw missing
    }

    /// … that can still be decided about.
    func live(_ context: AppContext, _ scope: Scope) async throws -> RecordSnapshot {
        switch try await self.find(context, scope) {
        case .live(let snapshot): return snapshot
        case .archived(let id, _):
            throw ProblemError(.conflict, code: "phase_conflict", detail: "Intent \(id) has ended and is kept in the archive only; submit it again.")
        }
    }

    /// Intents newest first, of one tenant or (nil) of all, without repeats. Filters that Redis's index does not know are applied page by page, with a bound on the work of one call.
    func list(tenant: String?, phase: Phase?, priority: Priority?, limit: Int, before: IntentID?) async throws -> IntentPage {
        var selection = ArchiveSelection(tenant: tenant)
        (selection.phase, selection.priority) = (phase, priority)
        let archive = phase.map(\.isTerminal) ?? true ? self.archive : nil
        var before = before
        var items: [IntentSummary] = []
        for _ in 0..<20 {
            // Redis first: what leaves it meanwhile is in the archive already.
            let live = try await self.ledger.page(phase: phase, tenant: tenant, limit: limit, before: before)
            let archived = try await archive?.page(selection, limit: limit, before: before) ?? []
            // Below the end of a page that is full there may be more of its kind.
            let end = [live.next, archived.count == limit ? archived.last?.id : nil].compactMap { $0 }.max()
            var page: [IntentSummary] = []
            for snapshot in live.snapshots where end.map({ snapshot.id >= $0 }) ?? true {
                let summary = try IntentSummary(snapshot)
                guard priority == nil || summary.request.priority == priority else { continue }
                page.append(summary)
            }
            let seen = Set(page.map(\.id))
            page += try await self.summaries(of: archived.filter { found in end.map { found.id >= $0 } ?? true }).filter { !seen.contains($0.id) }
            page.sort { $0.id > $1.id }
            for summary in page {
                items.append(summary)
                if items.count == limit {
                    let isLast = end == nil && summary.id == page.last?.id
                    return IntentPage(items: items, nextCursor: isLast ? nil : summary.id.description)
                }
            }
            guard let end else { return IntentPage(items: items, nextCursor: nil) }
            before = end
        }
        return IntentPage(items: items, nextCursor: before?.description)
    }

    /// Of those that are in the archive only: what Redis still has is shown as it is there.
    private func summaries(of found: [ArchiveStore.Found]) async throws -> [IntentSummary] {
        guard !found.isEmpty else { return [] }
        let isLive = try await self.ledger.holds(found.map(\.id))
        return try zip(found, isLive).filter { !$0.1 }.map { try LedgerJSON.decode(IntentSummary.self, $0.0.record) }
    }
}
