package import HTTPFetch
import JSONSchema
package import Resilience
import ServiceClient
import Telemetry

/// HTTP towards one policy producer: a request through the guards of its ``Upstream``, and what an answer that is not the expected one means.
package struct A1Transport: Sendable {
    /// Whom errors name.
    let ric: String
    /// `{apiRoot}`, without a trailing slash.
    let root: String
    private let fetcher: HTTPFetcher
    private let upstream: Upstream
    private let timeout: Duration
    /// An answer may not be larger.
    private static let maxResponseBytes = 1 << 20

    package init(ric: String, root: String, fetcher: HTTPFetcher, upstream: Upstream, timeout: Duration) {
        self.ric = ric
        self.root = root
        self.fetcher = fetcher
        self.upstream = upstream
        self.timeout = timeout
    }

    /// The same for another RIC behind the same root.
    func naming(_ ric: String) -> A1Transport {
        A1Transport(ric: ric, root: self.root, fetcher: self.fetcher, upstream: self.upstream, timeout: self.timeout)
    }

    /// Percent-encodes everything but RFC 3986 unreserved characters.
    static func segment(_ text: String) -> String {
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

    /// Any status is an answer; `path` is below the root.
    func send(_ method: String, _ path: String, body: [UInt8]? = nil) async throws(A1Error) -> FetchResponse {
        var headers = [("accept", "application/json, application/problem+json")]
        if body != nil { headers.append(("content-type", "application/json")) }
        let request = FetchRequest(method: method, url: self.root + path, headers: headers, body: body, maxResponseBytes: Self.maxResponseBytes)
        let deadline = Correlation.current?.deadline.map { Deadline(unixMilliseconds: $0) }
        let start = ContinuousClock.now
        let spans = CallSpans(method, url: self.root, [SpanAttribute("nephoran.oran.interface", "a1"), SpanAttribute("nephoran.oran.ric", self.ric)])
        let result: Result<FetchResponse, FetchError>
        do throws(UpstreamRefusal) {
            result = try await self.upstream.call(deadline: deadline, timeout: self.timeout, mayRepeat: method == "GET", judge: Self.judge) {
                [fetcher] left, cancellation in
                let span = spans?.attempt()
                var request = request
                request.timeout = left
                if let span { request.headers += Correlation.traceHeaders(span.context, span.traceState) }
                let result = await fetcher.result(of: request) { cancellation?.onCancel($0) }
                span?.end(result)
                return result
            }
        } catch {
            throw self.error(for: error)
        }
        switch result {
        case .success(let response):
            InterfaceMetrics.a1.record(response.status < 300 ? nil : Self.kind(of: response.status).rawValue, took: start.duration(to: .now))
            return response
        case .failure(let error):
            let failure = self.error(for: error)
            InterfaceMetrics.a1.record(failure.kind.rawValue, took: start.duration(to: .now))
            throw failure
        }
    }

    // MARK: Answers

    func expect(_ status: Int, _ method: String, _ path: String) async throws(A1Error) -> FetchResponse {
        try self.checked(try await self.send(method, path), [status])
    }

    func checked(_ response: FetchResponse, _ good: Set<Int>) throws(A1Error) -> FetchResponse {
        if good.contains(response.status) { return response }
        let kind = Self.kind(of: response.status)
        throw A1Error(kind, ric: self.ric, detail: self.explanation(of: response), status: response.status, retryAfter: response.retryAfter)
    }

    func json(_ response: FetchResponse) throws(A1Error) -> JSONValue {
        do {
            return try JSONValue(parsing: response.body)
        } catch {
            throw A1Error(.nonconforming, ric: self.ric, detail: "the answer is not JSON: \(error)", status: response.status)
        }
    }

    /// The answer as an array; `of` says of what, for people.
    func array(_ response: FetchResponse, of what: String) throws(A1Error) -> [JSONValue] {
        guard let elements = try self.json(response).array else {
            throw A1Error(.nonconforming, ric: self.ric, detail: "an array of \(what) is expected", status: response.status)
        }
        return elements
    }

    private static func kind(of status: Int) -> A1Error.Kind {
        switch status {
        case 400, 413, 415, 422: .rejected
        case 401, 403: .forbidden
        case 404: .notFound
        case 409: .conflict
        case 423, 429, 500, 502, 503, 504: .busy
        case 507: .full
        default: .nonconforming
        }
    }

    /// A RIC that says when to come again is alive; one that is full, or synchronises, says nothing of its health. The caller has a
    /// queue for retries.
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
        return A1Error(kind, ric: self.ric, detail: detail, retryAfter: retryAfter)
    }

    private func error(for error: FetchError) -> A1Error {
        switch error {
        case .tooLarge: A1Error(.nonconforming, ric: self.ric, detail: "the answer is larger than \(Self.maxResponseBytes >> 10) KiB")
        case .invalid(let reason): A1Error(.nonconforming, ric: self.ric, detail: reason)
        case .tls(let reason): A1Error(.forbidden, ric: self.ric, detail: "TLS: \(reason)")
        case .timedOut: A1Error(.unreachable, ric: self.ric, detail: "no answer within \(self.timeout)")
        default: A1Error(.unreachable, ric: self.ric, detail: "\(error)")
        }
    }

    /// The peer's own words when it answers RFC 7807, at most 300 characters of them.
    private func explanation(of response: FetchResponse) -> String {
        if (300..<400).contains(response.status), let place = response.header("location") {
            return "HTTP \(response.status): it sends us to \(place.prefix(100)); redirects are not followed"
        }
        let said = (try? JSONValue(parsing: response.body)).flatMap { problem -> String? in
            let parts = [problem["title"]?.string, problem["detail"]?.string].compactMap { $0 }.filter { !$0.isEmpty }
            return parts.isEmpty ? nil : parts.joined(separator: ": ")
        }
        guard let said else { return "HTTP \(response.status)" }
        return "HTTP \(response.status): \(said.prefix(300))"
    }
}
