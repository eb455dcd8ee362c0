import Synchronization

/// The path below which a RIC serves its policies: said in the setting, or learnt from its answers. The O-RAN SC near-RT RIC has a root
/// and numbers for types of its own; its operations are those of A1-P v2.
package final class A1Root: Sendable {
    package enum Variant: String, Sendable, CaseIterable, Codable {
        /// O-RAN.WG2.A1AP-v02.00.
        case standard = "/A1-P/v2"
        /// A1 of the O-RAN SC near-RT RIC, `a1mediator` 2.1.
        case osc = "/a1-p"
    }

    private let known: Mutex<Variant?>

    package init(_ variant: Variant? = nil) { self.known = Mutex(variant) }

    /// Nil until the RIC has answered once.
    package var variant: Variant? { self.known.withLock { $0 } }
    func learn(_ variant: Variant) { self.known.withLock { $0 = variant } }
}
