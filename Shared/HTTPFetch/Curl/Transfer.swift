import CCurl

/// One request under way on one easy handle. Answers its caller exactly once, in ``finish(_:)``.
/// Lives on the fetcher's thread only, hence no `Sendable`.
final class Transfer {
    let order: FetchOrder
    let easy: EasyHandle
    private let inbox: FetchInbox
    private var head = ResponseHead()
    private var body: [UInt8] = []
    private var received = 0
    /// Why we broke it off ourselves; outranks what libcurl says about it.
    private var failure: FetchError?
    /// An address was not connected to because the request does not admit it.
    private var refusesAddress = false

    init(_ order: FetchOrder, on easy: EasyHandle, _ inbox: FetchInbox) {
        self.order = order
        self.easy = easy
        self.inbox = inbox
    }

    /// Nil when the easy handle is ready for the multi handle.
    func prepare(at now: ContinuousClock.Instant) -> FetchError? {
        let remaining = now.duration(to: self.order.deadline)
        guard remaining > .zero else { return .timedOut }
        let template = self.order.template
        self.easy.begin()
        // Setting twenty options takes longer than anything else that is done here for a request.
        if self.easy.template !== template {
            self.easy.reset()
            self.setPolicy(self.inbox.configuration)
            self.setTemplate(template)
        }
        if template.method != "HEAD" {
            if let body = self.order.body {
                self.easy.setBody(body)
            } else if ["POST", "PUT", "PATCH"].contains(template.method) {
                self.easy.setBody([])
            }
        }
        self.easy.set(CURLOPT_TIMEOUT_MS, remaining.milliseconds)
        guard self.easy.refusal == CURLE_OK else { return self.easy.refusal.error }
        // Without a body a method is another one to libcurl: what has one is not used for what has none.
        self.easy.template = self.order.body == nil ? nil : template
        self.easy.transfer = self
        return nil
    }

    /// Answers the caller. `error` is nil when libcurl reports success.
    func finish(_ error: FetchError?) {
        let error = self.failure ?? error ?? (self.head.isComplete ? nil : .transfer(code: Int(CURLE_GOT_NOTHING.rawValue), reason: "no response head"))
        switch self.order.receiver {
        case .streamed(_, let pipe) where self.head.isComplete: pipe.finish(error)
        case .whole(let continuation) where error == nil:
            continuation.resume(returning: .success(FetchResponse(status: self.head.status, headers: self.head.headers, body: self.body)))
        case .told(let answer) where error == nil:
            answer(.success(FetchResponse(status: self.head.status, headers: self.head.headers, body: self.body)))
        default: self.order.fail(error ?? .stopped)
        }
    }

    func finish(_ result: CURLcode) {
        guard result != CURLE_OK else { return self.finish(nil as FetchError?) }
        // Once the deadline is past, the total time ran out, whatever stage it ran out in.
        if self.refusesAddress, result == CURLE_COULDNT_CONNECT { return self.finish(.refusedAddress) }
        let isConnected = self.easy.isConnected || ContinuousClock.now >= self.order.deadline
        self.finish(result.error(self.easy.reason(for: result), isConnected: isConnected))
    }
}

// MARK: - Options

extension Transfer {
    /// What holds for every transfer of the fetcher.
    private func setPolicy(_ configuration: HTTPFetcher.Configuration) {
        self.easy.set(CURLOPT_NOSIGNAL, 1)
        // Breaking off during a name look-up must not wait for the resolver: it is left to end by itself.
        self.easy.set(CURLOPT_QUICK_EXIT, 1)
        self.easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        self.easy.set(CURLOPT_FOLLOWLOCATION, 0)
        self.easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        self.easy.set(CURLOPT_TCP_KEEPALIVE, 1)
        self.easy.set(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.milliseconds)
        self.easy.set(CURLOPT_MAXAGE_CONN, max(1, configuration.idleTimeout.milliseconds / 1000))
        self.easy.set(CURLOPT_SSL_VERIFYPEER, 1)
        self.easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        self.easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let caFile = configuration.caFile { self.easy.set(CURLOPT_CAINFO, caFile) }
        if let certificate = configuration.certificate {
            self.easy.set(CURLOPT_SSLCERT, certificate.certificateFile)
            if let keyFile = certificate.keyFile { self.easy.set(CURLOPT_SSLKEY, keyFile) }
            if let password = certificate.password { self.easy.set(CURLOPT_KEYPASSWD, password) }
        }
        // Empty, rather than unset: unset means the environment's http_proxy.
        self.easy.set(CURLOPT_PROXY, configuration.proxy ?? "")
        self.easy.set(CURLOPT_USERAGENT, configuration.userAgent)
    }

