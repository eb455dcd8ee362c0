import IntentModel
import Ledger
import PackagePlanning

/// Takes the room that a plan needs of clusters, in an order that all instances agree on: who took it first has it. Nothing is asked or kept for
/// plans of clusters whose capacity nobody knows.
struct RoomTaking: Sendable {
    enum Answer {
        /// All that was taken before was counted.
        case taken
        /// Others were first: the plan has to hold with what they have taken.
        case others(RoomView)
    }

    let ledger: Ledger
    let book: RoomBook

    init(ledger: Ledger, lasts: Duration) {
        self.ledger = ledger
        self.book = RoomBook(ledger: ledger, lasts: lasts)
    }

    func view(for intent: IntentID?) -> RoomView { RoomView(self.book, for: intent) }

    /// Takes what a plan brings, in place of what an earlier plan of the same intent took.
    ///
    /// - Parameters:
    ///   - holds: what it brings, by cluster; `earlier` the clusters in which it may have taken something before.
    ///   - view: what the plan was made with.
    func take(_ holds: [String: (parts: [RoomHold.Part], reading: RoomHold.Reading?)], earlier: Set<String>, of intent: IntentID, with view: RoomView)
        async throws -> Answer
    {
        var what: [(cluster: String, what: [UInt8])] = []
        for cluster in earlier.union(holds.keys).sorted() {
            what.append((cluster, try holds[cluster].map { try RoomHold.encoded($0.parts, $0.reading) } ?? []))
        }
        guard !what.isEmpty else { return .taken }
        let (place, others) = try await self.book.take(what, for: intent, past: view.past)
        let counted = view.counted
        var (before, isNew): ([String: [RoomHold]], Bool) = (counted, false)
        for (cluster, entries) in others {
            // Who came later counts this one instead.
            let first = entries.compactMap(RoomHold.init).filter { $0.place < place }
            // What shrinks or goes takes nothing of anybody.
            guard holds[cluster]?.parts.contains(where: { $0.growth != .nothing }) == true else { continue }
            before[cluster] = first
            let known = Set((counted[cluster] ?? []).map(\.place))
            isNew = isNew || first.contains { !known.contains($0.place) }
        }
        return isNew ? .others(RoomView(self.book, for: intent, knowing: before)) : .taken
    }

    /// Gives up what an intent may have taken when it was planned before.
    func release(_ clusters: Set<String>, of intent: IntentID) async throws(LedgerError) {
        guard !clusters.isEmpty else { return }
        _ = try await self.book.take(clusters.sorted().map { ($0, []) }, for: intent)
    }

    /// Whether entries that were counted are of intents that came to nothing: these give up what they had taken, and whoever had no room looks again.
    func clears(_ view: RoomView) async throws -> Bool {
        // Those who took first have had the most time to fail. Of very many the rest is over when its time is.
        let entries = view.counted.flatMap { cluster, holds in holds.map { RoomBook.Past(cluster: cluster, intent: $0.intent, place: $0.place) } }
            .sorted { $0.place < $1.place }.prefix(Self.mostLooked)
        guard !entries.isEmpty else { return false }
        let snapshots = try await self.ledger.read(entries.map(\.intent))
        let past = zip(entries, snapshots).filter { Self.cameToNothing($0.1) }.map(\.0)
        try await self.book.forget(Set(past))
        return !past.isEmpty
    }

    private static let mostLooked = 64

    /// Who waits for a person has nothing on its way either.
    private static func cameToNothing(_ snapshot: RecordSnapshot?) -> Bool {
        switch snapshot?.phase {
        case .published, .fulfilled: false
        case let phase?: phase.isTerminal || phase.awaitsPerson
        case nil: true
        }
    }
}
