import FoundationEssentials
import Telemetry

/// How a remote knows us. A file is read for each command, so that a rotated token takes effect at once.
enum GitCredential: Sendable {
    case none
    case token(String)
    case file(String)

    var secret: String? {
        switch self {
        case .none: nil
        case .token(let token): token.trimmed.isEmpty ? nil : token.trimmed
        case .file(let path): Self.text(of: path)
        }
    }

    private static func text(of path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        KnownSecrets.shared.add(text.trimmed)
        return text.trimmed
    }
}
