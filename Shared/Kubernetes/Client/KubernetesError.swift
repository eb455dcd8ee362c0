import HTTPFetch
import JSONSchema
import Resilience

/// Why a call of an API server brought nothing.
package enum KubernetesError: Error, Sendable, Equatable {
    /// The server's answer, a `Status` where it sent one: `reason` is the machine's word (`AlreadyExists`), empty when it gave none.
    case status(code: Int, reason: String, message: String, retryAfter: Duration?)
    /// No complete answer. Whether the call had its effect is not known unless `wasNotSent`.
    case transport(String, wasNotSent: Bool)
    /// A guard kept the call back.
    case notCalled(String)
    /// The answer is none of this API.
    case nonsense(String)
    /// No credentials could be had.
    case noCredentials(String)
    case cancelled

    package var code: Int? { if case .status(let code, _, _, _) = self { code } else { nil } }
    package var isNotFound: Bool { self.code == 404 }
    /// The object was changed by somebody else, or exists already.
    package var isConflict: Bool { self.code == 409 }
    package var isAlreadyExists: Bool { if case .status(409, "AlreadyExists", _, _) = self { true } else { false } }
    /// The version that was asked for is no longer kept: list again.
    package var isGone: Bool { self.code == 410 }

    /// The same call may succeed later.
    package var mayRetry: Bool {
        switch self {
        case .status(let code, _, _, _): code == 409 || code == 429 || code >= 500 || code == 401
        case .transport, .notCalled, .noCredentials: true
        case .nonsense, .cancelled: false
        }
    }

    package var retryAfter: Duration? { if case .status(_, _, _, let after) = self { after } else { nil } }

    init(_ response: FetchResponse) {
        self.init(status: try? JSONValue(parsing: response.body), code: response.status, body: response.body, retryAfter: response.retryAfter)
    }

    /// From a `Status` object, as an answer or an event carries it.
    init(status: JSONValue?, code: Int, body: [UInt8] = [], retryAfter: Duration? = nil) {
        let isStatus = status?["kind"]?.string == "Status"
        let said = isStatus ? status?["details"]?["retryAfterSeconds"]?.integer : nil
        self = .status(
            code: isStatus ? status?["code"]?.integer ?? code : code, reason: isStatus ? status?["reason"]?.string ?? "" : "",
            message: (isStatus ? status?["message"]?.string : nil) ?? String(decoding: body.prefix(300), as: UTF8.self),
            retryAfter: retryAfter ?? said.map { .seconds(min(max($0, 0), 3_600)) })
    }

    init(_ error: FetchError) {
        self = error == .cancelled ? .cancelled : .transport("\(error)", wasNotSent: error.wasNotSent)
    }

    init(_ refusal: UpstreamRefusal) {
        switch refusal {
        case .cancelled: self = .cancelled
        case .tooLate: self = .notCalled("its time was over")
        case .busy: self = .notCalled("too many calls are waiting")
        case .open(let after), .paused(let after): self = .notCalled("the server is left alone for \(after)")
        }
    }
}

extension KubernetesError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .status(let code, let reason, let message, _): "the API server answered \(code)\(reason.isEmpty ? "" : " \(reason)"): \(message)"
        case .transport(let reason, _): "the API server cannot be reached: \(reason)"
        case .notCalled(let reason): "the API server was not called: \(reason)"
        case .nonsense(let reason): "the API server answered nonsense: \(reason)"
        case .noCredentials(let reason): "no credentials for the API server: \(reason)"
        case .cancelled: "cancelled"
        }
    }
}
