import Synchronization

/// Where the O-Cloud posts changes of its inventory.
final class InventoryAddress: Sendable {
    private let proof: AddressProof
    /// The tag of a subscription that an earlier process, or another instance, has made: without a secret of the installation each would make
    /// another.
    private let adopted = Mutex<String?>(nil)

    /// - Parameters:
    ///   - base: this service as the O-Cloud reaches it.
    ///   - secret: see ``AddressProof``.
    init(base: String, secret: String?) { self.proof = AddressProof(base: base, purpose: "o2-notifications", secret: secret) }

    var base: String { self.proof.base }
    /// What all such addresses of this installation begin with.
    var root: String { "\(self.proof.base)/v1/o2/notifications/" }
    var callback: String { "\(self.root)\(self.proof.tag(of: "inventory"))" }

    func accepts(_ tag: String) -> Bool {
        let isAdopted = self.adopted.withLock { $0.map { AddressProof.isSame(tag, $0) } } ?? false
        return self.proof.accepts(tag, of: "inventory") || isAdopted
    }

    /// Whether notifications to this address of the O-Cloud's list can be taken: it is ours, or nobody has a secret to make others with.
    func mayServe(_ callback: String) -> Bool {
        guard callback.hasPrefix(self.root) else { return false }
        let tag = String(callback.dropFirst(self.root.count))
        return self.accepts(tag) || (!self.proof.lasts && AddressProof.isTag(tag))
    }

    /// Takes notifications to an address that ``mayServe(_:)``. Only the O-Cloud, and who administers it, can name one; all that comes of a
    /// notification is that the O-Cloud is read.
    func adopt(_ callback: String) {
        let tag = String(callback.dropFirst(self.root.count))
        guard self.mayServe(callback), !self.proof.accepts(tag, of: "inventory") else { return }
        self.adopted.withLock { $0 = tag }
    }
}
