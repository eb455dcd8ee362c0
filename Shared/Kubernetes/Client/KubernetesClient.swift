import HTTPFetch
import JSONSchema
package import Resilience
import ServiceLifecycle

/// Calls of one API server. Every call has a deadline and passes the guards of its ``Upstream``; watches do not, since they last.
package final class KubernetesClient: Service, Sendable {
    package let access: ClusterAccess
    package let upstream: Upstream
    let fetcher: HTTPFetcher
    /// Told to the server as `fieldManager` and `User-Agent`: whose fields are whose.
    package let manager: String

    /// Bytes of one answer, a page of a list included.
    static let maxResponseBytes = 32 << 20

    package init(_ access: ClusterAccess, upstream: Upstream, manager: String = "nephoran") {
        self.access = access
        self.upstream = upstream
        self.manager = manager
        self.fetcher = HTTPFetcher(
            .init(
                connectTimeout: .seconds(5), caFile: access.caFile, certificate: access.certificate, proxy: access.proxy, userAgent: manager))
    }

    package func run() async { await self.fetcher.run() }
    package func stop() { self.fetcher.stop() }

    /// One call; answers of 300 and above are errors.
    ///
    /// - Parameter mayRepeat: the call changes nothing, or what a repeat would leave the same.
    func call(
        _ method: String, _ path: String, query: [(String, String)] = [], body: [UInt8]? = nil, contentType: String = "application/json",
        mayRepeat: Bool, timeout: Duration? = nil
    ) async throws(KubernetesError) -> FetchResponse {
        let response = try await self.attempt(method, path, query, body, contentType, mayRepeat, timeout)
        // A token may have been rotated since it was read.
        guard response.status == 401, await self.access.credential.renew() else { return try Self.success(response) }
        return try Self.success(try await self.attempt(method, path, query, body, contentType, mayRepeat, timeout))
    }

    private static func success(_ response: FetchResponse) throws(KubernetesError) -> FetchResponse {
        guard (200..<300).contains(response.status) else { throw KubernetesError(response) }
        return response
    }

    private func attempt(
        _ method: String, _ path: String, _ query: [(String, String)], _ body: [UInt8]?, _ contentType: String, _ mayRepeat: Bool, _ timeout: Duration?
    ) async throws(KubernetesError) -> FetchResponse {
        let request = FetchRequest(
            method: method, url: self.url(path, query), headers: try await self.headers(hasBody: body != nil, contentType), body: body,
            maxResponseBytes: Self.maxResponseBytes)
        let result: Result<FetchResponse, FetchError>
        do throws(UpstreamRefusal) {
            result = try await self.upstream.call(timeout: timeout, mayRepeat: mayRepeat, judge: Self.judge) { [fetcher] left, cancellation in
                var request = request
                request.timeout = left
                return await fetcher.result(of: request) { cancellation?.onCancel($0) }
            }
        } catch {
            throw KubernetesError(error)
        }
        do throws(FetchError) { return try result.get() } catch { throw KubernetesError(error) }
    }

    /// The same without guards, its body read as it comes; whatever the status.
    func stream(_ path: String, query: [(String, String)], timeout: Duration) async throws(KubernetesError) -> FetchStream {
        let request = FetchRequest(
            url: self.url(path, query), headers: try await self.headers(hasBody: false, ""), timeout: timeout, maxResponseBytes: .max)
        do throws(FetchError) { return try await self.fetcher.stream(request) } catch { throw KubernetesError(error) }
    }

    private func url(_ path: String, _ query: [(String, String)]) -> String {
        let query = query.map { "\($0.percentEncoded)=\($1.percentEncoded)" }.joined(separator: "&")
        return self.access.server + path + (query.isEmpty ? "" : "?" + query)
    }

    private func headers(hasBody: Bool, _ contentType: String) async throws(KubernetesError) -> [(String, String)] {
        var headers = [("accept", "application/json")]
        if hasBody { headers.append(("content-type", contentType)) }
        if let authorization = try await self.access.credential.authorization() { headers.append(("authorization", authorization)) }
        return headers
    }

    @Sendable private static func judge(_ outcome: Result<FetchResponse, FetchError>) -> Judgement { Judgement(outcome, repeated: 502...504) }

    static func value(_ response: FetchResponse) throws(KubernetesError) -> JSONValue {
        do throws(JSONParseError) {
            return try JSONValue(parsing: response.body, maxDepth: 200)
        } catch {
            throw .nonsense("\(error)")
        }
    }

    static func object(_ response: FetchResponse) throws(KubernetesError) -> KubernetesObject {
        let object = KubernetesObject(try Self.value(response))
        guard !object.name.isEmpty else { throw .nonsense("an object without a name") }
        return object
    }
}
