/// An absolute `http` or `https` URL that leaves nothing to interpretation, so that what is checked here and what
/// libcurl dials cannot differ. Source: RFC 3986, narrowed.
package struct FetchURL: Equatable, Sendable {
    static let maxBytes = 8192

    package let text: String
    /// Lower case; an IPv6 address without its brackets.
    package let host: String
    /// `scheme://host:port`, lower case, the port always written: transfers with one origin share connections.
    package let origin: String
    /// Without TLS.
    package let isPlain: Bool

    package init(_ text: String) throws(FetchError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maxBytes else { throw .invalid("the URL is longer than \(Self.maxBytes) bytes") }
        guard bytes.allSatisfy(Self.isAllowed) else { throw .invalid("the URL holds a character that must be percent-encoded") }

        let lower = text.lowercased()
        let scheme: (name: String, port: Int)
        if lower.hasPrefix("https://") {
            scheme = ("https", 443)
        } else if lower.hasPrefix("http://") {
            scheme = ("http", 80)
        } else {
            throw .invalid("the URL does not start with http:// or https://")
        }

        let rest = bytes.dropFirst(scheme.name.utf8.count + 3)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard !authority.contains(UInt8(ascii: "@")) else { throw .invalid("the URL carries credentials; send them in a header") }
        let (host, port) = try Self.split(authority)
        self.text = text
        let name = String(decoding: host, as: UTF8.self).lowercased()
        self.host = name.hasPrefix("[") ? String(name.dropFirst().dropLast()) : name
        self.origin = "\(scheme.name)://\(name):\(port ?? scheme.port)"
        self.isPlain = scheme.name == "http"
    }

    private static func split(_ authority: ArraySlice<UInt8>) throws(FetchError) -> (host: ArraySlice<UInt8>, port: Int?) {
        let host: ArraySlice<UInt8>
        if authority.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { throw .invalid("the URL's IPv6 address lacks its ]") }
            host = authority[...close]
            let digits = host.dropFirst().dropLast()
            guard digits.contains(UInt8(ascii: ":")), digits.allSatisfy({ $0.isHexDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) else {
                throw .invalid("the URL's IPv6 address is malformed")
            }
        } else {
            host = authority.prefix { $0 != UInt8(ascii: ":") }
            guard !host.isEmpty else { throw .invalid("the URL has no host") }
            guard host.allSatisfy(\.isHostCharacter) else { throw .invalid("the URL's host is malformed") }
        }
        let tail = authority[host.endIndex...]
        guard !tail.isEmpty else { return (host, nil) }
        guard tail.first == UInt8(ascii: ":"), tail.count <= 6, tail.dropFirst().allSatisfy(\.isDigit),
            let port = Int(String(decoding: tail.dropFirst(), as: UTF8.self)), (1...65535).contains(port)
        else { throw .invalid("the URL's port is not 1…65535") }
        return (host, port)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        guard byte > 0x20, byte < 0x7f else { return false }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"),
            UInt8(ascii: "|"), UInt8(ascii: "}"):
            return false
        default: return true
        }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    private var isLetter: Bool { self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z") }
    fileprivate var isHexDigit: Bool { self.isDigit || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "f")) }
    fileprivate var isHostCharacter: Bool {
        self.isDigit || self.isLetter || self == UInt8(ascii: "-") || self == UInt8(ascii: ".") || self == UInt8(ascii: "_")
    }
}
