/// Where the O-Cloud posts changes of its inventory.
struct InventoryAddress: Sendable {
    private let proof: AddressProof

    /// - Parameters:
    ///   - base: this service as the O-Cloud reaches it.
    ///   - secret: see ``AddressProof``.
    init(base: String, secret: String?) { self.proof = AddressProof(base: base, purpose: "o2-notifications", secret: secret) }

    var callback: String { "\(self.proof.base)/v1/o2/notifications/\(self.proof.tag(of: "inventory"))" }

    func accepts(_ tag: String) -> Bool { self.proof.accepts(tag, of: "inventory") }
}
