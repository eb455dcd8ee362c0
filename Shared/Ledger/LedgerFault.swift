import Glibc
import IntentModel

/// A deliberate defect, for tests: of reliability, and of whether those tests would notice.
package enum LedgerFault: Sendable, Equatable {
    case none
    /// Acknowledges a delivery before its step instead of within it: a crash in between loses the work.
    case acknowledgeBeforeStep
    /// The process is killed when it first comes to this point in the work of this stage.
    case crash(CrashPoint, Stage)
    /// The gateway is killed before or after it has recorded an intent, in both cases without an answer.
    case crashAccepting(AcceptancePoint)

    /// Between these, a worker does nothing that another process could see.
    package enum CrashPoint: String, Sendable, CaseIterable {
        /// Work is leased, nothing of it is done.
        case leased
        /// Its effect outside is had; the ledger does not know.
        case handled
        /// The ledger has taken the step; nobody was told, and no claim was given up.
        case stepped
    }

    package enum AcceptancePoint: String, Sendable, CaseIterable { case asked, recorded }

    /// `none`, `ack-before-step`, `crash:<point>:<stage>` or `crash:<point>`.
    package init?(_ text: String) {
        let parts = text.split(separator: ":").map(String.init)
        switch (parts.first, parts.count) {
        case ("none", 1): self = .none
        case ("ack-before-step", 1): self = .acknowledgeBeforeStep
        case ("crash", 2):
            guard let point = AcceptancePoint(rawValue: parts[1]) else { return nil }
            self = .crashAccepting(point)
        case ("crash", 3):
            guard let point = CrashPoint(rawValue: parts[1]), let stage = Stage(rawValue: parts[2]) else { return nil }
            self = .crash(point, stage)
        default: return nil
        }
    }
}

extension Ledger {
    func fail(at point: LedgerFault.CrashPoint, _ stage: Stage) {
        if case .crash(point, stage) = self.configuration.fault { kill(getpid(), SIGKILL) }
    }

    func fail(at point: LedgerFault.AcceptancePoint) {
        if case .crashAccepting(point) = self.configuration.fault { kill(getpid(), SIGKILL) }
    }
}
