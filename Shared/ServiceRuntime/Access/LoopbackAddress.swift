/// Addresses that only this machine reaches.
package enum LoopbackAddress {
    package static func contains(_ address: String) -> Bool {
        let address = address.hasPrefix("::ffff:") ? String(address.dropFirst(7)) : address
        return address == "::1" || address == "localhost"
            || (address.hasPrefix("127.") && address.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) })
    }
}
