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
        let anchored = await cancelWhenGracefulShutdown {
            var anchored: [AuditHead] = []
            // Being cancelled is its ordinary end.
            while (try? await Task.sleep(for: self.interval)) != nil { anchored = await self.anchorNews(since: anchored) }
            return anchored
        }
        // What came since the last interval is not left to whoever finds the log while nobody writes it. The bridge may have gone first.
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await self.anchorNews(since: anchored, isLast: true) }
            group.addTask { try? await Task.sleep(for: Self.lastLimit) }
            await group.next()
            group.cancelAll()
        }
    }

    /// For the last anchor of a process.
    private static let lastLimit = Duration.seconds(2)

    /// - Returns: the heads that are anchored by now.
    private func anchorNews(since anchored: [AuditHead], isLast: Bool = false) async -> [AuditHead] {
        let heads = await self.store.heads()
        guard heads != anchored, !heads.isEmpty else { return anchored }
        do {
            try await self.anchor(heads)
            Gauge(label: MetricName.auditAnchoredAt).record(Timestamp.now() / 1_000)
            return heads
        } catch {
            if !isLast { AuditTrail.failures.increment() }
            self.logger.log(level: isLast ? .info : .warning, "the head of the audit log is not anchored", metadata: ["error": "\(error)"])
            return anchored
        }
    }

    private func anchor(_ heads: [AuditHead]) async throws {
        let body = try Array(JSONEncoder().encode(Anchor(at: Timestamp.text(Timestamp.now()), heads: heads)))
        // The same heads twice are no harm.
        let response = try await self.bridge.call("POST", "/v1/audit/anchors", body: body, mayRepeat: true)
        guard response.status == 201 else { throw self.bridge.refusal(response) }
    }
}
