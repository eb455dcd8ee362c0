/// The server of a repository's URL: its scheme, host and port, as far as they are written. Credentials and path do not count.
struct GitOrigin: Equatable {
    private let text: String

    /// Nil for a directory.
    init?(_ url: String) {
        if let end = url.firstRange(of: "://")?.upperBound {
            let server = url[end...].prefix { $0 != "/" }
            self.text = (url[..<end] + (server.lastIndex(of: "@").map { server[server.index(after: $0)...] } ?? server)).lowercased()
        } else if let at = url.firstIndex(of: "@"), !url.hasPrefix("/") {
            // As scp writes it: user@host:path.
            self.text = "ssh://" + url[url.index(after: at)...].prefix { $0 != ":" }.lowercased()
        } else {
            return nil
        }
    }
}
