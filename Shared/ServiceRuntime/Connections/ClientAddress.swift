#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Who is at the other end of a connection, as far as connections are counted: an IPv4 address, or the /64 of an IPv6 one, which is what a site is
/// given (RFC 6177).
struct ClientAddress: Hashable, Sendable {
    private let bytes: UInt64
    private let isIPv6: Bool

    /// Nil for what is no connection over IP.
    init?(of descriptor: Int32) {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let found = withUnsafeMutableBytes(of: &address) { bytes -> (UInt64, Bool)? in
            guard let base = bytes.baseAddress, getpeername(descriptor, base.assumingMemoryBound(to: sockaddr.self), &size) == 0 else { return nil }
            switch Int32(bytes.load(as: sa_family_t.self)) {
            case AF_INET: return (UInt64(bytes.load(fromByteOffset: 4, as: UInt32.self)), false)
            case AF_INET6:
                // ::ffff:a.b.c.d is that IPv4 address.
                let (high, middle) = (bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
                if high == 0, UInt32(bigEndian: middle) == 0xffff { return (UInt64(bytes.loadUnaligned(fromByteOffset: 20, as: UInt32.self)), false) }
                return (high, true)
            default: return nil
            }
        }
        guard let (bytes, isIPv6) = found else { return nil }
        self.bytes = bytes
        self.isIPv6 = isIPv6
    }
}
