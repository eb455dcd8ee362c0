import GitObjects
import ServiceRuntime
import Synchronization

/// What signs commits: one key a file, however many repositories are signed with it, read again when the file changes.
final class CommitSigners: Sendable {
    typealias Signer = FileValue<SSHSigningKey>

    private let signers = Mutex<[String: Signer]>([:])

    /// Nil for no file.
    /// - Throws: ``InvalidSetting`` when the file cannot be read or is no such key.
    func signer(keyFile path: String?) throws(InvalidSetting) -> Signer? {
        guard let path else { return nil }
        if let known = self.signers.withLock({ $0[path] }) { return known }
        let made = try Signer(path) { (path) throws(InvalidSetting) in try BridgeSettings.signingKey(in: path) }
        return self.signers.withLock { signers in
            let signer = signers[path] ?? made
            signers[path] = signer
            return signer
        }
    }

    var files: [Signer] { self.signers.withLock { Array($0.values) } }
}
