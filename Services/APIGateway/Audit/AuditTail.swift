import AuditLog
import IntentModel
import Ledger
import Logging
import Metrics
import ServiceLifecycle
import ServiceRuntime
import Telemetry

/// Copies the ledger's event streams into the audit log, each event once: the last entry of a chain says where to go on.
struct AuditTail: Service {
    private static let interval = Duration.milliseconds(500)
    private static let pageSize = 500
    private static let maxDetail = 500

    let ledger: Ledger
    let store: AuditStore
    let refusals: RefusalLog
    private let logger = Logger(label: "audit")
    private let written = Counter(label: MetricName.auditEntriesTotal)

    init(ledger: Ledger, store: AuditStore, refusals: RefusalLog) {
        self.ledger = ledger
        self.store = store
        self.refusals = refusals
    }

    static func chain(_ partition: Int) -> String { partition < 10 ? "p0\(partition)" : "p\(partition)" }

    func run() async throws {
        // Being cancelled is its ordinary end; what has not been copied is, the next time.
        try? await cancelWhenGracefulShutdown {
            var failures = 0
            while true {
                var isBehind = false
                do {
                    isBehind = try await self.copy()
                    failures = 0
                } catch {
                    AuditTrail.failures.increment()
                    failures += 1
                    if failures == 1 || failures % 60 == 0 { self.logger.error("audit log not written", metadata: ["error": "\(error)"]) }
                }
                if !isBehind { try await Task.sleep(for: Self.interval) }
            }
        }
        do { try await self.writeRefusals() } catch {
            AuditTrail.failures.increment()
            self.logger.error("what was held for the audit log is lost", metadata: ["acts": "\(self.refusals.acts)", "error": "\(error)"])
        }
    }

    /// - Returns: whether there is more already.
    func copy() async throws -> Bool {
        // Until its predecessor has ended, this process keeps what it has to write.
        guard try await self.store.begin() else { return false }
        // These come from this process: first, for while the ledger is away nothing else can be written.
        try await self.writeRefusals()
        var isBehind = false
        for partition in self.ledger.partitions.map(\.number) {
            if try await self.copy(partition) { isBehind = true }
        }
        return isBehind
    }

    private func writeRefusals() async throws {
        let refusals = self.refusals.take()
        guard !refusals.isEmpty else { return }
        do { try await self.store.append(refusals.map(AuditDraft.init), to: RefusalLog.chain) } catch {
            // Acts were answered as done: they wait for the next time. Who is refused will come again.
            for entry in refusals where entry.verb != AccessEntry.refused { _ = self.refusals.hold(entry) }
            throw error
        }
        self.written.increment(by: refusals.count)
    }

    private func copy(_ partition: Int) async throws -> Bool {
        let chain = Self.chain(partition)
        let last = await self.store.position(of: chain)
        // The last one is asked for again: where it is gone, others after it may be, too.
        var page = try await self.ledger.events(partition: partition, after: last.map(Self.before) ?? "0-0", limit: Self.pageSize)
        let isFull = page.count == Self.pageSize
        var drafts: [AuditDraft] = []
        if let last {
            if page.first?.position == last {
                page.removeFirst()
            } else if let first = page.first {
                drafts.append(
                    AuditDraft(
                        at: Timestamp.text(Timestamp.now()), who: "api-gateway", verb: "gap", object: "events", outcome: "lost",
                        detail: "the ledger no longer had the events between \(last) and \(first.position)", position: last))
            }
        }
        guard !page.isEmpty else { return false }
        let tenants = try await self.ledger.tenants(of: Array(Set(page.map(\.id))))
        for event in page { drafts.append(try Self.draft(event, tenants[event.id])) }
        try await self.store.append(drafts, to: chain)
        self.written.increment(by: drafts.count)
        return isFull
    }

    /// The greatest position before this one.
    static func before(_ position: String) -> String {
        guard let (time, number) = FeedCursor.parse(position) else { return position }
        return number > 0 ? "\(time)-\(number - 1)" : "\(max(0, time - 1))-\(UInt64.max)"
    }

    /// Phases whose details may quote what a person wrote. The log is for ever, and nothing can be taken out of it: the record has them.
    private static let quoting: Set<Phase> = [.interpreting, .planning, .awaitingClarification, .refused]

    static func draft(_ event: LedgerEvent, _ tenant: String?) throws -> AuditDraft {
        let entry = try LedgerJSON.decode(HistoryEntry.self, event.entry)
        let verb = Self.verb(of: entry)
        // An answer to a question completes the sentence.
        let isKept = verb != "clarify" && (!HistoryEntry.services.contains(entry.by) || !self.quoting.contains(entry.phase))
        return AuditDraft(
            at: entry.at, who: entry.by, tenant: tenant, verb: verb, object: "/v1/intents/\(event.id)", outcome: entry.phase.rawValue,
            intent: event.id.description, detail: isKept ? entry.detail.map { Redaction.text(String($0.unicodeScalars.prefix(Self.maxDetail))) } : nil,
            position: event.position)
    }

    /// What a person has done, by the words that ``IntentDecision`` begins the detail with; services move intents on.
    private static func verb(of entry: HistoryEntry) -> String {
        if entry.phase == .received { return "submit" }
        if HistoryEntry.services.contains(entry.by) { return "advance" }
        let verbs = [
            ("approved", "approve"), ("rejected", "reject"), ("cancelled", "cancel"), ("to be cancelled", "cancel"), ("to be rolled back", "rollback"),
            ("rolled back", "rollback"), ("retried", "retry"), ("answered", "clarify"),
        ]
        let detail = entry.detail ?? ""
        return verbs.first { detail.hasPrefix($0.0) }?.1 ?? "change"
    }
}
