package import HTTPFetch
package import Telemetry

extension LiveSpan {
    /// Ends a client span with what came of its request.
    package func end(_ result: Result<FetchResponse, FetchError>) {
        switch result {
        case .success(let response): self.end(status: response.status)
        case .failure(let error): self.end(failure: error.word)
        }
    }
}

extension FetchError {
    /// One word of few, as `error.type` wants it.
    package var word: String {
        switch self {
        case .timedOut: "timeout"
        case .connect: "unreachable"
        case .refusedAddress: "refused_address"
        case .tls: "tls"
        case .tooLarge: "too_large"
        case .cancelled: "cancelled"
        case .stopped: "stopped"
        case .overloaded: "overloaded"
        case .invalid: "invalid"
        case .transfer: "broken_off"
        }
    }
}
