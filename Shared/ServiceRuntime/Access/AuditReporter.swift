package import HTTPFetch
import IntentModel
import Logging
import ServiceLifecycle
import Synchronization
package import Telemetry

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Tells the gateway, which keeps the audit log, what was refused and done at a service behind it.
///
/// No request waits for it: what is to be told is held within bounds, sent at once when nothing was for a while and twice a second at most, and sent
/// again while the gateway is away. At least once: a report whose answer is lost is written twice.
package final class AuditReporter: AccessLog, Service {
    package struct Configuration: Sendable {
        package var service: String
        /// `http://api-gateway:8080`
        package var gateway: String
        /// What is shown as `Authorization: Bearer`, asked each time.
        package var bearer: @Sendable () -> String?
        package var interval = Duration.milliseconds(500)
        package var timeout = Duration.seconds(3)
        package var longestPause = Duration.seconds(30)
        /// For what is left at the end.
        package var drain = Duration.seconds(2)

        package init(service: String, gateway: String, bearer: @escaping @Sendable () -> String?) {
            self.service = service
            self.gateway = gateway.hasSuffix("/") ? String(gateway.dropLast()) : gateway
            self.bearer = bearer
        }
    }

    private static let maxActs = 1_000

    private let configuration: Configuration
    private let fetcher: HTTPFetcher
    private let failures: PrometheusCounter
    private let tally = Mutex(AccessTally(maxActs: maxActs))
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let logged = LoggedAccess()
    private let logger = Logger(label: "audit")

    package init(_ configuration: Configuration, fetcher: HTTPFetcher, metrics: PrometheusRegistry) {
        self.configuration = configuration
        self.fetcher = fetcher
        self.failures = metrics.counter(MetricName.auditFailuresTotal)
        self.failures.increment(by: Int64(0))
        (self.wakes, self.wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func record(_ refused: RefusedAccess) {
        self.logged.record(refused)
        self.tally.withLock { $0.add(.init(refused), at: Timestamp.now()) }
        self.wake.yield()
    }

    package func record(_ act: AccessEntry) {
        self.logger.notice("act", metadata: ["by": .string(act.who), "method": .string(act.verb), "path": .string(act.object), "status": .string(act.outcome)])
        if !self.tally.withLock({ $0.hold(act) }) { self.lost(1, "more than \(Self.maxActs) wait") }
        self.wake.yield()
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in self.wakes {
                await self.sendAll()
                // Being cancelled ends the loop; what has come meanwhile is sent below.
                try? await Task.sleep(for: self.configuration.interval)
                if Task.isCancelled { return }
            }
        }
        // Not of the task that was cancelled: its last report may be the one that it was told to stop.
        await Task { await self.sendLast() }.value
        self.fetcher.stop()
    }

    private func sendAll() async {
        var entries = self.tally.withLock { $0.take() }[...]
        var pause = Duration.seconds(1)
        var failed = false
        while !Task.isCancelled {
            guard let reason = await self.send(&entries, within: self.configuration.timeout) else {
                if failed { self.logger.notice("the gateway takes reports for the audit log again") }
                return
            }
            if !failed { self.logger.warning("the audit log was not told", metadata: ["reason": .string(reason), "entries": "\(entries.count)"]) }
            failed = true
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, self.configuration.longestPause)
        }
        // For the end.
        let kept = self.tally.withLock { tally in entries.filter { tally.hold($0) }.count }
        if kept < entries.count { self.lost(entries.count - kept, "stopping") }
    }

    private func sendLast() async {
        var entries = self.tally.withLock { $0.take() }[...]
        if let reason = await self.send(&entries, within: self.configuration.drain) { self.lost(entries.count, reason) }
    }

    private func lost(_ count: Int, _ reason: String) {
        self.failures.increment()
        self.logger.error("not in the audit log", metadata: ["entries": "\(count)", "reason": .string(reason)])
    }

    /// Nil when the gateway has them; else why not, and `rest` is what it has not.
    private func send(_ rest: inout ArraySlice<AccessEntry>, within time: Duration) async -> String? {
        while !rest.isEmpty {
            let report = AccessReport(service: self.configuration.service, entries: Array(rest.prefix(AccessReport.maxEntries)))
            guard let body = try? JSONEncoder().encode(report) else { return "it cannot be encoded" }
            var headers = [("content-type", "application/json")]
            if let bearer = self.configuration.bearer() { headers.append(("authorization", "Bearer " + bearer)) }
            let request = FetchRequest(
                method: "POST", url: self.configuration.gateway + "/v1/audit/reports", headers: headers, body: Array(body), timeout: time,
                maxResponseBytes: 64 << 10)
            switch await self.fetcher.result(of: request) {
            // A gateway that keeps no audit log needs no reports.
            case .success(let response) where (200..<300).contains(response.status) || response.status == 501: break
            // It would be refused again, and all that comes after it would wait.
            case .success(let response) where response.status == 400 || response.status == 413:
                self.lost(min(rest.count, AccessReport.maxEntries), "the gateway answered \(response.status)")
            case .success(let response): return "the gateway answered \(response.status)"
            case .failure(let error): return "\(error)"
            }
            rest = rest.dropFirst(AccessReport.maxEntries)
        }
        return nil
    }
}
