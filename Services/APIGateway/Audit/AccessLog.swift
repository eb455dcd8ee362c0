import AuditLog
import Ledger
import Synchronization

/// Requests that were refused, until they are written: equal ones within a moment as one entry, and never more than so many, so that who is refused
/// cannot fill a disk.
final class AccessLog: Sendable {
    static let chain = "access"

    struct Refusal: Hashable, Sendable {
        /// Nil when the key is not known.
        var who: String?
        var tenant: String?
        var address: String
        var method: String
        var path: String
        var status: Int
    }

    private struct State {
        var seen: [Refusal: (at: Int64, count: Int)] = [:]
        var dropped = 0
        /// Acts that could not be written at once.
        var acts: [AuditDraft] = []
    }

    private let state = Mutex(State())
    private let limit: Int
    private static let maxPath = 200
    private static let maxActs = 10_000

    /// - Parameter limit: entries between two writes.
    init(limit: Int = 100) { self.limit = limit }

    func add(_ refusal: Refusal, at time: Int64 = Timestamp.now()) {
        var refusal = refusal
        refusal.path = String(refusal.path.unicodeScalars.prefix(Self.maxPath))
        refusal.method = String(refusal.method.unicodeScalars.prefix(20))
        self.state.withLock { state in
            if let known = state.seen[refusal] {
                state.seen[refusal] = (known.at, known.count + 1)
            } else if state.seen.count < self.limit {
                state.seen[refusal] = (time, 1)
            } else {
                state.dropped += 1
            }
        }
    }

    /// Keeps an act until it can be written. False when there is no room for more.
    func hold(_ act: AuditDraft) -> Bool {
        self.state.withLock { state in
            guard state.acts.count < Self.maxActs else { return false }
            state.acts.append(act)
            return true
        }
    }

    /// What has come since the last time, in its order.
    func take() -> [AuditDraft] {
        let state = self.state.withLock { state in
            defer { state = State() }
            return state
        }
        var drafts = state.acts
        drafts += state.seen.sorted { ($0.value.at, $0.key.path) < ($1.value.at, $1.key.path) }.map { refusal, seen in
            AuditDraft(
                at: Timestamp.text(seen.at), who: refusal.who ?? "unknown", tenant: refusal.tenant, verb: "refused",
                object: "\(refusal.method) \(refusal.path)",
                outcome: "\(refusal.status)", detail: "from \(refusal.address)" + (seen.count > 1 ? ", \(seen.count) times" : ""))
        }
        if state.dropped > 0 {
            drafts.append(
                AuditDraft(
                    at: Timestamp.text(Timestamp.now()), who: "unknown", verb: "refused", object: "others", outcome: "refused",
                    detail: "\(state.dropped) more requests, not listed"))
        }
        return drafts
    }
}
