/// A complete HTTP response. Any status is a response: 404 and 503 are not errors here, and redirects are not followed.
package struct FetchResponse: Sendable {
    package let status: Int
    /// Names in lower case, in the order received.
    package let headers: [(String, String)]
    package let body: [UInt8]

    package init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of the header; `name` in any case.
    package func header(_ name: String) -> String? { self.headers.value(of: name) }

    /// `Retry-After` in seconds, an hour at most; a date is ignored, since clocks differ.
    package var retryAfter: Duration? {
        self.header("retry-after").flatMap { Int($0.filter { !$0.isWhitespace }) }.map { .seconds(min(max($0, 0), 3_600)) }
    }
}

extension [(String, String)] {
    /// The first value under `name`, which may be in any case while the names of the array are in lower case.
    func value(of name: String) -> String? {
        let lower = name.lowercased()
        return self.first { $0.0 == lower }?.1
    }
}
