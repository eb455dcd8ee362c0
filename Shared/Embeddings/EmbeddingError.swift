/// Why there is no vector. Every case leaves keyword search in force.
package enum EmbeddingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The weights or the vocabulary are not there, or not what they must be.
    case model(String)
    /// The deadline passed.
    case timedOut
    case cancelled
    /// As many calls as may wait are waiting.
    case busy
    /// The endpoint cannot be reached, or failed before and is left alone for a moment.
    case unreachable(String)
    /// An HTTP status that is no answer.
    case status(Int, String)
    /// An answer that is not what was asked for.
    case malformed(String)

    package var description: String {
        switch self {
        case .model(let reason): "the embedding model cannot be used: \(reason)"
        case .timedOut: "the embedding was not there in time"
        case .cancelled: "the embedding was cancelled"
        case .busy: "too many embeddings are waiting"
        case .unreachable(let reason): "the embedding endpoint cannot be reached: \(reason)"
        case .status(let status, let detail): "the embedding endpoint answered HTTP \(status)" + (detail.isEmpty ? "" : ": \(detail)")
        case .malformed(let reason): "the embedding endpoint's answer makes no sense: \(reason)"
        }
    }
}
