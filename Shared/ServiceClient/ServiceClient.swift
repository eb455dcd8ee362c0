import Foundation
package import HTTPFetch
import IntentModel
package import Resilience
package import ServiceRuntime
import Telemetry

/// JSON calls to one other service of the installation: deadline, trace and key travel along, and everything that guards
/// services from each other is the ``Upstream``'s.
package final class ServiceClient: Sendable {
    /// The guards between it and us.
    package let upstream: Upstream
    private let base: String
    /// What is shown as `Authorization: Bearer`, if anything.
    private let bearer: @Sendable () -> String?
    private let fetcher: HTTPFetcher
    private let judge: @Sendable (Result<FetchResponse, FetchError>) -> Judgement

    /// - Parameters:
    ///   - base: `http://127.0.0.1:8085`.
    ///   - isOneOfMany: others have keys of their own there: a 429 is the caller's alone to heed, for it says that this one has had enough.
    package convenience init(_ upstream: Upstream, base: String, token: String?, fetcher: HTTPFetcher, isOneOfMany: Bool = false) {
        self.init(upstream, base: base, bearer: { token }, fetcher: fetcher, isOneOfMany: isOneOfMany)
    }

    /// Of another service of the installation, whose name is the upstream's: the call is signed for it, or shows the key that all have.
    package convenience init(_ upstream: Upstream, base: String, from context: ServiceContext, fetcher: HTTPFetcher) {
        let (caller, callee, authenticator) = (context.name, upstream.name, context.authenticator)
        self.init(upstream, base: base, bearer: { authenticator.bearer(of: caller, to: callee) }, fetcher: fetcher)
    }

    /// - Parameter bearer: asked for each call.
    package init(_ upstream: Upstream, base: String, bearer: @escaping @Sendable () -> String?, fetcher: HTTPFetcher, isOneOfMany: Bool = false) {
        self.upstream = upstream
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.bearer = bearer
        self.fetcher = fetcher
        self.judge = { ServiceClient.judgement(of: $0, heedsLimit: !isOneOfMany) }
    }

    package var name: String { self.upstream.name }

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
        let request = FetchRequest(
            method: method, url: self.base + path, headers: self.headers(headers, hasBody: body != nil), body: body, maxResponseBytes: 16 << 20)
        let deadline = Correlation.current?.deadline.map { Deadline(unixMilliseconds: $0) }
        let (trace, traceState) = (Correlation.current?.trace, Correlation.current?.traceState ?? "")
        let spans = CallSpans(method, url: self.base)
        let result: Result<FetchResponse, FetchError>
        do throws(UpstreamRefusal) {
            result = try await self.upstream.call(deadline: deadline, mayRepeat: mayRepeat, judge: self.judge) { [fetcher] left, cancellation in
                let span = spans?.attempt()
                var request = request
                request.timeout = left
                request.headers.append((Correlation.deadlineHeader, Deadline(in: left).headerValue))
                request.headers += Correlation.traceHeaders(span?.context ?? trace?.child(), traceState)
                let result = await fetcher.result(of: request) { cancellation?.onCancel($0) }
                span?.end(result)
                return result
            }
        } catch {
            throw self.error(for: error)
        }
        let response: FetchResponse
        do throws(FetchError) { response = try result.get() } catch { throw self.error(for: error) }
        guard response.status < 500 else {
            // Whole before it is cut: half a key is one, too.
            let words = KnownSecrets.shared.hidden(in: String(decoding: response.body.prefix(4_096), as: UTF8.self))
            throw .failed(self.name, status: response.status, String(words.prefix(300)))
        }
        return response
    }

    private func headers(_ headers: [(String, String)], hasBody: Bool) -> [(String, String)] {
        var headers = headers
        // Some peers tell kinds of JSON apart.
        if hasBody, !headers.contains(where: { $0.0 == "content-type" }) { headers.append(("content-type", "application/json")) }
        if let bearer = self.bearer() { headers.append(("authorization", "Bearer " + bearer)) }
        return headers
    }

    private static func judgement(of outcome: Result<FetchResponse, FetchError>, heedsLimit: Bool) -> Judgement {
        if !heedsLimit, case .success(let response) = outcome, response.status == 429 { return Judgement(.ignored) }
        return Judgement(outcome, repeated: 502...503)
    }

    private func error(for refusal: UpstreamRefusal) -> ServiceCallError {
        switch refusal {
        case .tooLate: .timedOut(self.name)
        case .busy: .busy(self.name)
        case .open(let retryAfter), .paused(let retryAfter): .open(self.name, retryAfter: retryAfter)
        case .cancelled: .cancelled(self.name)
        }
    }

    private func error(for error: FetchError) -> ServiceCallError {
        switch error {
        case .timedOut: .timedOut(self.name)
        case .cancelled: .cancelled(self.name)
        default: .unreachable(self.name, "\(error)")
        }
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ response: FetchResponse) throws(ServiceCallError) -> Value {
        guard response.status < 300 else { throw self.refusal(response) }
        do {
            return try JSONDecoder().decode(type, from: Data(response.body))
        } catch {
            throw .nonsense(self.name, "\(error)")
        }
    }

    /// What an answer that is no success says.
    package func refusal(_ response: FetchResponse) -> ServiceCallError {
        if let problem = try? JSONDecoder().decode(Problem.self, from: Data(response.body)) { return .refused(self.name, problem) }
        return .nonsense(self.name, "status \(response.status)")
    }
}
