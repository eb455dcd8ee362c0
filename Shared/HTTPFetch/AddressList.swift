/// Where something may go, as an operator lists it: `public`, addresses and prefixes (`10.1.0.0/16`), names of hosts, and domains (`.example.com`) with
/// all in them.
package struct AddressList: Sendable, Equatable {
    /// What an entry may be, for messages.
    package static let rule = "public, addresses, prefixes such as 10.1.0.0/16, host names and .domains"

    package struct Invalid: Error, Equatable {
        package let entry: String
    }

    private var names: Set<String> = []
    /// With the dot in front.
    private var suffixes: [String] = []
    private var ranges: [AddressRange] = []
    private var admitsPublic = false

    package init(_ entries: [String]) throws(Invalid) {
        for entry in entries {
            let entry = entry.lowercased()
            if entry == "public" {
                self.admitsPublic = true
            } else if let range = AddressRange(entry) {
                self.ranges.append(range)
            } else if Self.isName(entry.hasPrefix(".") ? entry.dropFirst() : entry[...]) {
                if entry.hasPrefix(".") { self.suffixes.append(entry) } else { self.names.insert(entry) }
            } else {
                throw Invalid(entry: entry)
            }
        }
    }

    package var isEmpty: Bool { self.names.isEmpty && self.suffixes.isEmpty && self.ranges.isEmpty && !self.admitsPublic }

    /// A name that looks like an address is one to whoever connects to it.
    private static func isName(_ text: Substring) -> Bool {
        guard (1...253).contains(text.utf8.count), text.contains(where: { ("a"..."z").contains($0) }), !text.hasPrefix("0x") else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
                    default: false
                    }
                }
        }
    }

    /// Whether this address is listed, by itself or as one of all public ones, of which clouds keep some for themselves.
    package func admits(_ address: IPAddress) -> Bool {
        (self.admitsPublic && address.isPublic && !address.isReserved) || self.ranges.contains { $0.contains(address) }
    }

    /// Whether this name is, by itself or by its domain: trusted wherever it leads to.
    package func names(_ host: String) -> Bool { self.names.contains(host) || self.suffixes.contains { host.hasSuffix($0) } }
}
