/// Names of objects, namespaces and clusters: RFC 1035 labels, which Services ask for. At most 52 characters, so
/// that a StatefulSet's revision label still holds them.
package enum DNSLabel {
    package static let maximumLength = 52

    package static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= self.maximumLength else { return false }
        guard self.isLetter(first), last != UInt8(ascii: "-") else { return false }
        return bytes.allSatisfy { self.isLetter($0) || self.isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// The text in lower case when that is a label, else nil: nothing else of a name is ever changed.
    package static func lowered(_ text: String) -> String? {
        let lowered = text.lowercased()
        return self.isValid(lowered) ? lowered : nil
    }

    /// A label that resembles the text, to propose to a person; nil when nothing is left of it.
    package static func proposal(for text: String) -> String? {
        var bytes: [UInt8] = []
        for byte in text.lowercased().utf8 {
            if self.isLetter(byte) || (self.isDigit(byte) && !bytes.isEmpty) {
                bytes.append(byte)
            } else if let last = bytes.last, last != UInt8(ascii: "-") {
                bytes.append(UInt8(ascii: "-"))
            }
            if bytes.count == self.maximumLength { break }
        }
        while bytes.last == UInt8(ascii: "-") { bytes.removeLast() }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
