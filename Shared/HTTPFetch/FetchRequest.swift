/// One outgoing HTTP request, complete: the body is already in memory.
package struct FetchRequest: Sendable {
    /// An HTTP token, upper case by convention.
    package var method: String
    /// Absolute, `http` or `https`, percent-encoded, without user information.
    package var url: String
    /// Sent in this order. Framing (`Content-Length`, `Transfer-Encoding`, `Expect`) is not the caller's to say.
    package var headers: [(String, String)]
    package var body: [UInt8]?
    /// From the call to the last byte of the response, the wait for a free connection included.
    package var timeout: Duration
    /// Bytes of response body after which the transfer is broken off. A stream counts its whole length.
    package var maxResponseBytes: Int
    /// Says which addresses may be connected to, asked about the very address after the look-up of the name; nil leaves it to
    /// ``OutboundPolicy``. A connection that is still open is used again without asking: give requests to one host the same answer.
    package var admits: (@Sendable (IPAddress) -> Bool)?

    package init(
        method: String = "GET", url: String, headers: [(String, String)] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(10), maxResponseBytes: Int = 8 << 20, admits: (@Sendable (IPAddress) -> Bool)? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maxResponseBytes = maxResponseBytes
        self.admits = admits
    }
}

extension FetchRequest {
    /// Refuses what would be misread on the wire: an odd method, a header that could start another line.
    func validate() throws(FetchError) {
        guard !self.method.isEmpty, self.method.utf8.allSatisfy(\.isToken) else { throw .invalid("the method is not an HTTP token") }
        guard self.maxResponseBytes >= 0 else { throw .invalid("maxResponseBytes is negative") }
        for (name, value) in self.headers {
            guard !name.isEmpty, name.utf8.allSatisfy(\.isToken) else { throw .invalid("a header name is not an HTTP token") }
            guard value.utf8.allSatisfy(\.isFieldContent) else { throw .invalid("the value of header \(name) holds a control character") }
            switch name.lowercased() {
            case "content-length", "transfer-encoding", "expect": throw .invalid("header \(name) is set by the transfer itself")
            default: break
            }
        }
    }
}

extension UInt8 {
    /// RFC 9110 §5.6.2 `tchar`.
    fileprivate var isToken: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// RFC 9110 §5.5: everything but control characters, of which only the tab is allowed.
    fileprivate var isFieldContent: Bool { self == 0x09 || (self >= 0x20 && self != 0x7f) }
}
