import AccessControl
import IntentModel
import ServiceRuntime

extension Readers {
    /// Who an answer is for.
    ///
    /// Callers on this machine and admins of the installation speak for others: they name the tags that those hold, and get what is for everybody when
    /// they name none. Other keys hold `tenant:<tenant>` and `key:<name>`.
    init(of principal: Principal?, naming tags: [String]) throws(Problem) {
        guard let principal, !principal.administersInstallation else {
            self = tags.isEmpty ? .everybody : .holding(tags)
            return
        }
        guard tags.isEmpty else {
            throw Problem(
                status: 403, code: "forbidden", title: "Forbidden", detail: "The key \(principal.name) cannot read for others; leave out access.",
                errors: [.init(pointer: "/access", detail: "needs the scope admin")])
        }
        self = .holding(["key:\(principal.name)", "tenant:\(principal.tenant)"])
    }

    /// Who a document is shown to by its id.
    init(of principal: Principal?) {
        guard let principal, !principal.administersInstallation else {
            self = .administration
            return
        }
        self = .holding(["key:\(principal.name)", "tenant:\(principal.tenant)"])
    }
}
