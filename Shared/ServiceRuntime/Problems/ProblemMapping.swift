import HTTPTypes
import Hummingbird
import IntentModel
import NIOCore
import NIOHTTP1

/// The one way from an error to `application/problem+json`.
package struct ProblemMapping: Sendable {
    /// A service's own errors. Asked first; nil leaves the error to the rules below.
    let own: @Sendable (any Error) -> ProblemError?

    package init(own: @escaping @Sendable (any Error) -> ProblemError? = { _ in nil }) { self.own = own }

    /// Nil when it is an accident nobody planned for: the caller sees 500, the log sees the error.
    package func problem(for error: any Error) -> ProblemError? {
        if let problem = self.own(error) { return problem }
        switch error {
        case let error as ProblemError: return error
        case let problem as Problem: return ProblemError(problem)
        case DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty:
            let item = DecodingError.dataCorrupted(context).problemItem
            return ProblemError(.badRequest, code: "bad_json", detail: item.detail, errors: [item])
        case let error as DecodingError: return ProblemError(.badRequest, code: "invalid_body", detail: error.problemItem.detail, errors: [error.problemItem])
        case is NIOTooManyBytesError: return ProblemError(.contentTooLarge, code: "body_too_large", detail: "The body is larger than this route takes.")
        case is HTTPParserError:
            // Where it ends nobody can say, so nothing more is read.
            return ProblemError(.badRequest, code: "bad_request", detail: "The body is not framed as HTTP has it.", headers: [.connection: "close"])
        case let error as HTTPError:
            return ProblemError(error.status, code: Self.code(of: error.status), detail: error.body ?? Self.title(of: error.status), headers: error.headers)
        case let error as any HTTPResponseError:
            return ProblemError(error.status, code: Self.code(of: error.status), detail: Self.title(of: error.status))
        case is CancellationError:
            return ProblemError(.serviceUnavailable, code: "cancelled", detail: "The request was given up before it was done.", headers: [.retryAfter: "1"])
        default: return nil
        }
    }

    static func title(of status: HTTPResponse.Status) -> String { status.reasonPhrase.isEmpty ? "Error" : status.reasonPhrase }

    /// `not_found`, `method_not_allowed` …
    static func code(of status: HTTPResponse.Status) -> String {
        switch status.code {
        case 413: "body_too_large"
        case 500: "internal"
        default: String(self.title(of: status).lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
        }
    }
}
