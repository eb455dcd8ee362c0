/// Why Weaviate did not do what it was asked for.
enum WeaviateFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// It cannot be reached, is not ready, or failed before and is left alone for a moment.
    case unavailable(String)
    /// An HTTP status, or an error of GraphQL, with its message.
    case refused(status: Int, String)
    case malformed(String)
    /// Objects of a batch that were not taken, with the first reason.
    case partly(failed: Int, of: Int, String)
    /// A class or property that is there is not what is needed.
    case schema(String)

    var description: String {
        switch self {
        case .unavailable(let reason): "Weaviate cannot be reached: \(reason)"
        case .refused(let status, let message): "Weaviate answered HTTP \(status)" + (message.isEmpty ? "" : ": \(message)")
        case .malformed(let reason): "Weaviate's answer makes no sense: \(reason)"
        case .partly(let failed, let all, let reason): "Weaviate did not take \(failed) of \(all) objects: \(reason)"
        case .schema(let reason): "Weaviate's schema does not fit: \(reason)"
        }
    }
}
