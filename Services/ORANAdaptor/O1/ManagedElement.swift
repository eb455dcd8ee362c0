/// A managed element that is configured over NETCONF: an entry of the file of `O1_ELEMENTS`.
package struct ManagedElement: Sendable, Equatable {
    package enum Credential: Sendable, Equatable {
        /// Files that hold nothing else; read when a connection is made.
        case passwordFile(String)
        case keyFile(String)
    }

    package enum HostKey: Sendable, Equatable {
        /// `SHA256:…`, as `ssh-keygen -l` prints it.
        case fingerprint(String)
        /// Whatever is shown is taken: said so by the operator, for a laboratory.
        case any
    }

    /// A DNS label, unique.
    package let name: String
    package let address: String
    package let port: Int
    package let username: String
    package let credential: Credential
    package let hostKey: HostKey
}
