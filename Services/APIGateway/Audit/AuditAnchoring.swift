import AuditLog
import IntentModel
import Foundation
import Logging
import Metrics
import ServiceClient
import ServiceLifecycle
import ServiceRuntime
import Telemetry

/// Has the heads of all chains written into Git at intervals: who takes entries away afterwards would have to rewrite that, too.
struct AuditAnchoring: Service {
    let store: AuditStore
    let bridge: ServiceClient
    let interval: Duration
    private let logger = Logger(label: "audit")

    init(store: AuditStore, bridge: ServiceClient, interval: Duration) {
        self.store = store
        self.bridge = bridge
        self.interval = interval
    }

    /// As nephio-bridge takes it.
    struct Anchor: Codable {
        var at: String
        var heads: [AuditHead]
    }

    func run() async throws {
        // Being cancelled is its ordinary end.
        try? await cancelWhenGracefulShutdown {
            var anchored: [AuditHead] = []
            while true {
                try await Task.sleep(for: self.interval)
                let heads = await self.store.heads()
                guard heads != anchored, !heads.isEmpty else { continue }
                do {
                    try await self.anchor(heads)
                    anchored = heads
                    Gauge(label: MetricName.auditAnchoredAt).record(Timestamp.now() / 1_000)
                } catch {
                    AuditTrail.failures.increment()
                    self.logger.warning("the head of the audit log is not anchored", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    private func anchor(_ heads: [AuditHead]) async throws {
        let body = try Array(JSONEncoder().encode(Anchor(at: Timestamp.text(Timestamp.now()), heads: heads)))
        // The same heads twice are no harm.
        let response = try await self.bridge.call("POST", "/v1/audit/anchors", body: body, mayRepeat: true)
        guard response.status == 201 else { throw self.bridge.refusal(response) }
    }
}
