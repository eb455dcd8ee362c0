import HTTPFetch
import IntentModel
import Ledger
import Metrics
import Resilience
import Telemetry

/// Sends each transition of an intent to the address that its submitter named, until the receiver has it or a day is over.
///
/// At least once and in no order: a receiver knows a repeat by `Nephoran-Event-Id`, and the order by `sequence`. Neither the address, which may hold
/// a key, nor the secret is ever logged.
struct CallbackStage: StageHandler {
    let stage = Stage.notify
    let name = "api-gateway"
    // One at a time: an answer that takes long must hold up nobody else's.
    let batchSize = 1
    let concurrency = 128
    // The event's age decides, not how often it was tried.
    let maxAttempts: Int? = .max

    private let ledger: Ledger
    private let fetcher: HTTPFetcher
    private let policy: CallbackPolicy
    private let signature: @Sendable () -> CallbackSignature
    private let hosts: CallbackHosts
    private let retryFor: Duration
    private let counters: [Outcome: Counter]

    private enum Outcome: String, CaseIterable { case delivered, retried, gone, dead }

    init(
        ledger: Ledger, fetcher: HTTPFetcher, policy: CallbackPolicy, signature: @escaping @Sendable () -> CallbackSignature, hosts: CallbackHosts,
        retryFor: Duration
    ) {
        self.ledger = ledger
        self.fetcher = fetcher
        self.policy = policy
        self.signature = signature
        self.hosts = hosts
        self.retryFor = retryFor
        self.counters = Dictionary(
            uniqueKeysWithValues: Outcome.allCases.map { ($0, Counter(label: MetricName.callbacksTotal, dimensions: [("outcome", $0.rawValue)])) })
    }

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        var outcomes: [StageOutcome] = []
        for leased in batch {
            outcomes.append(await Correlation.with(intent: leased.id.description, trace: leased.span?.context) { await self.deliver(leased) })
        }
        return outcomes
    }

    private func deliver(_ leased: LeasedIntent) async -> StageOutcome {
        let snapshot = leased.snapshot
        let lines = snapshot.historyLines
        let sequence = leased.work.version
        guard snapshot.notifies, lines.indices.contains(sequence - 1) else { return .done }
        let entry = lines[sequence - 1]
        let event: HistoryEntry
        let url: FetchURL
        do {
            guard let address = try snapshot.request().callbackUrl else { return .done }
            event = try LedgerJSON.decode(HistoryEntry.self, entry)
            url = try FetchURL(address)
        } catch {
            // Checked when it was taken; nothing of it belongs into a letter.
            return self.dead("the callback cannot be read")
        }
        let age = Duration.milliseconds(max(0, Timestamp.now() - (Timestamp.milliseconds(event.at) ?? snapshot.created)))
        do throws(CallbackHosts.Refusal) {
            return try await self.hosts.call(url.origin) { await self.send(snapshot.id, sequence, entry, to: url, age: age, within: $0) }
        } catch {
            return self.later(error.reason, age: age, after: error.after + error.after * Double.random(in: 0..<1))
        }
    }

    private func send(_ id: IntentID, _ sequence: Int, _ entry: [UInt8], to url: FetchURL, age: Duration, within left: Duration) async
        -> (judgement: Judgement, value: StageOutcome)
    {
        let response: FetchResponse
        do throws(FetchError) {
            response = try await self.fetcher.fetch(self.request(id, sequence, entry, to: url, within: left))
        } catch {
            return (Judgement(error == .stopped || error == .cancelled ? .ignored : .failure), self.later(Self.reason(error), age: age, after: Self.pause(age)))
        }
        switch response.status {
        case 200..<300:
            self.counters[.delivered]?.increment()
            return (Judgement(.success), .done)
        case 410:
            try? await self.ledger.stopNotifying(id)
            self.counters[.gone]?.increment()
            return (Judgement(.success), .done)
        default:
            let wanted = response.header("retry-after").flatMap { Int($0) }.map { Duration.seconds(min(max($0, 1), 3_600)) }
            let outcome: CircuitBreaker.Outcome = response.status >= 500 ? .failure : response.status == 429 ? .ignored : .success
            // A receiver that names a time is left alone with all callbacks until then.
            let judgement = Judgement(outcome, pause: response.status == 429 || response.status == 503 ? wanted : nil)
            return (judgement, self.later("the receiver answered \(response.status)", age: age, after: max(wanted ?? .zero, Self.pause(age))))
        }
    }

    private func request(_ id: IntentID, _ sequence: Int, _ entry: [UInt8], to url: FetchURL, within left: Duration) -> FetchRequest {
        let body = Self.body(id, sequence, entry)
        var headers = [
            ("content-type", "application/json"), ("nephoran-event-id", "\(id)/\(sequence)"),
            ("nephoran-signature", self.signature().header(for: body, at: Timestamp.now() / 1000)),
        ]
        headers += Correlation.traceHeaders(Correlation.current?.trace?.child(), Correlation.current?.traceState ?? "")
        let policy = self.policy
        return FetchRequest(
            method: "POST", url: url.text, headers: headers, body: body, timeout: left, maxResponseBytes: 1 << 20,
            admits: policy.names(url.host) ? { @Sendable address in !address.isReserved } : { @Sendable address in policy.admits(address) }
        )
    }

    /// As in a frame of Server-Sent Events, and its place in the history.
    static func body(_ id: IntentID, _ sequence: Int, _ entry: [UInt8]) -> [UInt8] {
        var body = Array("{\"id\":\"\(id)\",\"sequence\":\(sequence),".utf8)
        body += entry.dropFirst()
        return body
    }

    private func later(_ reason: String, age: Duration, after: Duration) -> StageOutcome {
        guard age < self.retryFor else { return self.dead("given up after \(self.retryFor.components.seconds) s: \(reason)") }
        self.counters[.retried]?.increment()
        return .retry(reason: reason, after: after)
    }

    private func dead(_ reason: String) -> StageOutcome {
        self.counters[.dead]?.increment()
        return .dead(reason: reason)
    }

    /// Half to all of the event's age: from one attempt to the next the wait grows by half to twofold, whatever else has made the event wait.
    static func pause(_ age: Duration) -> Duration { min(max(age, .seconds(1)), .seconds(900)) * Double.random(in: 0.5...1) }

    /// libcurl's own words may repeat the address.
    private static func reason(_ error: FetchError) -> String {
        switch error {
        case .connect: "no connection"
        case .tls: "no trusted TLS connection"
        case .transfer(let code, _): "the transfer broke off (\(code))"
        case .invalid: "the callback cannot be called"
        default: "\(error)"
        }
    }
}
