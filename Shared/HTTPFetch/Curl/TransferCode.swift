import CCurl

/// Meaning of libcurl's result codes.
enum TransferCode {
    /// The peer or the network went away mid-transfer; another attempt may meet neither.
    static let transient: Set<Int> = Set(
        [CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR].map { Int($0.rawValue) })

    static let outOfMemory = CURLE_OUT_OF_MEMORY
}

extension CURLcode {
    var error: FetchError { self.error(String(cString: curl_easy_strerror(self))) }

    /// The error for a transfer that ended with this code; `isConnected` tells the two kinds of time-out apart.
    func error(_ reason: String, isConnected: Bool = true) -> FetchError {
        switch self {
        case CURLE_OPERATION_TIMEDOUT: isConnected ? .timedOut : .connect(reason)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY: .connect(reason)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            .tls(reason)
        // With TLS 1.3 a server that does not take our certificate, or misses it, says so after our side of the handshake is done.
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR: Self.isRefusal(reason) ? .tls(reason) : .transfer(code: Int(self.rawValue), reason: reason)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalid(reason)
        default: .transfer(code: Int(self.rawValue), reason: reason)
        }
    }

    /// Whether it tells of a TLS alert about who we are (RFC 8446 §6.2).
    private static func isRefusal(_ reason: String) -> Bool {
        reason.contains("alert") && ["certificate", "unknown ca", "access denied", "handshake failure"].contains { reason.contains($0) }
    }
}
