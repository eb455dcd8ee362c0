import AuditLog
import IntentModel
import ServiceRuntime
import Synchronization

/// What this process has for the audit log until it is written: see ``AccessTally``.
final class RefusalLog: AccessLog {
    static let chain = "access"

    typealias Refusal = AccessTally.Refusal

    private let tally: Mutex<AccessTally>
    private let logged = LoggedAccess()

    /// - Parameter limit: refusals that are told apart between two writes.
    init(limit: Int = 100) { self.tally = Mutex(AccessTally(maxRefusals: limit)) }

    func record(_ refused: RefusedAccess) {
        self.logged.record(refused)
        self.add(Refusal(refused))
    }

    func add(_ refusal: Refusal, at time: Int64 = Timestamp.now()) { self.tally.withLock { $0.add(refusal, at: time) } }

    /// Keeps an act until it can be written. False when there is no room for more.
    func hold(_ act: AccessEntry) -> Bool { self.tally.withLock { $0.hold(act) } }

    /// How many are held.
    var acts: Int { self.tally.withLock { $0.actCount } }

    /// What has come since the last time, in its order.
    func take() -> [AccessEntry] { self.tally.withLock { $0.take() } }
}

extension AuditDraft {
    init(_ entry: AccessEntry) {
        self.init(
            at: entry.at, who: entry.who, tenant: entry.tenant, verb: entry.verb, object: entry.object, outcome: entry.outcome, detail: entry.detail)
    }
}
