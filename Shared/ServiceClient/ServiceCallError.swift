package import IntentModel

/// Why a call to another service brought nothing. The first value is the service's name.
package enum ServiceCallError: Error, CustomStringConvertible {
    /// It refused, with its reason: a repeat would be refused, too.
    case refused(String, Problem)
    /// It answered with a 5xx status.
    case failed(String, status: Int, String)
    case unreachable(String, String)
    case timedOut(String)
    /// It is taken to be down, or asked to be left alone, and was not asked.
    case open(String, retryAfter: Duration)
    /// As many calls of it as may wait are waiting.
    case busy(String)
    case cancelled(String)
    /// The answer is not what was agreed.
    case nonsense(String, String)

    package var description: String {
        switch self {
        case .refused(let name, let problem): "\(name) refused: \(problem.detail)"
        case .failed(let name, let status, let text): "\(name) answered \(status): \(text)"
        case .unreachable(let name, let reason): "\(name) cannot be reached: \(reason)"
        case .timedOut(let name): "\(name) did not answer in time"
        case .open(let name, _): "\(name) is taken to be down"
        case .busy(let name): "too many calls of \(name) are waiting"
        case .cancelled(let name): "the call of \(name) was cancelled"
        case .nonsense(let name, let reason): "\(name) answered nonsense: \(reason)"
        }
    }
}
