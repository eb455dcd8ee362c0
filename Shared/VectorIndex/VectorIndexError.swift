/// Why a file of vectors cannot be used or written. The vectors themselves are kept elsewhere: whoever gets one of these builds the index anew.
package enum VectorIndexError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing(path: String)
    /// Made of another model, with other dimensions, or by another version of this program.
    case foreign(path: String, reason: String)
    /// Cut off, changed, or not closed as it should have been.
    case damaged(path: String, reason: String)
    /// The system's words, e.g. of a full disk.
    case system(path: String, reason: String)
    case wrongDimensions(expected: Int, given: Int)
    /// A number of a vector is infinite or none.
    case notFinite
    case negativeID(Int64)

    package var description: String {
        switch self {
        case .missing(let path): "\(path) is not there"
        case .foreign(let path, let reason): "\(path) is of another kind: \(reason)"
        case .damaged(let path, let reason): "\(path) is damaged: \(reason)"
        case .system(let path, let reason): "\(path): \(reason)"
        case .wrongDimensions(let expected, let given): "a vector has \(given) dimensions instead of \(expected)"
        case .notFinite: "a vector has a number that is not finite"
        case .negativeID(let id): "\(id) is no id: ids are not negative"
        }
    }
}
