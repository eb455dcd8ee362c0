import IntentModel
import Ledger

/// Waits until an intent has ended or needs a person: `Prefer: wait=N`.
struct IntentWaiter: Sendable {
    let ledger: Ledger
    let feed: EventFeed

    /// The record once it is settled; nil when `limit` passes first.
    func settled(_ id: IntentID, within limit: Duration) async throws(LedgerError) -> RecordSnapshot? {
        // Listening begins before the first look, so no transition falls between them.
        let events = await self.feed.listen(to: id)
        if let snapshot = try await self.ledger.read(id), snapshot.phase.isSettled { return snapshot }
        let isSettled = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await event in events where event.phase?.isSettled == true { return true }
                return false
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        guard isSettled, let snapshot = try await self.ledger.read(id), snapshot.phase.isSettled else { return nil }
        return snapshot
    }
}

extension Phase {
    /// Nothing more happens on its own.
    var isSettled: Bool { self.isTerminal || self.awaitsPerson }
}

extension LedgerEvent {
    /// The entry's phase: its first member, as ``Ledger`` writes it.
    var phase: Phase? {
        let prefix = Array(#"{"phase":""#.utf8)
        guard self.entry.starts(with: prefix) else { return nil }
        let rest = self.entry.dropFirst(prefix.count)
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        return Phase(rawValue: String(decoding: rest[..<end], as: UTF8.self))
    }
}
