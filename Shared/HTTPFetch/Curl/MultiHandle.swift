import CCurl

/// Sole owner of one libcurl multi handle: the connections, and the transfers under way.
///
/// `@unchecked Sendable` because the pointer is constant, everything but `wake()` is called by the fetcher's thread
/// alone, and `curl_multi_wakeup` is the call libcurl documents as safe from any thread.
final class MultiHandle: @unchecked Sendable {
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let raw: UnsafeMutableRawPointer

    init?(_ configuration: HTTPFetcher.Configuration) {
        guard Self.isReady, let raw = curl_multi_init() else { return nil }
        self.raw = raw
        ccurl_multi_set_long(raw, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maxConnections)
        ccurl_multi_set_long(raw, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maxConnectionsPerHost)
        ccurl_multi_set_long(raw, CURLMOPT_MAXCONNECTS, configuration.maxConnections)
    }

    deinit { curl_multi_cleanup(self.raw) }

    func wake() { curl_multi_wakeup(self.raw) }

    func add(_ easy: EasyHandle) -> Bool { curl_multi_add_handle(self.raw, easy.raw) == CURLM_OK }

    func remove(_ easy: EasyHandle) { curl_multi_remove_handle(self.raw, easy.raw) }

    /// Sleeps until a socket is ready, one of libcurl's own timers is due, `wake()` is called, or the time is over.
    /// False when it could not sleep.
    func sleep(atMost milliseconds: Int32) -> Bool { curl_multi_poll(self.raw, nil, 0, milliseconds, nil) == CURLM_OK }

    /// Moves every transfer on as far as it goes without waiting.
    func advance() {
        var running: Int32 = 0
        curl_multi_perform(self.raw, &running)
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
