/// Addresses with a common prefix: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
package struct AddressRange: Sendable, Hashable {
    private let bytes: [UInt8]
    private let length: Int

    /// Nil unless `text` is an address, or one with a prefix length and no bits after it.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let address = IPAddress(first) else { return nil }
        self.bytes = address.bytes
        guard parts.count == 2 else {
            self.length = address.bytes.count * 8
            return
        }
        guard let length = Int(parts[1]), "\(length)" == parts[1], (0...address.bytes.count * 8).contains(length) else { return nil }
        self.length = length
        guard (length..<address.bytes.count * 8).allSatisfy({ address.bytes[$0 / 8] >> UInt8(7 - $0 % 8) & 1 == 0 }) else { return nil }
    }

    package func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == self.bytes.count else { return false }
        let whole = self.length / 8
        guard address.bytes[..<whole] == self.bytes[..<whole] else { return false }
        let rest = self.length % 8
        return rest == 0 || (address.bytes[whole] ^ self.bytes[whole]) >> UInt8(8 - rest) == 0
    }
}

extension IPAddress {
    /// Reachable by everybody: neither this machine, nor its neighbours, nor a private network, nor set aside for something else.
    /// Source: the special-purpose registries of RFC 6890 (IANA), and for IPv6 the only range that is assigned, 2000::/3.
    package var isPublic: Bool {
        if self.bytes.count == 4 { return !Self.special.contains { $0.contains(self) } }
        return Self.assigned?.contains(self) == true && !Self.special.contains { $0.contains(self) }
    }

    /// Where no name ought to lead: to the same link (RFC 3927, RFC 4291 §2.5.6) and the other places where clouds answer with the machine's
    /// credentials, to nobody (this machine to itself, in place of an address), and to everybody (multicast, broadcast). Also in IPv6 that stands for
    /// such an IPv4 address (RFC 4291 §2.5.5.1, RFC 6052, RFC 3056).
    package var isReserved: Bool {
        if Self.reserved.contains(where: { $0.contains(self) }) { return true }
        return self.carried.map { $0.isReserved } ?? false
    }

    /// The IPv4 address that an IPv6 one is made of, and that a gateway on the way connects to.
    private var carried: IPAddress? {
        guard self.bytes.count == 16 else { return nil }
        // 0.0.0.0/8 would make ::1 one of them, which is this machine.
        let isCompatible = Self.compatible?.contains(self) == true && self.bytes[12] != 0
        if isCompatible || Self.translated?.contains(self) == true { return IPAddress(bytes: Array(self.bytes[12...])) }
        return Self.tunnelled?.contains(self) == true ? IPAddress(bytes: Array(self.bytes[2..<6])) : nil
    }

    private static let reserved = [
        // AWS, Google, Azure and most others; AWS and Google by IPv6; Alibaba; Oracle; Azure's agent.
        "169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "fd20:ce::254", "100.100.100.200", "192.0.0.192", "168.63.129.16",
        "0.0.0.0/8", "::", "224.0.0.0/4", "255.255.255.255", "ff00::/8",
    ].compactMap { AddressRange($0) }
    private static let compatible = AddressRange("::/96")
    private static let translated = AddressRange("64:ff9b::/96")
    private static let tunnelled = AddressRange("2002::/16")
    private static let assigned = AddressRange("2000::/3")
    private static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
        "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
        "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    ].compactMap { AddressRange($0) }
}
