import Crypto
import Foundation
package import HTTPFetch
import JSONSchema
package import Resilience
import Metrics
import Synchronization
import Telemetry

/// Sessions with one managed element, one at a time, each on a thread of its own: NETCONF over SSH blocks, and the cooperative pool may not.
package final class ElementClient: Sendable {
    package enum State: String, Sendable, Codable { case unknown, connected, failed }

    package struct Report: Sendable, Equatable, Codable {
        package let name: String
        package let address: String
        package let port: Int
        package var state: State
        /// What it said it has, of the capabilities that a change needs.
        package var capabilities: [String]
        /// Why it failed.
        package var lastError: String?
        /// Of what it has of RRMPolicyRatio, 12 hexadecimal digits: another one means that somebody changed it.
        package var revision: String?
        /// Its NR cells; nil where it does not show them.
        package var cells: Cells?
        /// Whether it tells of changes of its configuration.
        package var isSubscribed = false
    }

    /// The NR cells of an element, of those that are unlocked.
    package struct Cells: Sendable, Equatable, Codable {
        package let count: Int
        /// That are to be in use and are not operable, at most 32.
        package let disabled: [String]
    }

    package let element: ManagedElement
    package let upstream: Upstream
    private let last: Mutex<Report>
    private let outbound: @Sendable () -> OutboundPolicy?
    private let now: @Sendable () -> ContinuousClock.Instant
    /// Until when the element may take back what a session that was lost has changed; only this process knows.
    private let pendingUntil = Mutex<ContinuousClock.Instant?>(nil)
    /// Beyond the time that the element was given: its clock began later, and taking back takes a moment.
    private static let slack: Duration = .seconds(5)

    /// - Parameter outbound: where it may be connected to, asked when a connection is made; by itself the process's own.
    package init(
        _ element: ManagedElement, upstream: Upstream, outbound: @escaping @Sendable () -> OutboundPolicy? = { OutboundPolicy.current },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.element = element
        self.upstream = upstream
        self.outbound = outbound
        self.now = now
        self.last = Mutex(
            Report(name: element.name, address: element.address, port: element.port, state: .unknown, capabilities: [], lastError: nil, revision: nil))
    }

    func note(revisionOf policies: [RRMPolicyRatio]?) {
        guard let policies else { return self.last.withLock { $0.revision = nil } }
        let text = policies.sorted { $0.id < $1.id }.map { "\($0.id) \($0.document.text)" }.joined(separator: "\n")
        let digest = SHA256.hash(data: Array(text.utf8)).prefix(6).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        self.last.withLock { $0.revision = digest }
    }

    func note(_ cells: Cells?) { self.last.withLock { $0.cells = cells } }
    private func note(isSubscribed: Bool) { self.last.withLock { $0.isSubscribed = isSubscribed } }

    /// As of the last session.
    package var report: Report { self.last.withLock { $0 } }

    /// Before anything is taken for made, or changed: what the element shows while a change of a lost session is pending is not what stays.
    func checkNothingIsPending() throws(O1Error) {
        let now = self.now()
        let left = self.pendingUntil.withLock { until -> Duration? in
            guard let end = until, end > now else {
                until = nil
                return nil
            }
            return now.duration(to: end)
        }
        guard let left else { return }
        var error = O1Error(.busy, element: self.element.name, detail: "a change whose session was lost may still be taken back by the element")
        error.retryAfter = left
        throw error
    }

    private func remember(pendingFor duration: Duration) {
        let end = self.now() + duration + Self.slack
        self.pendingUntil.withLock { until in until = max(until ?? end, end) }
    }

    /// Runs `body` in a session of its own, within the upstream's timeout.
    func inSession<Value: Sendable>(_ body: @escaping @Sendable (NETCONFSession) throws(O1Error) -> Value) async throws(O1Error) -> Value {
        let deadline = Correlation.current?.deadline.map { Deadline(unixMilliseconds: $0) }
        let start = ContinuousClock.now
        let result: Result<Value, O1Error>
        do throws(UpstreamRefusal) {
            result = try await self.upstream.call(deadline: deadline, mayRepeat: false, judge: { Self.judge($0) }) { left, _ in
                await withCheckedContinuation { continuation in
                    let thread = Thread { continuation.resume(returning: self.run(until: .now + left, body)) }
                    thread.name = "netconf"
                    thread.stackSize = 512 << 10
                    thread.start()
                }
            }
        } catch {
            throw self.error(for: error)
        }
        switch result {
        case .success(let value):
            InterfaceMetrics.o1.record(nil, took: start.duration(to: .now))
            return value
        case .failure(let error):
            InterfaceMetrics.o1.record(error.kind.rawValue, took: start.duration(to: .now))
            throw error
        }
    }

    /// On the thread of the session.
    private func run<Value>(until deadline: ContinuousClock.Instant, _ body: (NETCONFSession) throws(O1Error) -> Value) -> Result<Value, O1Error> {
        do throws(O1Error) {
            let channel = try SSHChannel(to: self.element, under: self.outbound(), until: deadline)
            defer { channel.close() }
            let session = try NETCONFSession(with: self.element, over: channel)
            // Before the next session may begin.
            defer { if let duration = session.unconfirmedFor { self.remember(pendingFor: duration) } }
            self.last.withLock {
                $0.state = .connected
                $0.capabilities = NETCONFSession.Capability.allCases.filter { session.has($0) }.map(\.rawValue)
                $0.lastError = nil
            }
            let value = try body(session)
            session.close()
            return .success(value)
        } catch {
            self.last.withLock {
                // What the element refuses says nothing of the connection.
                if error.kind != .rejected, error.kind != .notFound, error.kind != .busy { $0.state = .failed }
                $0.lastError = error.description
            }
            return .failure(error)
        }
    }

    // MARK: Subscription

    /// How many a subscription heeds in a second; more make it read slower.
    private static let pace = 50
    /// Of a message of a subscription, in bytes: what changed is read anew, whatever is said of it.
    private static let longestNotification = 1 << 20

    /// Threads that make a connection for a subscription: a thousand at once would all be too late.
    private static let connecting = DispatchSemaphore(value: 32)

    /// Has the element tell when its configuration changes, in a session of its own, until that ends or nobody wants to know any more.
    ///
    /// - Parameters:
    ///   - isWanted: asked every second.
    ///   - changed: also when the subscription begins: what came before it was not told.
    func follow(while isWanted: @escaping @Sendable () -> Bool, changed: @escaping @Sendable () -> Void) async throws(O1Error) {
        let result: Result<Void, O1Error> = await withCheckedContinuation { continuation in
            let thread = Thread {
                let result: Result<Void, O1Error>
                do throws(O1Error) { result = .success(try self.follow(isWanted, changed)) } catch { result = .failure(error) }
                self.note(isSubscribed: false)
                continuation.resume(returning: result)
            }
            thread.name = "netconf-events"
            thread.stackSize = 256 << 10
            thread.start()
        }
        try result.get()
    }

    /// On the thread of the session.
    private func follow(_ isWanted: () -> Bool, _ changed: () -> Void) throws(O1Error) {
        while Self.connecting.wait(timeout: .now() + 1) == .timedOut { guard isWanted() else { return } }
        let (channel, session) = try self.subscribed()
        defer { channel.close() }
        self.note(isSubscribed: true)
        changed()
        var (second, heeded) = (ContinuousClock.now, 0)
        while isWanted() {
            guard let isChange = try session.notification(within: .seconds(1)) else { continue }
            if isChange { changed() }
            heeded += 1
            guard heeded >= Self.pace else { continue }
            let left = Duration.seconds(1) - second.duration(to: .now)
            if left > .zero { Thread.sleep(forTimeInterval: left / .seconds(1)) }
            (second, heeded) = (.now, 0)
        }
    }

    private func subscribed() throws(O1Error) -> (SSHChannel, NETCONFSession) {
        defer { Self.connecting.signal() }
        let channel = try SSHChannel(to: self.element, under: self.outbound(), until: .now + self.upstream.configuration.timeout)
        let session = try NETCONFSession(with: self.element, over: channel, limit: Self.longestNotification)
        try session.subscribe()
        channel.keepAlive()
        return (channel, session)
    }

    private static func judge<Value>(_ result: Result<Value, O1Error>) -> Judgement {
        switch result {
        case .success: Judgement(.success)
        case .failure(let error):
            switch error.kind {
            case .unreachable, .lost, .refusedAddress: Judgement(.failure)
            case .busy, .suspended: Judgement(.ignored)
            default: Judgement(.success)
            }
        }
    }

    private func error(for refusal: UpstreamRefusal) -> O1Error {
        let (kind, detail): (O1Error.Kind, String) =
            switch refusal {
            case .open: (.suspended, "it did not answer before and is left alone for a moment")
            case .paused: (.suspended, "it asked to be left alone for a moment")
            case .busy: (.busy, "too many calls are waiting for it")
            case .tooLate: (.unreachable, "the deadline had passed before it was asked")
            case .cancelled: (.unreachable, "the call was given up")
            }
        return O1Error(kind, element: self.element.name, detail: detail)
    }
}
