import Foundation
package import HTTPFetch
import IntentModel
import Metrics
import Resilience
import Synchronization
import Telemetry

/// JSON calls to one other service of the installation: deadline, trace and key travel along, calls that may be repeated
/// are retried within a budget, and a breaker keeps a service that is down from being asked in vain.
package final class ServiceClient: Sendable {
    /// The upstream's name, as in `nephoran_circuit_breaker_state{upstream}`.
    package let name: String
    private let base: String
    private let token: String?
    private let fetcher: HTTPFetcher
    private let timeout: Duration
    private let breaker: CircuitBreaker
    private let budget = RetryBudget()
    private let backoff = Backoff(base: .milliseconds(20), cap: .milliseconds(500))
    private let state: Gauge
    private let transitions: Counter
    private let reported = Atomic<Int>(0)

    /// - Parameters:
    ///   - base: `http://127.0.0.1:8085`.
    ///   - timeout: of a whole call, retries included; the caller's deadline shortens it.
    package init(name: String, base: String, token: String?, fetcher: HTTPFetcher, timeout: Duration = .seconds(10)) {
        self.name = name
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.token = token
        self.fetcher = fetcher
        self.timeout = timeout
        self.breaker = CircuitBreaker()
        self.state = Gauge(label: "nephoran_circuit_breaker_state", dimensions: [("upstream", name)])
        self.transitions = Counter(label: "nephoran_circuit_breaker_transitions_total", dimensions: [("upstream", name)])
        self.state.record(0)
    }

    /// `GET`; nil for 404. A 304 answers `unchanged`.
    package func get<Value: Decodable>(_ type: Value.Type, _ path: String, headers: [(String, String)] = []) async throws(ServiceCallError) -> Value? {
        let response = try await self.call("GET", path, body: nil, headers: headers, mayRepeat: true)
        if response.status == 404 { return nil }
        return try self.decode(type, response)
    }

    /// `POST` of a call without effects, which may therefore be repeated.
    package func query<Value: Decodable>(_ type: Value.Type, _ path: String, _ body: some Encodable, headers: [(String, String)] = [])
        async throws(ServiceCallError) -> Value
    {
        let bytes: [UInt8]
        do { bytes = try Array(JSONEncoder().encode(body)) } catch { throw .nonsense(self.name, "\(error)") }
        return try self.decode(type, try await self.call("POST", path, body: bytes, headers: headers, mayRepeat: true))
    }

    /// The response as it came, any status below 500.
    package func call(_ method: String, _ path: String, body: [UInt8]?, headers: [(String, String)] = [], mayRepeat: Bool) async throws(ServiceCallError)
        -> FetchResponse
    {
        let deadline = self.deadline()
        self.budget.recordCall()
        var attempt = 0
        while true {
            do throws(ServiceCallError) {
                return try await self.attempt(method, path, body, headers, until: deadline)
            } catch {
                attempt += 1
                guard attempt < 3, error.mayRetry(mayRepeat: mayRepeat), self.budget.mayRetry() else { throw error }
                let pause = self.backoff.delay(attempt: attempt - 1)
                guard ContinuousClock.now + pause < deadline else { throw error }
                do { try await Task.sleep(for: pause) } catch { throw .cancelled(self.name) }
            }
        }
    }

    private func deadline() -> ContinuousClock.Instant {
        var limit = self.timeout
        if let deadline = Correlation.current?.deadline { limit = min(limit, .milliseconds(max(0, deadline - RFC3339.now()))) }
        return .now + limit
    }

    private func attempt(
        _ method: String, _ path: String, _ body: [UInt8]?, _ headers: [(String, String)], until deadline: ContinuousClock.Instant
    ) async throws(ServiceCallError) -> FetchResponse {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { throw .timedOut(self.name) }
        let permit: CircuitBreaker.Permit
        do throws(CircuitOpen) { permit = try self.breaker.permit() } catch { throw .open(self.name, retryAfter: error.retryAfter) }
        defer { self.report() }

        var fields = headers
        if body != nil { fields.append(("content-type", "application/json")) }
        if let token { fields.append(("authorization", "Bearer " + token)) }
        fields.append((Correlation.deadlineHeader, "\(RFC3339.now() + left.milliseconds)"))
        if let trace = Correlation.current?.trace { fields.append(("traceparent", trace.child().description)) }

        let start = ContinuousClock.now
        do throws(FetchError) {
            let response = try await self.fetcher.fetch(
                FetchRequest(method: method, url: self.base + path, headers: fields, body: body, timeout: left, maxResponseBytes: 16 << 20))
            let took = start.duration(to: .now)
            guard response.status < 500 else {
                self.breaker.record(permit, .failure, took: took)
                throw FetchError.transfer(code: -response.status, reason: String(decoding: response.body.prefix(300), as: UTF8.self))
            }
            self.breaker.record(permit, .success, took: took)
            return response
        } catch {
            if case .transfer(let code, let reason) = error, code < 0 { throw .failed(self.name, status: -code, reason) }
            switch error {
            case .cancelled:
                self.breaker.record(permit, .ignored, took: .zero)
                throw .cancelled(self.name)
            case .timedOut:
                self.breaker.record(permit, .failure, took: start.duration(to: .now))
                throw .timedOut(self.name)
            default:
                self.breaker.record(permit, .failure, took: start.duration(to: .now))
                throw .unreachable(self.name, "\(error)")
            }
        }
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ response: FetchResponse) throws(ServiceCallError) -> Value {
        guard response.status < 300 else {
            if let problem = try? JSONDecoder().decode(Problem.self, from: Data(response.body)) { throw .refused(self.name, problem) }
            throw .nonsense(self.name, "status \(response.status)")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(response.body))
        } catch {
            throw .nonsense(self.name, "\(error)")
        }
    }

    private func report() {
        self.state.record(self.breaker.state.rawValue)
        let now = self.breaker.transitions
        let before = self.reported.exchange(now, ordering: .relaxed)
        if now > before { self.transitions.increment(by: now - before) }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 { self.components.seconds * 1000 + self.components.attoseconds / 1_000_000_000_000_000 }
}
