/// Why a model gave no interpretation. Every case leaves the embedded reading in force.
package enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    case timedOut
    case unreachable(String)
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

    package var description: String {
        switch self {
        case .timedOut: "it did not answer in time"
        case .unreachable(let reason): "it cannot be reached: \(reason)"
        case .rateLimited: "it asks to slow down"
        case .status(let status, let detail): detail.isEmpty ? "it answered HTTP \(status)" : "it answered HTTP \(status): \(detail)"
        case .tooLarge(let limit): "its answer is larger than \(limit >> 10) KiB"
        case .malformed(let reason): "its answer makes no sense: \(reason)"
        case .suspended: "it failed before and is left alone for a moment"
        case .busy: "too many calls are waiting for it"
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
        }
    }
}
