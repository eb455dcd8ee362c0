import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where a process may connect to, whatever for: models, RICs, clouds, Git, forges, clusters, collectors of traces. What it calls is in its settings; a
/// name in them says nothing yet of the address that it leads to at the moment, so that is what is checked.
///
/// Without a list a name may lead anywhere but to ``IPAddress/isReserved`` ones, and an address that is written is meant. With one, a name that is
/// listed may lead there, too, and every other address must be listed.
package struct OutboundPolicy: Sendable, Equatable {
    private let list: AddressList

    package init(_ list: AddressList) { self.list = list }

    private static let shared = Mutex<OutboundPolicy?>(nil)

    /// Of the process. Nil is the one without a list.
    package static var current: OutboundPolicy? {
        get { self.shared.withLock { $0 } }
        set { self.shared.withLock { $0 = newValue } }
    }

    /// Which addresses may be connected to for this host, a name or an address, when ``current`` is to say; nil: any.
    package static func admission(of host: String) -> (@Sendable (IPAddress) -> Bool)? {
        self.admission(of: host, under: self.current)
    }

    static func admission(of host: String, under policy: OutboundPolicy?) -> (@Sendable (IPAddress) -> Bool)? {
        let isName = IPAddress(host) == nil
        guard let list = policy?.list, !list.isEmpty else { return isName ? self.beyondReserved : nil }
        return isName && list.names(host) ? self.beyondReserved : { list.admits($0) }
    }

    private static let beyondReserved: @Sendable (IPAddress) -> Bool = { !$0.isReserved }

    /// The addresses that a name leads to now, for who connects by other means than an ``HTTPFetcher``: those that may be connected to. Blocks.
    ///
    /// - Returns: nil when the name is not known or is an address that is admitted.
    /// - Throws: ``FetchError/refusedAddress`` when there are some, and none may be.
    package static func addresses(of host: String) throws(FetchError) -> [IPAddress]? { try self.addresses(of: host, under: self.current) }

    /// The same by another policy than the process's.
    package static func addresses(of host: String, under policy: OutboundPolicy?) throws(FetchError) -> [IPAddress]? {
        let admits = self.admission(of: host, under: policy)
        if let address = IPAddress(host) {
            guard admits?(address) ?? true else { throw .refusedAddress }
            return nil
        }
        let found = self.lookUp(host)
        guard !found.isEmpty else { return nil }
        let admitted = found.filter { admits?($0) ?? true }
        guard !admitted.isEmpty else { throw .refusedAddress }
        return admitted
    }

    private static func lookUp(_ host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_protocol = Int32(IPPROTO_TCP)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var found: [IPAddress] = []
        var next = first
        while let entry = next {
            next = entry.pointee.ai_next
            guard let address = Self.address(of: entry.pointee), !found.contains(address) else { continue }
            found.append(address)
        }
        return found
    }

    private static func address(of entry: addrinfo) -> IPAddress? {
        guard let socket = UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch entry.ai_family {
        case AF_INET:
            let address = socket.loadUnaligned(as: sockaddr_in.self).sin_addr
            return IPAddress(bytes: withUnsafeBytes(of: address) { Array($0) })
        case AF_INET6:
            let address = socket.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return IPAddress(bytes: withUnsafeBytes(of: address) { Array($0) })
        default: return nil
        }
    }
}
