import CCurl

/// Sole owner of one libcurl easy handle and of the text buffer libcurl writes its reasons into.
/// Lives on the fetcher's thread only, hence no `Sendable`.
final class EasyHandle {
    let raw: UnsafeMutableRawPointer
    private let reasonText: UnsafeMutablePointer<CChar>
    private var lines: UnsafeMutablePointer<curl_slist>?
    /// Read by libcurl whenever it connects.
    private let gate: UnsafeMutablePointer<ccurl_gate>
    /// The first option libcurl did not take; a transfer must not start with a check left out.
    private(set) var refusal = CURLE_OK

    init?() {
        guard let raw = curl_easy_init() else { return nil }
        self.raw = raw
        self.reasonText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        self.reasonText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        self.gate = .allocate(capacity: 1)
        self.gate.initialize(to: ccurl_gate())
    }

    deinit {
        curl_easy_cleanup(self.raw)
        curl_slist_free_all(self.lines)
        self.reasonText.deallocate()
        self.gate.deallocate()
    }

    /// Forgets all options; what makes reuse worth it (its place in the connection cache, its buffers) stays.
    func reset() {
        curl_easy_reset(self.raw)
        curl_slist_free_all(self.lines)
        self.lines = nil
        self.refusal = CURLE_OK
        self.reasonText.pointee = 0
        self.note(ccurl_set_pointer(self.raw, CURLOPT_ERRORBUFFER, self.reasonText))
    }

    /// A process that is started meanwhile does not inherit the sockets. With `admits`, only addresses are connected to that it lets through.
    func openSockets(_ admits: ccurl_admits? = nil, _ context: UnsafeRawPointer? = nil) {
        self.gate.pointee = ccurl_gate(admits: admits, context: context)
        self.note(ccurl_set_open_socket(self.raw, self.gate))
    }
    func set(_ option: CURLoption, _ text: String) { self.note(ccurl_set_string(self.raw, option, text)) }
    func set(_ option: CURLoption, _ number: Int) { self.note(ccurl_set_long(self.raw, option, number)) }
    func set(_ option: CURLoption, _ context: UnsafeRawPointer) { self.note(ccurl_set_pointer(self.raw, option, context)) }
    func set(_ option: CURLoption, _ receive: @escaping ccurl_receive) { self.note(ccurl_set_receive(self.raw, option, receive)) }

    /// libcurl keeps a copy, so that no Swift pointer outlives the call.
    func setBody(_ bytes: [UInt8]) {
        self.note(ccurl_set_size(self.raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
        bytes.withUnsafeBytes { buffer in
            // An empty array may have no address, and a null here would mean "ask the read callback".
            if let address = buffer.baseAddress, !buffer.isEmpty {
                self.note(ccurl_set_pointer(self.raw, CURLOPT_COPYPOSTFIELDS, address))
            } else {
                self.note(ccurl_set_string(self.raw, CURLOPT_COPYPOSTFIELDS, ""))
            }
        }
    }

    /// `lines` in libcurl's notation: `Name: value`, `Name;` for an empty value, `Name:` to leave its own out.
    func setHeaders(_ lines: [String]) {
        for line in lines {
            guard let longer = curl_slist_append(self.lines, line) else { return self.note(CURLE_OUT_OF_MEMORY) }
            self.lines = longer
        }
        self.note(ccurl_set_list(self.raw, CURLOPT_HTTPHEADER, self.lines))
    }

    /// Lets a paused transfer go on; delivers what libcurl held back before it returns.
    func resume() { curl_easy_pause(self.raw, 0) }

    var isConnected: Bool { ccurl_connect_time(self.raw) > 0 }

    /// libcurl's own words about this transfer, or the general ones for `code`.
    func reason(for code: CURLcode) -> String {
        self.reasonText.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: self.reasonText)
    }

    private func note(_ code: CURLcode) {
        if self.refusal == CURLE_OK { self.refusal = code }
    }
}
