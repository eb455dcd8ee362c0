package import AccessControl
import Logging

/// Somebody was refused: he was not recognised, or may not do what he asked for, or asked for what is another tenant's.
package struct RefusedAccess: Sendable, Equatable {
    /// Nil when nobody was recognised.
    package var principal: Principal?
    package var method: String
    /// Template of the route, never the path: a path may hold what somebody typed by mistake.
    package var route: String
    package var status: Int
    package var code: String
    /// Why, in more words than the caller is told.
    package var reason: String
    /// Address of the connection.
    package var remote: String?
    package var traceID: String
}

/// Where refused attempts are kept. One for a service, see ``ServiceParts/accessLog``.
package protocol AccessLog: Sendable {
    /// Must return at once.
    func record(_ refused: RefusedAccess)
}

/// Into the log of the process, label `audit`.
package struct LoggedAccess: AccessLog {
    private let logger = Logger(label: "audit")

    package init() {}

    package func record(_ refused: RefusedAccess) {
        self.logger.notice(
            "access refused",
            metadata: [
                "by": "\(refused.principal?.name ?? "-")", "tenant": "\(refused.principal?.tenant ?? "-")", "method": "\(refused.method)",
                "route": "\(refused.route)", "status": "\(refused.status)", "code": "\(refused.code)", "reason": "\(refused.reason)",
                "remote": "\(refused.remote ?? "-")", "traceId": "\(refused.traceID)",
            ]
        )
    }
}
