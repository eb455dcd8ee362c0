/// The peers that are shown a certificate when they ask for one, as their settings begin: `A1_CERTIFICATE_FILE`, `A1_KEY_FILE`, `A1_KEY_PASSWORD`.
enum PeerCredentials {
    static let peers = ["A1", "O2", "E2_MANAGER"]

    static func settings(_ name: String) -> [String] { self.peers.map { "\($0)_\(name)" } }
}
