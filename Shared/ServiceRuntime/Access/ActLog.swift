package import AccessControl
import HTTPTypes
package import Hummingbird
import IntentModel
import Synchronization

/// What people did at a service past the gateway: its process, its knowledge, the RAN. Where it goes is known once the service is built.
package final class ActLog: Sendable {
    private let sink = Mutex<(@Sendable (AccessEntry) -> Void)?>(nil)

    package init() {}

    /// - Parameter sink: must return at once.
    package func follow(_ sink: @escaping @Sendable (AccessEntry) -> Void) { self.sink.withLock { $0 = sink } }

    /// What changed something, or took a secret away, unless another service asked for it: whose act that was, the gateway knows.
    package func record(_ request: Request, _ context: AppContext, _ principal: Principal, _ status: Int) {
        guard AuditedAct.contains(request, context), AuditedAct.counts(status), principal.method != .service, let sink = self.sink.withLock({ $0 }) else {
            return
        }
        sink(
            AccessEntry(
                at: Timestamp.text(Timestamp.now()), who: principal.name, tenant: principal.tenant, verb: request.method.rawValue,
                object: String(request.uri.path.unicodeScalars.prefix(500)), outcome: "\(status)",
                detail: "from \(context.remoteAddress?.ipAddress ?? "local")"))
    }
}
