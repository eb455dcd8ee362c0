import FoundationEssentials

/// How a remote knows us. A file is read for each command, so that a rotated token takes effect at once.
enum GitCredential: Sendable {
    case none
    case token(String)
    case file(String)

    var secret: String? {
        switch self {
        case .none: nil
        case .token(let token): token.trimmed.isEmpty ? nil : token.trimmed
        case .file(let path): (try? String(contentsOfFile: path, encoding: .utf8))?.trimmed
        }
    }
}
