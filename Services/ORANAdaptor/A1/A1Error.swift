package import IntentModel

/// Why a call to a RIC did not do what it should.
package struct A1Error: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        /// No answer: refused, reset, timed out.
        case unreachable
        /// 429, 503 or another 5xx that may pass.
        case busy
        /// 400, or what we sent is not valid by the RIC's own schema.
        case rejected
        /// 404 for something that must exist.
        case notFound = "not_found"
        /// 409: the resource's state does not allow it.
        case conflict
        /// 507: the RIC cannot store the policy; a person has to make room.
        case full
        /// 401 or 403; or TLS does not come about, because of its certificate or ours.
        case forbidden
        /// An answer that is not A1-P: other status, other body, too large.
        case nonconforming
        /// The breaker of this RIC is open; nothing was sent.
        case suspended
    }

    package let kind: Kind
    package let ric: String
    package let detail: String
    /// HTTP status, when there was an answer.
    package var status: Int?
    /// From `Retry-After`.
    package var retryAfter: Duration?
    package var violations: [Problem.Item] = []

    package init(_ kind: Kind, ric: String, detail: String, status: Int? = nil, retryAfter: Duration? = nil, violations: [Problem.Item] = []) {
        self.kind = kind
        self.ric = ric
        self.detail = detail
        self.status = status
        self.retryAfter = retryAfter
        self.violations = violations
    }

    /// Whether the same call may succeed later without anybody doing anything.
    package var mayRetry: Bool { self.kind == .unreachable || self.kind == .busy || self.kind == .suspended }

    package var description: String { "RIC \(self.ric): \(self.detail)" }

    /// As our own caller sees it.
    package var problem: Problem {
        let (status, title): (Int, String) =
            switch self.kind {
            case .unreachable: (504, "The RIC does not answer")
            case .busy, .suspended: (503, "The RIC is overloaded")
            case .rejected: (422, "The RIC does not accept the policy")
            case .notFound: (404, "The RIC does not know it")
            case .conflict: (409, "The RIC reports a conflict")
            case .full: (507, "The RIC cannot store the policy")
            case .forbidden: (502, "No access to the RIC")
            case .nonconforming: (502, "The RIC does not speak A1-P v2")
            }
        return Problem(
            status: status, code: "a1_\(self.kind.rawValue)", title: title, detail: self.description, errors: self.violations.isEmpty ? nil : self.violations)
    }
}
