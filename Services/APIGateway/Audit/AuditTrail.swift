import AuditLog
import Ledger
import Metrics
import ServiceClient
import ServiceLifecycle
import ServiceRuntime
import Telemetry

/// The audit log as configured.
struct AuditTrail {
    static let failures = Counter(label: MetricName.auditFailuresTotal)

    /// Nil when this gateway keeps none.
    let store: AuditStore?
    let refusals = RefusalLog()
    let services: [any Service]

    /// `AUDIT_PATH`: a directory; empty, this gateway keeps none.
    init(ledger: Ledger, bridge: ServiceClient, settings: Settings) async throws {
        // There from the start: an alert sees the first failure only beside a 0 before it.
        Self.failures.increment(by: 0)
        guard let path = settings[GatewaySettings.auditPath] else {
            (self.store, self.services) = (nil, [])
            return
        }
        let chains = ledger.partitions.map { AuditTail.chain($0.number) } + [RefusalLog.chain]
        let store: AuditStore
        do { store = try await AuditStore.open(path: path, chains: chains) } catch {
            throw InvalidSetting(key: "AUDIT_PATH", value: path, allowed: "a directory that can be made and written (\(error))")
        }
        self.store = store
        self.services = [
            AuditTail(ledger: ledger, store: store, refusals: self.refusals),
            AuditAnchoring(store: store, bridge: bridge, interval: settings[GatewaySettings.auditAnchorInterval]),
        ]
    }
}
