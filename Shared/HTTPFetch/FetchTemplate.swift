import CCurl

/// Everything of a request but its body and its time, checked and put into libcurl's form: for requests that are made over and over again.
///
/// `@unchecked Sendable` because the list is complete when `init` returns and only read after.
package final class FetchTemplate: @unchecked Sendable {
    let method: String
    let url: FetchURL
    /// Bytes of response body after which the transfer is broken off.
    let maxResponseBytes: Int
    let admits: (@Sendable (IPAddress) -> Bool)?
    /// libcurl's notation: `Name: value`, `Name;` for an empty value, `Name:` to leave its own out.
    let lines: UnsafeMutablePointer<curl_slist>?

    /// The parameters are those of ``FetchRequest``.
    package convenience init(
        method: String = "GET", url: String, headers: [(String, String)] = [], maxResponseBytes: Int = 8 << 20, admits: (@Sendable (IPAddress) -> Bool)? = nil
    ) throws(FetchError) {
        try self.init(FetchRequest(method: method, url: url, headers: headers, maxResponseBytes: maxResponseBytes, admits: admits))
    }

    init(_ request: FetchRequest) throws(FetchError) {
        try request.validate()
        self.url = try FetchURL(request.url)
        self.method = request.method
        self.maxResponseBytes = request.maxResponseBytes
        self.admits = request.admits ?? OutboundPolicy.admission(of: self.url.host)
        var lines: UnsafeMutablePointer<curl_slist>?
        var isComplete = true
        func add(_ line: String) {
            guard let longer = curl_slist_append(lines, line) else { return isComplete = false }
            lines = longer
        }
        var saysType = false
        for (name, value) in request.headers {
            add(value.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } ? "\(name);" : "\(name): \(value)")
            if name.lowercased() == "content-type" { saysType = true }
        }
        add("Expect:")
        // libcurl would call every body a web form.
        if !saysType { add("Content-Type:") }
        self.lines = lines
        guard isComplete else { throw TransferCode.outOfMemory.error }
    }

    deinit { curl_slist_free_all(self.lines) }
}
