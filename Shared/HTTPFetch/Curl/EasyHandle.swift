import CCurl

/// Sole owner of one libcurl easy handle, of the text buffer libcurl writes its reasons into and of the bytes it sends.
/// Lives on the fetcher's thread only, hence no `Sendable`.
final class EasyHandle {
    let raw: UnsafeMutableRawPointer
    /// What its options were set for; nil after a transfer that changed any.
    var template: FetchTemplate?
    /// Whom libcurl's callbacks are for; taken away when it ends.
    var transfer: Transfer?
    /// Told of connections that begin and end.
    private let watch: SocketWatch
    private let reasonText: UnsafeMutablePointer<CChar>
    private var body: UnsafeMutableRawBufferPointer
    /// Read by libcurl whenever it connects.
    private let gate: UnsafeMutablePointer<ccurl_gate>
    /// The first option libcurl did not take; a transfer must not start with a check left out.
    private(set) var refusal = CURLE_OK

    /// Bytes of a body that are kept for the next one.
    private static let keptBytes = 64 << 10

    init?(_ watch: SocketWatch) {
        guard let raw = curl_easy_init() else { return nil }
        self.raw = raw
        self.watch = watch
        self.reasonText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        self.reasonText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        self.body = .allocate(byteCount: 0, alignment: 1)
        self.gate = .allocate(capacity: 1)
        self.gate.initialize(to: ccurl_gate())
    }

    deinit {
        curl_easy_cleanup(self.raw)
        self.reasonText.deallocate()
        self.body.deallocate()
        self.gate.deallocate()
    }

    /// Forgets all options; what makes reuse worth it (its place in the connection cache, its buffers) stays.
    func reset() {
        curl_easy_reset(self.raw)
        self.template = nil
        self.note(ccurl_set_pointer(self.raw, CURLOPT_ERRORBUFFER, self.reasonText))
        let context = Unmanaged.passUnretained(self.watch).toOpaque()
        self.note(
            ccurl_set_close_socket(
                self.raw,
                { context, socket in
                    EasyHandle.watch(context)?.close(socket)
                    return 0
                }, context))
    }

    private static func watch(_ context: UnsafeMutableRawPointer?) -> SocketWatch? {
        context.map { Unmanaged<SocketWatch>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Before every transfer.
    func begin() {
        self.refusal = CURLE_OK
        self.reasonText.pointee = 0
    }

    /// A process that is started meanwhile does not inherit the sockets. With `admits`, only addresses are connected to that it lets through.
    func openSockets(_ admits: ccurl_admits? = nil, _ context: UnsafeRawPointer? = nil) {
        self.gate.pointee = ccurl_gate(
            admits: admits, context: context, opened: { context, socket in EasyHandle.watch(context)?.opened(socket) },
            watch: Unmanaged.passUnretained(self.watch).toOpaque())
        self.note(ccurl_set_open_socket(self.raw, self.gate))
    }
    func set(_ option: CURLoption, _ text: String) { self.note(ccurl_set_string(self.raw, option, text)) }
    func set(_ option: CURLoption, _ number: Int) { self.note(ccurl_set_long(self.raw, option, number)) }
    func set(_ option: CURLoption, _ context: UnsafeRawPointer) { self.note(ccurl_set_pointer(self.raw, option, context)) }
    func set(_ option: CURLoption, _ receive: @escaping ccurl_receive) { self.note(ccurl_set_receive(self.raw, option, receive)) }

    /// Keeps a copy while the transfer lasts, so that no Swift pointer outlives the call.
    func setBody(_ bytes: [UInt8]) {
        if self.body.count < bytes.count || self.body.count > max(bytes.count, Self.keptBytes) {
            self.body.deallocate()
            self.body = .allocate(byteCount: max(bytes.count, 256), alignment: 1)
        }
        bytes.withUnsafeBytes { self.body.copyMemory(from: $0) }
        self.note(ccurl_set_size(self.raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
        self.note(ccurl_set_pointer(self.raw, CURLOPT_POSTFIELDS, self.body.baseAddress))
    }

    /// Belongs to the template, which outlives the transfer.
    func setHeaders(_ lines: UnsafeMutablePointer<curl_slist>?) { self.note(ccurl_set_list(self.raw, CURLOPT_HTTPHEADER, lines)) }

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
