import ServiceClient

/// Why a forge did not do what was asked.
enum ForgeError: Error, Equatable, CustomStringConvertible {
    /// It refused, with its reason.
    case refused(status: Int, String)
    /// It cannot be reached, or does not work. May pass.
    case away(String)
    case nonsense(String)

    init(_ error: ServiceCallError) {
        switch error {
        case .nonsense: self = .nonsense("\(error)")
        default: self = .away("\(error)")
        }
    }

    var description: String {
        switch self {
        case .refused(let status, let reason): "the forge refused (\(status)): \(reason)"
        case .away(let reason): reason
        case .nonsense(let reason): "the forge's answer is not understood: \(reason)"
        }
    }
}