    private func setTemplate(_ template: FetchTemplate) {
        self.easy.set(CURLOPT_URL, template.url.text)
        if template.method == "HEAD" {
            self.easy.set(CURLOPT_NOBODY, 1)
        } else {
            if self.order.body != nil || ["POST", "PUT", "PATCH"].contains(template.method) { self.easy.set(CURLOPT_POST, 1) }
            self.easy.set(CURLOPT_CUSTOMREQUEST, template.method)
        }
        self.easy.setHeaders(template.lines)

        let context = UnsafeRawPointer(Unmanaged.passUnretained(self.easy).toOpaque())
        if template.admits == nil {
            self.easy.openSockets()
        } else {
            self.easy.openSockets(
                { context, bytes, count in Transfer.from(context)?.admits(UnsafeBufferPointer(start: bytes, count: count)) ?? false ? 1 : 0 }, context)
        }
        self.easy.set(CURLOPT_HEADERDATA, context)
        self.easy.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Transfer.from(context)?.receive(headLine: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        self.easy.set(CURLOPT_WRITEDATA, context)
        self.easy.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Transfer.from(context)?.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
    }
}

// MARK: - Callbacks

extension Transfer {
    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? { self.from(UnsafeRawPointer(context)) }

    private static func from(_ context: UnsafeRawPointer?) -> Transfer? {
        context.flatMap { Unmanaged<EasyHandle>.fromOpaque($0).takeUnretainedValue().transfer }
    }

    /// Refused, libcurl goes on with the name's next address.
    private func admits(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if let address = IPAddress(bytes: Array(bytes)), self.order.template.admits?(address) == true { return true }
        self.refusesAddress = true
        return false
    }

    /// The number of bytes taken; another number than offered breaks the transfer off.
    private func receive(headLine line: UnsafeRawBufferPointer) -> Int {
        switch self.head.read(line) {
        case .partial: return line.count
        case .tooLarge: return self.breakOff(.tooLarge(limit: ResponseHead.maxBytes))
        case .complete: break
        }
        let limit = self.order.template.maxResponseBytes
        let announced = self.hasBody ? self.head.contentLength ?? 0 : 0
        guard announced <= limit else { return self.breakOff(.tooLarge(limit: limit)) }
        switch self.order.receiver {
        // An announcement is only that: reserve no more than is soon used.
        case .whole, .told: self.body.reserveCapacity(min(max(announced, 0), 1 << 20))
        case .streamed(let continuation, let pipe):
            let consumer = BodyConsumer(pipe, self.inbox, self.order.id)
            continuation.resume(returning: .success(FetchStream(head: self.head, consumer: consumer)))
        }
        return line.count
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        let limit = self.order.template.maxResponseBytes
        guard bytes.count <= limit - self.received else { return self.breakOff(.tooLarge(limit: limit)) }
        switch self.order.receiver {
        case .whole, .told: self.body.append(contentsOf: bytes)
        case .streamed(_, let pipe):
            // Paused, libcurl offers the same bytes again: they are not received yet.
            guard pipe.offer(bytes) else { return Int(CURL_WRITEFUNC_PAUSE) }
        }
        self.received += bytes.count
        return bytes.count
    }

    private func breakOff(_ error: FetchError) -> Int {
        self.failure = error
        return -1
    }

    /// RFC 9110 §6.4.1: the length in these is about a body that is not sent.
    private var hasBody: Bool { self.order.template.method != "HEAD" && self.head.status != 204 && self.head.status != 304 }
}

extension Duration {
    /// Rounded up, 1…2³¹−1: zero would mean "no limit" to libcurl.
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = self.components
        if seconds >= Int64(Int32.max) / 1000 { return Int(Int32.max) }
        return max(1, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
