import Ledger
import RedisClient
import ServiceRuntime

/// The adaptor's own errors as callers see them.
enum ORANProblems {
    static let mapping = ProblemMapping { error in
        switch error {
        case is RedisError: break
        case let error as LedgerError where error.code != .corrupt && error.code != .misconfigured: break
        default: return nil
        }
        return ProblemError(
            .serviceUnavailable, code: "ledger_unavailable",
            detail: "The ledger does not answer. Whether a change was made is unknown: repeat it, what is there already is not changed again.",
            headers: [.retryAfter: "1"])
    }
}
