/// Where packages are published to.
enum PublishTarget: Sendable {
    /// A bare repository of our own, created when missing.
    case directory(String)
    /// A repository elsewhere, through a bare mirror in a local directory that belongs to this process alone.
    case remote(RemoteRepository, mirror: String)

    /// Whether a setting names a repository elsewhere rather than a directory.
    static func isRemote(_ address: String) -> Bool { address.contains("://") || address.contains("@") }

    var directory: String {
        switch self {
        case .directory(let directory): directory
        case .remote(_, let mirror): mirror
        }
    }

    var remote: RemoteRepository? {
        switch self {
        case .directory: nil
        case .remote(let remote, _): remote
        }
    }

    /// What published packages name as their repository.
    var name: String { self.remote?.url ?? self.directory }
}
