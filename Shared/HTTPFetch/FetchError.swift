/// The transfer ended without a complete HTTP response.
package enum FetchError: Error, Equatable {
    /// The request's total time ran out.
    case timedOut
    /// No connection came about: name not found, refused, unreachable, or not within the connect timeout.
    case connect(String)
    /// The host has only addresses that the request does not admit.
    case refusedAddress
    /// The handshake failed or the certificate is not trusted.
    case tls(String)
    /// The body, or the head, is longer than `limit` bytes.
    case tooLarge(limit: Int)
    /// The calling task was cancelled.
    case cancelled
    /// The fetcher was stopped before or during the transfer.
    case stopped
    /// `limit` requests are already accepted and not yet answered.
    case overloaded(limit: Int)
    /// The request was never tried; the text says what is wrong with it.
    case invalid(String)
    /// Anything else; `code` is libcurl's `CURLcode`.
    case transfer(code: Int, reason: String)

    /// A repeat has a chance. Whether it is safe is the caller's to know: see ``wasNotSent``.
    package var mayRetry: Bool {
        switch self {
        case .timedOut, .connect, .overloaded: true
        case .refusedAddress, .tls, .tooLarge, .cancelled, .stopped, .invalid: false
        case .transfer(let code, _): TransferCode.transient.contains(code)
        }
    }

    /// The server certainly saw nothing of the request, so that a repeat is safe whatever the method.
    package var wasNotSent: Bool {
        switch self {
        case .connect, .refusedAddress, .tls, .overloaded, .invalid: true
        case .timedOut, .tooLarge, .cancelled, .stopped, .transfer: false
        }
    }
}

extension FetchError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .timedOut: "timed out"
        case .connect(let reason): "no connection: \(reason)"
        case .refusedAddress: "the host's address may not be connected to"
        case .tls(let reason): "TLS: \(reason)"
        case .tooLarge(let limit): "response larger than \(limit) bytes"
        case .cancelled: "cancelled"
        case .stopped: "the fetcher is stopped"
        case .overloaded(let limit): "\(limit) requests are already outstanding"
        case .invalid(let reason): "invalid request: \(reason)"
        case .transfer(let code, let reason): "transfer failed (\(code)): \(reason)"
        }
    }
}
