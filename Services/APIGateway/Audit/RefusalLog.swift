import AuditLog
import IntentModel
import ServiceRuntime
import Synchronization

/// Requests that were refused, until they are written: equal ones within a moment as one entry, and never more than so many, so that who is refused
/// cannot fill a disk.
final class RefusalLog: AccessLog {
    static let chain = "access"

    struct Refusal: Hashable, Sendable {
        /// Nil when the key is not known.
        var who: String?
        var tenant: String?
        var address: String
        var method: String
        /// Template of the route.
        var route: String
        /// `403 forbidden`
        var outcome: String
    }

    private struct State {
        var seen: [Refusal: (at: Int64, count: Int)] = [:]
        var dropped = 0
        /// Acts that could not be written at once.
        var acts: [AuditDraft] = []
    }

    private let state = Mutex(State())
    private let limit: Int
    private let logged = LoggedAccess()
    private static let maxActs = 10_000

    /// - Parameter limit: entries between two writes.
    init(limit: Int = 100) { self.limit = limit }

    func record(_ refused: RefusedAccess) {
        self.logged.record(refused)
        self.add(
            Refusal(
                who: refused.principal?.name, tenant: refused.principal?.tenant, address: refused.remote ?? "local",
                method: String(refused.method.unicodeScalars.prefix(20)), route: refused.route, outcome: "\(refused.status) \(refused.code)"))
    }

    func add(_ refusal: Refusal, at time: Int64 = Timestamp.now()) {
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

    /// How many are held.
    var acts: Int { self.state.withLock { $0.acts.count } }

    /// What has come since the last time, in its order.
    func take() -> [AuditDraft] {
        let state = self.state.withLock { state in
            defer { state = State() }
            return state
        }
        var drafts = state.acts
        drafts += state.seen.sorted { ($0.value.at, $0.key.route) < ($1.value.at, $1.key.route) }.map { refusal, seen in
            AuditDraft(
                at: Timestamp.text(seen.at), who: refusal.who ?? "unknown", tenant: refusal.tenant, verb: "refused",
                object: "\(refusal.method) \(refusal.route)",
                outcome: refusal.outcome, detail: "from \(refusal.address)" + (seen.count > 1 ? ", \(seen.count) times" : ""))
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
