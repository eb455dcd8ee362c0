import HTTPFetch

/// The addresses at which an element is connected to: what its name leads to now, as far as the process may connect there. SSH is handed these and
/// looks nothing up itself, so that no other answer comes in between.
enum ElementAddress {
    /// At least one, in the order of the resolver; as text without brackets. Blocks while the name is looked up.
    ///
    /// - Throws: ``O1Error/Kind/refusedAddress`` where none of them may be connected to, ``O1Error/Kind/unreachable`` where the name leads nowhere.
    static func all(of element: ManagedElement, under policy: OutboundPolicy?) throws(O1Error) -> [String] {
        let host = element.address.lowercased()
        let found: [IPAddress]?
        do throws(FetchError) {
            found = try OutboundPolicy.addresses(of: host, under: policy)
        } catch {
            throw O1Error(
                .refusedAddress, element: element.name, detail: "\(element.address) leads to no address that may be connected to (OUTBOUND_ALLOWED_HOSTS)")
        }
        if let found { return found.map(\.description) }
        // An address is what it is; of a name that is not known a second look might lead anywhere.
        guard let address = IPAddress(host) else { throw O1Error(.unreachable, element: element.name, detail: "the name \(element.address) is not known") }
        return [address.description]
    }
}
