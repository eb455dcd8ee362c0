import HTTPFetch
import JSONSchema
import Resilience

/// REST and GraphQL of one Weaviate server (https://docs.weaviate.io/weaviate/api/rest), behind its ``Upstream``.
struct WeaviateClient: Sendable {
    /// Scheme, host and port, without a path.
    let baseURL: String
    /// Sent as a bearer token; nil sends none. Asked for each call: a key may be replaced.
    let apiKey: @Sendable () -> String?
    let fetcher: HTTPFetcher
    let upstream: Upstream
    var maxResponseBytes = 64 << 20

    init(baseURL: String, apiKey: @autoclosure @escaping @Sendable () -> String? = nil, fetcher: HTTPFetcher, upstream: Upstream) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.apiKey = apiKey
        self.fetcher = fetcher
        self.upstream = upstream
    }

    /// - Parameters:
    ///   - path: below `/v1`.
    ///   - mayRepeat: all calls here may: objects are named by their content, deletions by what they match.
    ///   - missing: whether 404 is nil rather than an error.
    ///   - timeout: of this call, instead of the configured one.
    func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil, mayRepeat: Bool = true, missing: Bool = false, timeout: Duration? = nil
    ) async throws(WeaviateFault) -> JSONValue? {
        let response = try await self.fetch(method, path, body, mayRepeat, timeout)
        if missing, response.status == 404 { return nil }
        guard (200..<300).contains(response.status) else { throw Self.fault(response) }
        guard !response.body.isEmpty else { return .null }
        do { return try JSONValue(parsing: response.body) } catch { throw .malformed("\(error)") }
    }

    /// The member `Get` or `Aggregate` of the answer's data for one class.
    func query(_ query: GraphQLQuery, timeout: Duration? = nil) async throws(WeaviateFault) -> [JSONValue] {
        guard let answer = try await self.send("POST", "graphql", ["query": .string(query.text)], timeout: timeout) else { throw .malformed("no answer") }
        if let error = answer["errors"]?[0] { throw .refused(status: 200, error["message"]?.string ?? "an error without a message") }
        guard let rows = answer["data"]?[query.operation]?[query.className]?.array else { throw .malformed("no \(query.operation) of \(query.className)") }
        return rows
    }

    private func fetch(_ method: String, _ path: String, _ body: JSONValue?, _ mayRepeat: Bool, _ timeout: Duration?) async throws(WeaviateFault)
        -> FetchResponse
    {
        var headers = [("accept", "application/json")]
        if body != nil { headers.append(("content-type", "application/json")) }
        if let key = self.apiKey() { headers.append(("authorization", "Bearer \(key)")) }
        let request = FetchRequest(
            method: method, url: "\(self.baseURL)/v1/\(path)", headers: headers, body: body?.bytes, maxResponseBytes: self.maxResponseBytes)
        let outcome: Result<FetchResponse, FetchError>
        do throws(UpstreamRefusal) {
            let fetcher = self.fetcher
            outcome = try await self.upstream.call(timeout: timeout, mayRepeat: mayRepeat, judge: Self.judge) { left, cancellation in
                var request = request
                request.timeout = left
                return await fetcher.result(of: request) { cancellation?.onCancel($0) }
            }
        } catch {
            switch error {
            case .tooLate: throw .unavailable("it took too long")
            case .busy: throw .unavailable("as many calls as may wait are waiting")
            case .cancelled: throw .unavailable("the call was cancelled")
            case .open, .paused: throw .unavailable("it failed before and is left alone for a moment")
            }
        }
        switch outcome {
        case .success(let response): return response
        case .failure(.timedOut): throw .unavailable("it took too long")
        case .failure(.tooLarge(let limit)): throw .malformed("it is larger than \(limit >> 20) MiB")
        case .failure(let error): throw .unavailable(error.description)
        }
    }

    private static func fault(_ response: FetchResponse) -> WeaviateFault {
        let body = try? JSONValue(parsing: response.body)
        let message = body?["error"]?[0]?["message"]?.string ?? body?["message"]?.string ?? ""
        let line = String(message.prefix { !$0.isNewline }.prefix(200))
        // What may be otherwise in a moment is told apart from what will not.
        return response.status == 429 || response.status >= 500
            ? .unavailable("HTTP \(response.status)" + (line.isEmpty ? "" : ": \(line)")) : .refused(status: response.status, line)
    }

    @Sendable private static func judge(_ outcome: Result<FetchResponse, FetchError>) -> Judgement {
        Judgement(outcome, repeated: 500...599, whenShed: .seconds(1))
    }
}
