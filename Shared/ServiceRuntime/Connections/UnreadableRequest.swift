import HTTPTypes
import IntentModel
import NIOHTTP1

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The answer to bytes that no request can be read from: no route sees them.
struct UnreadableRequest {
    let head: HTTPResponse
    let body: [UInt8]

    init(_ error: HTTPParserError) {
        let problem =
            error == .invalidMethod
            ? Problem(status: 501, code: "unknown_method", title: "Not Implemented", detail: "The request's method is none that is known here.")
            : Problem(status: 400, code: "bad_request", title: "Bad Request", detail: "The request is not HTTP as RFC 9112 has it.")
        self.body = (try? JSONEncoder().encode(problem)).map(Array.init) ?? []
        self.head = HTTPResponse(
            status: HTTPResponse.Status(code: problem.status),
            headerFields: [.contentType: "application/problem+json", .contentLength: "\(self.body.count)", .connection: "close"])
    }
}
