/// Where a RIC posts changes of a policy's status: an address of its own for each policy.
package struct NotificationAddress: Sendable {
    private let proof: AddressProof
    var base: String { self.proof.base }

    /// - Parameter secret: see ``AddressProof``.
    package init(base: String, secret: String?) { self.proof = AddressProof(base: base, purpose: "a1-notifications", secret: secret) }

    /// The complete URI for `notificationDestination`.
    func destination(ric: String, type: String, policy: String) -> String {
        let path = [ric, type, policy].map(A1Transport.segment).joined(separator: "/")
        return "\(self.base)/v1/a1/notifications/\(path)/\(self.proof.tag(of: ric, type, policy))"
    }

    func accepts(_ tag: String, ric: String, type: String, policy: String) -> Bool { self.proof.accepts(tag, of: ric, type, policy) }
}
