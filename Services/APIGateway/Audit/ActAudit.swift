import AuditLog
import HTTPTypes
import Hummingbird
import IntentModel
import Logging
import ServiceRuntime
import Telemetry

/// Stands where it is known who asks, and writes down what changes something without an intent: the events of those tell of themselves.
struct ActAudit: RouterMiddleware {
    typealias Context = AppContext

    enum Keeper: Sendable {
        /// This gateway's own log; what cannot be written at once is held.
        case store(AuditStore, pending: RefusalLog)
        /// Of the gateway that keeps the log: it is told soon, not before the answer.
        case elsewhere(ActLog)
    }

    let keeper: Keeper
    private let logger = Logger(label: "audit")

    init(_ keeper: Keeper) { self.keeper = keeper }

    func handle(_ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response) async throws -> Response {
        do {
            let response = try await next(request, context)
            await self.note(request, context, response.status.code)
            return response
        } catch {
            await self.note(request, context, AuditedAct.status(of: error))
            throw error
        }
    }

    private func note(_ request: Request, _ context: AppContext, _ status: Int) async {
        guard AuditedAct.contains(request, context), AuditedAct.counts(status), context.endpointPath?.hasPrefix("/v1/intents") == false else { return }
        switch self.keeper {
        case .store(let store, let pending): await self.record(request, context, status, in: store, pending)
        case .elsewhere(let acts):
            if let principal = context.principal { acts.record(request, context, principal, status) }
        }
    }

    /// On disk before the answer is given. A log that cannot be written does not undo what has been done.
    private func record(_ request: Request, _ context: AppContext, _ status: Int, in store: AuditStore, _ pending: RefusalLog) async {
        let act = AccessEntry(
            at: Timestamp.text(Timestamp.now()), who: context.principal?.name ?? "unknown", tenant: context.principal?.tenant,
            verb: request.method.rawValue, object: String(request.uri.path.unicodeScalars.prefix(500)), outcome: "\(status)")
        do {
            try await store.append([AuditDraft(act)], to: RefusalLog.chain)
        } catch is AuditStore.Busy where pending.hold(act) {
            // The predecessor of this process has not ended yet.
        } catch {
            AuditTrail.failures.increment()
            self.logger.error("an act is not in the audit log", metadata: ["verb": .string(act.verb), "object": .string(act.object), "error": "\(error)"])
        }
    }
}
