import GitObjects
import IntentModel

/// The latest publications by intent, so that a repeated message is recognised without asking git. Bounded: the oldest
/// intents are forgotten first, and ``covers(_:)`` says for which times the memory is complete.
struct PublicationMemory: Sendable {
    private var byIntent: [IntentID: [Publication]] = [:]
    private var commits: Set<ObjectID> = []
    private var order: [IntentID] = []
    private var forgotten = 0
    /// Every publication committed at or after this time is remembered.
    private var since: CommitTime
    private let capacity: Int

    init(capacity: Int = 50_000, completeSince since: CommitTime) {
        self.capacity = capacity
        self.since = since
    }

    /// Whether an intent whose commits cannot be older than `time` and are not here was never published.
    func covers(_ time: CommitTime) -> Bool { self.since <= time }

    func publications(of intent: IntentID) -> [Publication] { self.byIntent[intent] ?? [] }

    /// The intent's publication at a path, if it stands, or its reversal, if that does.
    func publication(of intent: IntentID, at path: PackagePath, isReversal: Bool = false) -> Publication? {
        self.byIntent[intent]?.first { $0.path == path && $0.isReversal == isReversal }
    }

    func contains(_ commit: ObjectID) -> Bool { self.commits.contains(commit) }

    /// The first publication of an intent at a path stands until it is reversed, and the other way round; later ones with the same trailers
    /// (a cherry-pick) do not replace it.
    mutating func remember(_ publication: Publication) {
        guard var known = self.byIntent[publication.intentId] else {
            self.commits.insert(publication.commit)
            self.byIntent[publication.intentId] = [publication]
            self.order.append(publication.intentId)
            self.forgetOldest()
            return
        }
        if let index = known.firstIndex(where: { $0.path == publication.path }) {
            guard known[index].isReversal != publication.isReversal else { return }
            known.remove(at: index)
        }
        known.append(publication)
        self.commits.insert(publication.commit)
        self.byIntent[publication.intentId] = known
    }

    private mutating func forgetOldest() {
        guard self.byIntent.count > self.capacity else { return }
        let intent = self.order[self.forgotten]
        self.forgotten += 1
        if let removed = self.byIntent.removeValue(forKey: intent), let last = removed.map(\.time).max() {
            for publication in removed { self.commits.remove(publication.commit) }
            self.since = max(self.since, CommitTime(seconds: last.seconds + 1))
        }
        if self.forgotten > self.capacity {
            self.order.removeFirst(self.forgotten)
            self.forgotten = 0
        }
    }
}
