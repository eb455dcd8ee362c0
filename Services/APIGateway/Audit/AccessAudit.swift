import AuditLog
import HTTPTypes
import Hummingbird
import IntentModel
import Ledger
import Logging
import ServiceRuntime
import Telemetry

/// Stands around everything that decides who may do what, and writes down who was refused.
struct RefusalAudit: RouterMiddleware {
    typealias Context = AppContext

    let log: AccessLog

    func handle(_ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as RecordedRefusal {
            throw error.underlying
        } catch {
            if let status = error.refusal { self.log.add(.init(request, context, status)) }
            throw error
        }
    }
}

/// Stands behind it, where it is known who asks, and writes down what changes something without an intent: the events of those tell of themselves.
struct ActAudit: RouterMiddleware {
    typealias Context = AppContext

    let log: AccessLog
    let store: AuditStore
    private let logger = Logger(label: "audit")

    init(log: AccessLog, store: AuditStore) {
        self.log = log
        self.store = store
    }

    func handle(_ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response) async throws -> Response {
        let response: Response
        do {
            response = try await next(request, context)
        } catch {
            guard let status = error.refusal else { throw error }
            self.log.add(.init(request, context, status))
            throw RecordedRefusal(underlying: error)
        }
        if self.isAct(request, context), response.status.code < 300 { await self.record(request, context, response.status.code) }
        return response
    }

    private func isAct(_ request: Request, _ context: AppContext) -> Bool {
        guard request.method != .get, request.method != .head else { return false }
        return context.endpointPath?.hasPrefix("/v1/intents") == false
    }

    /// On disk before the answer is given. A log that cannot be written does not undo what has been done.
    private func record(_ request: Request, _ context: AppContext, _ status: Int) async {
        let draft = AuditDraft(
            at: Timestamp.text(Timestamp.now()), who: context.principal?.name ?? "unknown", tenant: context.principal?.tenant,
            verb: request.method.rawValue, object: String(request.uri.path.unicodeScalars.prefix(500)), outcome: "\(status)")
        do {
            try await self.store.append([draft], to: AccessLog.chain)
        } catch is AuditStore.Busy where self.log.hold(draft) {
            // The predecessor of this process has not ended yet.
        } catch {
            AuditTrail.failures.increment()
            self.logger.error("an act is not in the audit log", metadata: ["verb": .string(draft.verb), "object": .string(draft.object), "error": "\(error)"])
        }
    }
}

/// A refusal on its way out that has been written down.
private struct RecordedRefusal: Error { let underlying: any Error }

extension AccessLog.Refusal {
    fileprivate init(_ request: Request, _ context: AppContext, _ status: Int) {
        self.init(
            who: context.principal?.name, tenant: context.principal?.tenant, address: context.remoteAddress?.ipAddress ?? "local",
            method: request.method.rawValue, path: request.uri.path, status: status)
    }
}

extension Error {
    /// 401 or 403, when it says one of them.
    fileprivate var refusal: Int? {
        let status = (self as? ProblemError)?.problem.status ?? (self as? Problem)?.status
        return status == 401 || status == 403 ? status : nil
    }
}
