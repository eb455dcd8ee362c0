import Foundation
import TestSupport
import Testing

/// A request that must be refused, and with which problem.
struct BadInput: Sendable, CustomTestStringConvertible {
    var title: String
    var service: ServiceName = .gateway
    var method = "POST"
    var path = "/v1/intents"
    var headers: [(String, String)] = [("content-type", "application/json")]
    var body: [UInt8]?
    var status: Int
    var code: String

    var testDescription: String { "\(self.title): \(self.status) \(self.code)" }

    /// A body for `POST /v1/intents`.
    static func intent(_ title: String, _ body: String, _ status: Int = 400, _ code: String = "invalid_body") -> BadInput {
        BadInput(title: title, body: Array(body.utf8), status: status, code: code)
    }

    static func get(_ title: String, _ path: String, _ status: Int, _ code: String, headers: [(String, String)] = []) -> BadInput {
        BadInput(title: title, method: "GET", path: path, headers: headers, status: status, code: code)
    }

    /// A good body with a bad header.
    static func header(_ title: String, _ name: String, _ value: String, _ status: Int = 400, _ code: String = "invalid_header") -> BadInput {
        let headers = [(name, value)] + (name == "content-type" ? [] : [("content-type", "application/json")])
        return BadInput(title: title, headers: headers, body: Array(#"{"intent": "Deploy an AMF"}"#.utf8), status: status, code: code)
    }

    static func post(_ title: String, to path: String, of service: ServiceName, _ body: String, _ status: Int = 400, _ code: String = "invalid_body")
        -> BadInput
    {
        BadInput(title: title, service: service, path: path, body: Array(body.utf8), status: status, code: code)
    }
}
