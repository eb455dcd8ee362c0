package import AccessControl
import HTTPTypes
package import Hummingbird
package import IntentModel

/// A ``Problem`` with headers of its own, such as `Retry-After`. Throw it from any handler; a bare `Problem` may be thrown too.
package struct ProblemError: Error, Sendable {
    package var problem: Problem
    package var headers: HTTPFields
    /// Why somebody is refused what there may well be, in words for the audit and not for him: a 404 may be one of these.
    package var refusal: String?
    /// Who was refused; filled in on the way out.
    package var principal: Principal?
    /// What is said instead of the problem, where a standard has a form of its own: JSON.
    package var body: [UInt8]?

    /// Somebody is not let through, rather than wrong.
    package var isRefusal: Bool { self.refusal != nil || self.problem.status == 401 || self.problem.status == 403 }

    package init(_ problem: Problem, headers: HTTPFields = [:]) {
        self.problem = problem
        self.headers = headers
    }

    package init(_ status: HTTPResponse.Status, code: String, detail: String, headers: HTTPFields = [:], errors: [Problem.Item]? = nil) {
        self.init(
            Problem(status: status.code, code: code, title: ProblemMapping.title(of: status), detail: detail, errors: errors),
            headers: headers
        )
    }
}
