/// Whose something is. A tenant is a name and nothing else: whatever has another one does not exist for him.
package enum Tenant {
    /// The installation's own: what no other tenant is said to own belongs to it, and its admins administer all.
    package static let installation = "default"

    /// 1…63 lower-case letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit.
    package static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func isPlain(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) }
        guard (1...63).contains(bytes.count), let first = bytes.first, let last = bytes.last, isPlain(first), isPlain(last) else { return false }
        return bytes.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
    }
}
