import Foundation
import HTTPFetch
import IntentModel

/// Calls of the public API. What the server refuses becomes a ``CommandFailure`` that repeats the server's words.
struct GatewayClient: Sendable {
    let base: String
    private let token: String?
    private let fetcher: HTTPFetcher

    init(base: String, token: String?, fetcher: HTTPFetcher = HTTPFetcher()) {
        self.base = base
        self.token = token
        self.fetcher = fetcher
    }

    func at(_ base: String) -> GatewayClient { GatewayClient(base: base, token: self.token, fetcher: self.fetcher) }

    /// - Parameter query: values are encoded here.
    func call(
        _ method: String, _ path: String, query: [(String, String)] = [], headers: [(String, String)] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(30)
    ) async throws(CommandFailure) -> FetchResponse {
        let request = self.request(method, path, query, headers, body, timeout)
        let response: FetchResponse
        do { response = try await self.fetcher.fetch(request) } catch { throw self.failure(error) }
        guard (200..<300).contains(response.status) else { throw Self.refusal(response.status, response.body) }
        return response
    }

    /// The response once its head is there; any status but success is a failure.
    func stream(_ path: String, headers: [(String, String)], timeout: Duration, maxBytes: Int = 1 << 30) async throws(CommandFailure) -> FetchStream {
        var request = self.request("GET", path, [], headers, nil, timeout)
        request.maxResponseBytes = maxBytes
        let stream: FetchStream
        do { stream = try await self.fetcher.stream(request) } catch { throw self.failure(error) }
        guard (200..<300).contains(stream.status) else {
            var body: [UInt8] = []
            do { for try await part in stream where body.count < 65_536 { body += part } } catch { throw self.failure(error) }
            throw Self.refusal(stream.status, body)
        }
        return stream
    }

    func get<Value: Decodable>(_ type: Value.Type, _ path: String, query: [(String, String)] = []) async throws(CommandFailure) -> Value {
        try Self.decode(type, try await self.call("GET", path, query: query).body)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ body: [UInt8]) throws(CommandFailure) -> Value {
        do { return try JSONDecoder().decode(type, from: Data(body)) } catch {
            throw CommandFailure(.unreachable, "the server's answer is not understood; is it a gateway of this version? (\(error))")
        }
    }

    func failure(_ error: FetchError) -> CommandFailure {
        switch error {
        case .timedOut: CommandFailure(.timedOut, "\(self.base) did not answer in time")
        case .invalid(let reason): CommandFailure(.usage, reason)
        default: CommandFailure(.unreachable, "\(self.base) cannot be reached (\(error)); is it running? Start it with: nephoran up")
        }
    }

    private func request(
        _ method: String, _ path: String, _ query: [(String, String)], _ headers: [(String, String)], _ body: [UInt8]?, _ timeout: Duration
    ) -> FetchRequest {
        var url = self.base + path
        if !query.isEmpty { url += "?" + query.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&") }
        var headers = headers
        if let token { headers.append(("authorization", "Bearer \(token)")) }
        if body != nil, !headers.contains(where: { $0.0.lowercased() == "content-type" }) { headers.append(("content-type", "application/json")) }
        return FetchRequest(method: method, url: url, headers: headers, body: body, timeout: timeout, maxResponseBytes: 64 << 20)
    }

    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    /// The detail of the problem, and each of its errors.
    static func refusal(_ status: Int, _ body: [UInt8]) -> CommandFailure {
        guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(body)) else {
            return CommandFailure(status >= 502 ? .unreachable : .refused, "the server answered \(status)")
        }
        var message = "\(problem.detail) (\(problem.code))"
        for item in problem.errors ?? [] { message += "\n  \(item.pointer.isEmpty ? "/" : item.pointer): \(item.detail)" }
        if status == 401 { message += "\n  The key comes from --token-file, NEPHORAN_TOKEN or .nephoran/token." }
        return CommandFailure(status == 400 || status == 413 || status == 415 ? .usage : status == 504 ? .timedOut : .refused, message)
    }
}
