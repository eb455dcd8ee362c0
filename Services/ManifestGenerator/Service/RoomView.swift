import IntentModel
import Ledger
import PackagePlanning
import Synchronization

/// The book of room as one planning sees it: each cluster is asked for once, so that trying several clusters compares the same.
final class RoomView: RoomSource {
    private let book: RoomBook
    private let intent: IntentID?
    private let seen: Mutex<(holds: [String: [RoomHold]], past: Set<RoomBook.Past>)>

    /// - Parameters:
    ///   - intent: the one that is planned, whose own entries are replaced and so not counted.
    ///   - holds: what is known already, by cluster.
    init(_ book: RoomBook, for intent: IntentID?, knowing holds: [String: [RoomHold]] = [:]) {
        self.book = book
        self.intent = intent
        self.seen = Mutex((holds, []))
    }

    func holds(in cluster: String) async throws -> [RoomHold] {
        if let known = self.seen.withLock({ $0.holds[cluster] }) { return known }
        let holds = try await self.book.entries(of: cluster, besides: self.intent).compactMap(RoomHold.init)
        return self.seen.withLock { seen in
            seen.holds[cluster] = holds
            return holds
        }
    }

    func areSeen(_ holds: [RoomHold], in cluster: String) {
        guard !holds.isEmpty else { return }
        self.seen.withLock { seen in for hold in holds { seen.past.insert(RoomBook.Past(cluster: cluster, intent: hold.intent, place: hold.place)) } }
    }

    /// What was counted, and what needs not be kept any more.
    var counted: [String: [RoomHold]] { self.seen.withLock { $0.holds } }
    var past: Set<RoomBook.Past> { self.seen.withLock { $0.past } }
}

extension RoomHold {
    private struct Entry: Codable {
        var parts: [Part]
        var reading: Reading?
    }

    /// Nil for an entry that another version wrote in a way that this one does not know: it is not counted.
    init?(_ entry: RoomBook.Entry) {
        guard let read = try? LedgerJSON.decode(Entry.self, entry.what) else { return nil }
        self.init(intent: entry.intent, place: entry.place, parts: read.parts, reading: read.reading)
    }

    static func encoded(_ parts: [Part], _ reading: Reading?) throws -> [UInt8] {
        try LedgerJSON.encode(Entry(parts: parts, reading: reading))
    }
}
