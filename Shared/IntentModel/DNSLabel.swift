extension StringProtocol {
    /// Whether it is a DNS label (RFC 1123), as Kubernetes has names of namespaces: 1…63 lower-case letters, digits and `-`, beginning and ending with a
    /// letter or digit. Such a name leads nowhere: neither in a path, nor in a URL, a key of Redis, a line or a document.
    package var isDNSLabel: Bool {
        let hyphen = UInt8(ascii: "-")
        // What is longer than a label is not read to its end.
        let bytes = Array(self.utf8.prefix(64))
        guard (1...63).contains(bytes.count), bytes.first != hyphen, bytes.last != hyphen else { return false }
        return bytes.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == hyphen }
    }
}
