import Crypto
import FoundationEssentials

/// An Ed25519 key as `ssh-keygen -t ed25519` writes it, without a passphrase; it signs as `ssh-keygen -Y sign` does (OpenSSH's PROTOCOL.sshsig).
package struct SSHSigningKey: Sendable {
    package enum ReadError: Error, CustomStringConvertible, Equatable {
        case notAKey, encrypted, otherKind(String)

        package var description: String {
            switch self {
            case .notAKey: "not a private key in OpenSSH's format"
            case .encrypted: "the key has a passphrase; one without is needed"
            case .otherKind(let kind): "a key of kind \(kind); ssh-ed25519 is needed"
            }
        }
    }

    private static let kind = "ssh-ed25519"
    private let key: Curve25519.Signing.PrivateKey

    /// - Parameter openSSH: the text of the private key's file.
    package init(openSSH text: String) throws(ReadError) {
        let lines = text.split(whereSeparator: \.isNewline)
        guard lines.first == "-----BEGIN OPENSSH PRIVATE KEY-----", lines.last == "-----END OPENSSH PRIVATE KEY-----",
            let data = Data(base64Encoded: lines.dropFirst().dropLast().joined())
        else { throw .notAKey }
        var reader = SSHReader(data)
        guard reader.skip("openssh-key-v1\0"), let cipher = reader.text(), let derivation = reader.text(), reader.bytes() != nil, reader.number() == 1,
            reader.bytes() != nil, let secret = reader.bytes()
        else { throw .notAKey }
        guard cipher == "none", derivation == "none" else { throw .encrypted }
        var inner = SSHReader(secret)
        // The two check numbers tell a wrong passphrase; there is none.
        guard let check = inner.number(), inner.number() == check, let kind = inner.text() else { throw .notAKey }
        guard kind == Self.kind else { throw .otherKind(kind) }
        // Seed and public key, one after the other.
        guard inner.bytes()?.count == 32, let pair = inner.bytes(), pair.count == 64,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: pair.prefix(32))
        else { throw .notAKey }
        self.key = key
    }

    /// What `git verify-commit` checks: an armoured signature in the namespace `git`, its lines parted by newlines, without one at the end.
    package func signature(of message: [UInt8]) throws -> String {
        let namespace = "git", hash = "sha512"
        let digest = Data(SHA512.hash(data: message))
        var signed = SSHWriter(prefix: "SSHSIG")
        for part in [Data(namespace.utf8), Data(), Data(hash.utf8), digest] { signed.append(part) }
        var value = SSHWriter()
        value.append(Data(Self.kind.utf8))
        value.append(try self.key.signature(for: signed.data))
        var publicKey = SSHWriter()
        publicKey.append(Data(Self.kind.utf8))
        publicKey.append(self.key.publicKey.rawRepresentation)
        var whole = SSHWriter(prefix: "SSHSIG")
        whole.append(number: 1)
        for part in [publicKey.data, Data(namespace.utf8), Data(), Data(hash.utf8), value.data] { whole.append(part) }
        var lines = ["-----BEGIN SSH SIGNATURE-----"]
        var rest = whole.data.base64EncodedString()[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(70)))
            rest = rest.dropFirst(70)
        }
        return (lines + ["-----END SSH SIGNATURE-----"]).joined(separator: "\n")
    }
}
