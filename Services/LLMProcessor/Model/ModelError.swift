/// Why a model gave no interpretation. Every case leaves the embedded reading in force.
package enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    case timedOut
    /// `wasSent`: it may have read the question, and counted its tokens.
    case unreachable(String, wasSent: Bool)
    /// 429, or the pause it asked for is not over.
    case rateLimited(retryAfter: Duration?)
    /// An HTTP status that is no answer.
    case status(Int, String)
    case tooLarge(limit: Int)
    /// An answer that is not what was asked for.
    case malformed(String)
    /// The breaker is open: nothing was sent.
    case suspended
    /// As many calls as may wait are waiting.
    case busy
    /// The day's budget is used up: nothing was sent.
    case overBudget
    /// It refused our key or does not have the model: it rests for a while.
    case resting
    /// None of several providers gave an answer; their reasons in order.
    case all([String])

    package var description: String {
        switch self {
        case .timedOut: "it did not answer in time"
        case .unreachable(let reason, _): "it cannot be reached: \(reason)"
        case .rateLimited: "it asks to slow down"
        case .status(let status, let detail): detail.isEmpty ? "it answered HTTP \(status)" : "it answered HTTP \(status): \(detail)"
        case .tooLarge(let limit): "its answer is larger than \(limit >> 10) KiB"
        case .malformed(let reason): "its answer makes no sense: \(reason)"
        case .suspended: "it failed before and is left alone for a moment"
        case .busy: "too many calls are waiting for it"
        case .overBudget: "the day's budget is used up"
        case .resting: "it refused us before and is left alone for a while"
        case .all(let reasons): reasons.joined(separator: "; ")
        }
    }

    /// Metric label.
    package var outcome: String {
        switch self {
        case .timedOut: "timeout"
        case .unreachable: "unreachable"
        case .rateLimited: "rate_limited"
        case .status: "error"
        case .tooLarge, .malformed: "malformed"
        case .suspended: "suspended"
        case .busy: "busy"
        case .overBudget: "over_budget"
        case .resting, .all: "resting"
        }
    }

    /// The provider may have read the question, whatever came of it.
    var mayHaveBeenRead: Bool {
        switch self {
        case .timedOut, .unreachable(_, wasSent: true), .tooLarge, .malformed: true
        default: false
        }
    }

    /// Nothing that another attempt would better: the key, the account, the address or the model's name is wrong.
    var isMisconfiguration: Bool { if case .status(let status, _) = self { [401, 402, 403, 404].contains(status) } else { false } }
}
