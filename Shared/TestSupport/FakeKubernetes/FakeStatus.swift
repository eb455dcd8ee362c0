import JSONSchema

/// A refusal, as API servers word it (`Status`).
struct FakeStatus: Error, Sendable {
    var code: Int
    var reason: String
    var message: String
    var retryAfter: Int?

    init(_ code: Int, _ reason: String, _ message: String, retryAfter: Int? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.retryAfter = retryAfter
    }

    var json: JSONValue {
        var status: JSONValue = [
            "apiVersion": "v1", "kind": "Status", "metadata": [:], "status": "Failure", "code": .number(Double(self.code)), "reason": .string(self.reason),
            "message": .string(self.message),
        ]
        if let retryAfter { status["details"] = ["retryAfterSeconds": .number(Double(retryAfter))] }
        return status
    }

    static func notFound(_ kind: FakeKind, _ name: String) -> FakeStatus {
        FakeStatus(404, "NotFound", "\(kind.plural).\(kind.group) \"\(name)\" not found")
    }
    static func conflict(_ name: String) -> FakeStatus {
        FakeStatus(409, "Conflict", "the object \(name) has been modified; please apply your changes to the latest version and try again")
    }
    static let expired = FakeStatus(410, "Expired", "The resourceVersion for the provided watch is too old.")
    static func invalid(_ message: String) -> FakeStatus { FakeStatus(422, "Invalid", message) }
    static func badRequest(_ message: String) -> FakeStatus { FakeStatus(400, "BadRequest", message) }
}
