/// Container image references as the distribution specification writes them.
package enum ImageReference {
    private static let moving: Set<String> = ["latest", "develop", "main", "master", "edge", "nightly", "stable"]

    /// A tag that stands for one version: valid, and none of the names that move.
    package static func isPinnedTag(_ tag: String) -> Bool {
        let bytes = Array(tag.utf8)
        guard let first = bytes.first, bytes.count <= 128, self.isWord(first) else { return false }
        return bytes.allSatisfy { self.isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") } && !self.moving.contains(tag.lowercased())
    }

    /// Repository, and tag or digest; nil when the text is no reference.
    package static func parts(of text: String) -> (repository: String, tag: String?, digest: String?)? {
        guard !text.isEmpty, text.utf8.count <= 255 else { return nil }
        var name = text[...]
        var digest: String?
        if let at = name.firstIndex(of: "@") {
            let value = name[name.index(after: at)...]
            guard value.hasPrefix("sha256:"), value.utf8.count == 71, value.utf8.dropFirst(7).allSatisfy(self.isHexadecimal) else { return nil }
            digest = String(value)
            name = name[..<at]
        }
        var tag: String?
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") {
            tag = String(name[name.index(after: colon)...])
            name = name[..<colon]
        }
        let components = name.split(separator: "/", omittingEmptySubsequences: false)
        for (index, component) in components.enumerated() {
            guard let first = component.utf8.first, self.isLowerOrDigit(first), component.utf8.last.map(self.isLowerOrDigit) == true else { return nil }
            let mayHavePort = index == 0 && components.count > 1
            guard component.utf8.allSatisfy({ self.isLowerOrDigit($0) || "._-".utf8.contains($0) || (mayHavePort && $0 == UInt8(ascii: ":")) }) else {
                return nil
            }
        }
        return (String(name), tag, digest)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        self.isLowerOrDigit(byte) || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")) || byte == UInt8(ascii: "_")
    }
    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }
    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }
}
