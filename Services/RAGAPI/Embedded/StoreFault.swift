import GRDB

/// What can be wrong with the file of the knowledge base, in words for operators.
enum StoreFault: Error, Sendable, Equatable, CustomStringConvertible {
    case damaged(path: String, reason: String)
    case full(reason: String)
    case unwritable(reason: String)
    /// A backup that cannot be restored.
    case unusable(path: String, reason: String)
    /// A backup cannot be written there.
    case badTarget(path: String, reason: String)
    /// A backup to, or from, a file that is part of the knowledge base.
    case ownFile(path: String)

    var description: String {
        switch self {
        case .damaged(let path, let reason):
            "\(path) is damaged (\(reason)); restore a backup with `nephoran knowledge restore`, or move the file away to begin with an empty one"
        case .unusable(let path, let reason): "\(path) cannot be restored (\(reason)); nothing was changed"
        case .badTarget(let path, let reason): "no backup can be written to \(path) (\(reason)); nothing was changed"
        case .ownFile(let path): "\(path) is the knowledge base itself, or a file that belongs to it; nothing was changed"
        case .unwritable(let reason): "the knowledge base cannot be written (\(reason)); nothing was stored, searches go on"
        case .full(let reason): "the disk of the knowledge base is full (\(reason)); nothing was stored, searches go on"
        }
    }

    /// The error itself unless it is one of these.
    static func of(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        switch error.resultCode {
        case .SQLITE_FULL: return StoreFault.full(reason: error.message ?? "SQLITE_FULL")
        case .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN: return StoreFault.unwritable(reason: error.message ?? "\(error.resultCode)")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return StoreFault.damaged(path: "the knowledge base", reason: error.message ?? "SQLITE_CORRUPT")
        default: return error
        }
    }
}
