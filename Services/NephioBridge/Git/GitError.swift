import GitObjects

/// Why git did not do what was asked.
enum GitError: Error, Equatable, CustomStringConvertible {
    /// The branch moved meanwhile; read it again and repeat.
    case moved
    case timedOut(command: String)
    case failed(command: String, message: String)
    /// The remote could not be reached, or refused the credentials. May pass.
    case unreachable(String)
    /// The remote is there and cannot write: its disk is full, or read-only. May pass.
    case ailing(String)
    /// The remote's rules refuse the change. Repeating does not help.
    case declined(String)
    case tooLarge(String)
    case overloaded

    /// What a command that talks to the remote said when it failed: git asks for a name where a server does not take the token it was given,
    /// and says only that it may not.
    static func remote(_ result: GitOutput) -> GitError {
        let message = result.message.trimmed
        let isStranger = ["could not read Username", "could not read Password", "Authentication failed"].contains { message.contains($0) }
        return .unreachable(isStranger ? "it does not accept the credentials, or wants some (\(message))" : message)
    }

    /// What working on the files of a repository threw.
    init(_ error: any Error) {
        switch error {
        case let error as GitError: self = error
        case RefFiles.Failure.locked, RefFiles.Failure.moved: self = .moved
        default: self = .failed(command: "file system", message: "\(error)")
        }
    }

    var mayRetry: Bool {
        switch self {
        case .declined, .tooLarge: false
        default: true
        }
    }

    var description: String {
        switch self {
        case .moved: "the branch kept moving"
        case .timedOut(let command): "git \(command) took too long"
        case .failed(let command, let message): "git \(command) failed: \(message)"
        case .unreachable(let message): "the Git server could not be reached: \(message)"
        case .ailing(let message): "the Git server cannot take the change now: \(message)"
        case .declined(let message): "the Git server declined the change: \(message)"
        case .tooLarge(let what): "\(what) is too large"
        case .overloaded: "too many batches are waiting for the repository"
        }
    }
}
