import CCurl

/// Sole owner of one libcurl multi handle: the connections, and the transfers under way. Driven by what is ready, so that a transfer that
/// waits costs nothing.
///
/// `@unchecked Sendable` because the pointer is constant and everything but `wake()` is called by the fetcher's thread alone.
final class MultiHandle: FetchSleeper, @unchecked Sendable {
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let raw: UnsafeMutableRawPointer
    let watch: SocketWatch

    init?(_ configuration: HTTPFetcher.Configuration) {
        guard Self.isReady, let watch = SocketWatch(), let raw = curl_multi_init() else { return nil }
        self.raw = raw
        self.watch = watch
        ccurl_multi_set_long(raw, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maxConnections)
        ccurl_multi_set_long(raw, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maxConnectionsPerHost)
        ccurl_multi_set_long(raw, CURLMOPT_MAXCONNECTS, configuration.maxConnections)
        ccurl_multi_set_watch(
            raw,
            { _, socket, what, context, _ in
                MultiHandle.watch(context)?.watch(socket, for: what)
                return 0
            },
            { _, milliseconds, context in
                MultiHandle.watch(context)?.setTimer(milliseconds)
                return 0
            }, Unmanaged.passUnretained(watch).toOpaque())
    }

    // The watch is still there while libcurl takes its leave of the sockets.
    deinit { withExtendedLifetime(self.watch) { _ = curl_multi_cleanup(self.raw) } }

    private static func watch(_ context: UnsafeMutableRawPointer?) -> SocketWatch? {
        context.map { Unmanaged<SocketWatch>.fromOpaque($0).takeUnretainedValue() }
    }

    func wake() { self.watch.wake() }

    func add(_ easy: EasyHandle) -> Bool { curl_multi_add_handle(self.raw, easy.raw) == CURLM_OK }

    func remove(_ easy: EasyHandle) { curl_multi_remove_handle(self.raw, easy.raw) }

    /// Moves on what libcurl wants to be moved on by now: new transfers, time-outs.
    func advance() {
        while self.watch.takeTimer() { self.act(ccurl_socket_timeout, 0) }
    }

    /// Sleeps until sockets are ready, libcurl's timer is due, `wake()` is called, or the time is over; moves on whose socket is ready. False
    /// when it could not sleep.
    func sleep(atMost milliseconds: Int32) -> Bool {
        var longest = milliseconds
        if let due = self.watch.due { longest = min(longest, Int32(clamping: ContinuousClock.now.duration(to: due).roundedUp)) }
        return self.watch.wait(atMost: longest) { self.act($0, $1) }
    }

    /// Moves on whose socket is ready now.
    func poll() { _ = self.watch.wait(atMost: 0) { self.act($0, $1) } }

    private func act(_ socket: Int32, _ mask: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(self.raw, socket, mask, &running)
    }

    /// One transfer that ended since it was last asked. It is still in the multi handle.
    func nextCompleted() -> (raw: UnsafeMutableRawPointer, result: CURLcode)? {
        var queued: Int32 = 0
        while let message = curl_multi_info_read(self.raw, &queued) {
            if message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle { return (easy, ccurl_message_result(message)) }
        }
        return nil
    }
}

extension Duration {
    /// Whole milliseconds, none when negative.
    fileprivate var roundedUp: Int64 {
        let (seconds, attoseconds) = self.components
        return max(0, seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
