import AuditLog
import Hummingbird
import IntentModel
import ServiceRuntime
import Telemetry

/// `POST /v1/audit/reports`: what the services behind the gateway refused, and what people did at them directly. A service reports under its own name.
struct AuditReportController: Sendable {
    private static let maxCharacters = 1_000

    let store: AuditStore?
    /// Services have a secret that they sign with.
    let knowsServices: Bool

    private struct Answer: Encodable { var recorded: Int }

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.post("/v1/audit/reports") { request, context in try await self.take(request, context) }
    }

    private func take(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let store else {
            throw ProblemError(.notImplemented, code: "not_supported", detail: "This gateway keeps no audit log (AUDIT_PATH).")
        }
        let report = try await JSONBody.decode(AccessReport.self, from: request, context: context, limit: 1 << 20)
        if let fault = Self.fault(of: report) {
            throw ProblemError(.badRequest, code: "invalid_body", detail: "\(fault.pointer.dropFirst()) is not as it must be.", errors: [fault])
        }
        // Where services prove who they are, nobody else can say what happened at one.
        let isService = context.principal?.method == .service
        if let principal = context.principal, isService ? principal.name != report.service : self.knowsServices {
            throw ProblemError(.forbidden, code: "forbidden", detail: "\(principal.name) does not report what happened at \(report.service).")
        }
        let teller = isService ? "" : context.principal.map { ", told by \($0.name)" } ?? ""
        let entries = report.entries.map { entry in
            var entry = entry
            entry.detail = "at \(report.service)\(teller)" + (entry.detail.map { ", \(Redaction.text($0))" } ?? "")
            return entry
        }
        // On disk before the answer: the service forgets them then.
        do { try await store.append(entries.map(AuditDraft.init), to: RefusalLog.chain) } catch is AuditStore.Busy {
            // The predecessor of this process has not ended yet, or it is a preview: the service keeps them and comes again.
            throw ProblemError(
                .serviceUnavailable, code: "audit_busy", detail: "Another process has the audit log.", headers: [.retryAfter: "1"])
        }
        return Response.json(Answer(recorded: entries.count))
    }

    /// What is wrong with it; nil when nothing is.
    static func fault(of report: AccessReport) -> Problem.Item? {
        guard HistoryEntry.services.contains(report.service) else { return .init(pointer: "/service", detail: "The name of a service.") }
        guard (1...AccessReport.maxEntries).contains(report.entries.count) else {
            return .init(pointer: "/entries", detail: "1 to \(AccessReport.maxEntries) entries.")
        }
        for (index, entry) in report.entries.enumerated() {
            // A day alone is no moment.
            guard entry.at.utf8.count >= 20, Timestamp.milliseconds(entry.at) != nil else {
                return .init(pointer: "/entries/\(index)/at", detail: "A time such as 2026-05-28T20:26:40.120Z.")
            }
            let texts = [
                ("at", entry.at), ("who", entry.who), ("tenant", entry.tenant), ("verb", entry.verb), ("object", entry.object), ("outcome", entry.outcome),
                ("detail", entry.detail),
            ]
            for (name, text) in texts {
                guard let text else { continue }
                let least = name == "detail" ? 0 : 1
                guard (least...Self.maxCharacters).contains(text.unicodeScalars.count) else {
                    return .init(pointer: "/entries/\(index)/\(name)", detail: "\(least) to \(Self.maxCharacters) characters.")
                }
            }
        }
        return nil
    }
}
