import Hummingbird
import Ledger
import ServiceClient
import ServiceRuntime

/// The gateway's own errors as callers see them.
enum GatewayProblems {
    static let mapping = ProblemMapping { error in
        switch error {
        case let error as LedgerError:
            switch error.code {
            case .unavailable:
                ProblemError(
                    .serviceUnavailable, code: "ledger_unavailable",
                    detail: error.refusal.map { "The ledger takes no writes: \($0). Nothing was stored." }
                        ?? "The ledger does not answer. Whether a submission was taken is unknown: repeat it with the same Idempotency-Key.",
                    headers: [.retryAfter: "1"]
                )
            case .overloaded:
                ProblemError(
                    .serviceUnavailable, code: "overloaded", detail: "More requests are waiting for the ledger than it can take.", headers: [.retryAfter: "1"])
            case .unknownOutcome:
                ProblemError(
                    .serviceUnavailable, code: "outcome_unknown",
                    detail: "The intent was stored, but not by enough replicas in time: repeat with the same Idempotency-Key.", headers: [.retryAfter: "1"])
            case .corrupt, .misconfigured: nil
            }
        case let error as ServiceCallError:
            switch error {
            // One of several repositories: for callers it is as if there were the one.
            case .refused(_, let problem) where problem.status == 424:
                ProblemError(.serviceUnavailable, code: "repository_unavailable", detail: problem.detail, headers: [.retryAfter: "5"])
            case .refused(_, let problem): ProblemError(problem)
            case .timedOut: ProblemError(.gatewayTimeout, code: "timeout", detail: "\(error).")
            case .nonsense: ProblemError(.badGateway, code: "bad_upstream", detail: "\(error).")
            default: ProblemError(.serviceUnavailable, code: "upstream_unavailable", detail: "\(error).", headers: [.retryAfter: "2"])
            }
        default: nil
        }
    }
}
