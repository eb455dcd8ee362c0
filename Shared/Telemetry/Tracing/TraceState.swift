/// `tracestate` of W3C Trace Context, §3.3: what vendors say of a trace, passed on as it came.
package enum TraceState {
    /// What every participant has to pass on.
    static let maxBytes = 512

    /// Empty for what is too long to pass on or holds anything but visible ASCII and spaces.
    package static func accepted(_ header: String?) -> String {
        guard let header, header.utf8.count <= self.maxBytes, header.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else { return "" }
        return header
    }
}
