package import HTTPFetch
package import JSONSchema
package import Resilience
import Telemetry

/// A1-P v2 (O-RAN.WG2.A1AP-v02.00) towards one RIC: one method per operation, no retries, no cache. A RIC that does not answer is
/// spared by the guards of its ``Upstream``.
package struct A1Client: Sendable {
    package let ric: RIC
    private let fetcher: HTTPFetcher
    private let upstream: Upstream
    private let timeout: Duration
    /// A RIC's answer may not be larger.
    private static let maxResponseBytes = 1 << 20

    package init(ric: RIC, fetcher: HTTPFetcher, upstream: Upstream, timeout: Duration) {
        self.ric = ric
        self.fetcher = fetcher
        self.upstream = upstream
        self.timeout = timeout
    }

    // MARK: Operations

    /// Identifiers of the types the RIC offers.
    package func policyTypes() async throws(A1Error) -> [String] {
        try self.identifiers(of: try await self.expect(200, "GET", "/policytypes"))
    }

    package func policyType(_ id: String) async throws(A1Error) -> PolicyType {
        PolicyType(id: id, object: try self.json(try await self.expect(200, "GET", "/policytypes/\(Self.segment(id))")))
    }

    /// Identifiers of the policies of one type.
    package func policies(of type: String) async throws(A1Error) -> [String] {
        try self.identifiers(of: try await self.expect(200, "GET", "/policytypes/\(Self.segment(type))/policies"))
    }

    /// Nil when there is none.
    package func policy(_ id: String, of type: String) async throws(A1Error) -> JSONValue? {
        let response = try await self.send("GET", Self.path(type, id))
        if response.status == 404 { return nil }
        return try self.json(try self.checked(response, [200]))
    }

    /// Creates or replaces; true when it did not exist before.
    package func put(_ document: JSONValue, as id: String, of type: String, notificationDestination: String? = nil) async throws(A1Error) -> Bool {
        let query = notificationDestination.map { "?notificationDestination=\(Self.segment($0))" } ?? ""
        let response = try self.checked(try await self.send("PUT", Self.path(type, id) + query, body: document.bytes), [200, 201, 202])
        return response.status == 201
    }

    /// False when there was none.
    package func delete(_ id: String, of type: String) async throws(A1Error) -> Bool {
        let response = try await self.send("DELETE", Self.path(type, id))
        if response.status == 404 { return false }
        _ = try self.checked(response, [200, 202, 204])
        return true
    }

    /// Nil when the RIC has no status for it.
    package func status(of id: String, of type: String) async throws(A1Error) -> PolicyStatus? {
        let response = try await self.send("GET", Self.path(type, id) + "/status")
        if response.status == 404 || response.status == 501 { return nil }
        return PolicyStatus(try self.json(try self.checked(response, [200])))
    }

    // MARK: Transport

    private static func path(_ type: String, _ id: String) -> String { "/policytypes/\(self.segment(type))/policies/\(self.segment(id))" }

    /// Percent-encodes everything but RFC 3986 unreserved characters.
    private static func segment(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                out += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return out
    }

    private func send(_ method: String, _ path: String, body: [UInt8]? = nil) async throws(A1Error) -> FetchResponse {
        var headers = [("accept", "application/json, application/problem+json")]
        if body != nil { headers.append(("content-type", "application/json")) }
        let request = FetchRequest(
            method: method, url: "\(self.ric.url)/A1-P/v2\(path)", headers: headers, body: body, maxResponseBytes: Self.maxResponseBytes)
        let deadline = Correlation.current?.deadline.map { Deadline(unixMilliseconds: $0) }
        let start = ContinuousClock.now
        let result: Result<FetchResponse, FetchError>
        do throws(UpstreamRefusal) {
            result = try await self.upstream.call(deadline: deadline, timeout: self.timeout, mayRepeat: method == "GET", judge: Self.judge) {
                [fetcher] left, cancellation in
                var request = request
                request.timeout = left
                return await fetcher.result(of: request) { cancellation?.onCancel($0) }
            }
        } catch {
            throw self.error(for: error)
        }
        switch result {
        case .success(let response):
            A1Metrics.record(response.status < 300 ? nil : Self.kind(of: response.status), took: start.duration(to: .now))
            return response
        case .failure(let error):
            let failure = self.error(for: error)
            A1Metrics.record(failure.kind, took: start.duration(to: .now))
            throw failure
        }
    }

    private static func kind(of status: Int) -> A1Error.Kind {
        switch status {
        case 400, 422: .rejected
        case 401, 403: .forbidden
        case 404: .notFound
        case 409: .conflict
        case 429, 500, 502, 503, 504: .busy
        case 507: .full
        default: .nonconforming
        }
    }

    /// A RIC that says when to come again is alive; one that is full says nothing of its health. The caller has a queue for retries.
    @Sendable private static func judge(_ result: Result<FetchResponse, FetchError>) -> Judgement {
        switch result {
        case .success(let response):
            switch response.status {
            case 429: Judgement(.ignored, pause: response.retryAfter)
            case 503: response.retryAfter.map { Judgement(.ignored, pause: $0) } ?? Judgement(.failure)
            case 507: Judgement(.ignored)
            case 500...: Judgement(.failure)
            default: Judgement(.success)
            }
        case .failure(.cancelled), .failure(.stopped), .failure(.invalid), .failure(.overloaded): Judgement(.ignored)
        case .failure: Judgement(.failure)
        }
    }

    private func error(for refusal: UpstreamRefusal) -> A1Error {
        let (kind, detail, retryAfter): (A1Error.Kind, String, Duration?) =
            switch refusal {
            case .open(let retryAfter): (.suspended, "it did not answer before and is left alone for a moment", retryAfter)
            case .paused(let retryAfter): (.suspended, "it asked to be left alone for a moment", retryAfter)
            case .busy: (.busy, "too many calls are waiting for it", nil)
            case .tooLate: (.unreachable, "the deadline had passed before it was asked", nil)
            case .cancelled: (.unreachable, "the call was given up", nil)
            }
        return A1Error(kind, ric: self.ric.name, detail: detail, retryAfter: retryAfter)
    }

    private func error(for error: FetchError) -> A1Error {
        switch error {
        case .tooLarge: A1Error(.nonconforming, ric: self.ric.name, detail: "the answer is larger than \(Self.maxResponseBytes >> 10) KiB")
        case .invalid(let reason): A1Error(.nonconforming, ric: self.ric.name, detail: reason)
        case .tls(let reason): A1Error(.forbidden, ric: self.ric.name, detail: "TLS: \(reason)")
        case .timedOut: A1Error(.unreachable, ric: self.ric.name, detail: "no answer within \(self.timeout)")
        default: A1Error(.unreachable, ric: self.ric.name, detail: "\(error)")
        }
    }

    private func expect(_ status: Int, _ method: String, _ path: String) async throws(A1Error) -> FetchResponse {
        try self.checked(try await self.send(method, path), [status])
    }

    private func checked(_ response: FetchResponse, _ good: Set<Int>) throws(A1Error) -> FetchResponse {
        if good.contains(response.status) { return response }
        let kind = Self.kind(of: response.status)
        throw A1Error(kind, ric: self.ric.name, detail: self.explanation(of: response), status: response.status, retryAfter: response.retryAfter)
    }

    /// The RIC's own words when it answers RFC 7807, at most 300 characters of them.
    private func explanation(of response: FetchResponse) -> String {
        let said = (try? JSONValue(parsing: response.body)).flatMap { problem -> String? in
            let parts = [problem["title"]?.string, problem["detail"]?.string].compactMap { $0 }.filter { !$0.isEmpty }
            return parts.isEmpty ? nil : parts.joined(separator: ": ")
        }
        guard let said else { return "HTTP \(response.status)" }
        return "HTTP \(response.status): \(said.prefix(300))"
    }

    private func json(_ response: FetchResponse) throws(A1Error) -> JSONValue {
        do {
            return try JSONValue(parsing: response.body)
        } catch {
            throw A1Error(.nonconforming, ric: self.ric.name, detail: "the answer is not JSON: \(error)", status: response.status)
        }
    }

    private func identifiers(of response: FetchResponse) throws(A1Error) -> [String] {
        guard let elements = try self.json(response).array else {
            throw A1Error(.nonconforming, ric: self.ric.name, detail: "an array of identifiers is expected", status: response.status)
        }
        // The O-RAN SC near-RT RIC numbers its types.
        return elements.compactMap { $0.string ?? $0.integer.map(String.init) }
    }
}
