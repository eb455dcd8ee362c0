import Foundation
import HTTPFetch
import IntentModel

/// A caller of the public API, or of any service over HTTP.
struct Gateway: Sendable {
    let http: HTTPFetcher
    let address: String
    /// Sent as a bearer key unless a call brings an `authorization` of its own.
    let key: String?

    func call(
        _ method: String, _ path: String, body: [UInt8]? = nil, headers: [(String, String)] = [], timeout: Duration = .seconds(40)
    ) async throws(FetchError) -> Reply {
        Reply(try await self.http.fetch(self.request(method, path, body, headers, timeout)))
    }

    func call(_ method: String, _ path: String, json: String, headers: [(String, String)] = [], timeout: Duration = .seconds(40)) async throws(FetchError)
        -> Reply
    {
        try await self.call(method, path, body: Array(json.utf8), headers: [("content-type", "application/json")] + headers, timeout: timeout)
    }

    /// Server-Sent Events of `path`.
    func events(_ path: String, after: String? = nil) async throws(FetchError) -> EventStream {
        let headers = after.map { [("last-event-id", $0)] } ?? []
        return EventStream(try await self.http.stream(self.request("GET", path, nil, headers, .seconds(60))))
    }

    private func request(_ method: String, _ path: String, _ body: [UInt8]?, _ headers: [(String, String)], _ timeout: Duration) -> FetchRequest {
        var headers = headers
        if let key, !headers.contains(where: { $0.0 == "authorization" }) { headers.append(("authorization", "Bearer \(key)")) }
        return FetchRequest(method: method, url: self.address + path, headers: headers, body: body, timeout: timeout)
    }
}

extension Gateway {
    struct Unexpected: Error, CustomStringConvertible { let description: String }

    private struct Submission: Encodable {
        var intent: String
        var approval: String?
    }

    /// What was accepted, and as far as it has come: at its end, or before a person, when it took no longer than `wait` seconds.
    func submit(_ intent: String, approval: String? = nil, wait: Int = 30) async throws -> IntentRecord {
        let body = try JSONEncoder().encode(Submission(intent: intent, approval: approval))
        let reply = try await self.call(
            "POST", "/v1/intents", body: Array(body), headers: [("content-type", "application/json"), ("prefer", "wait=\(wait)")], timeout: .seconds(wait + 10)
        )
        guard reply.status == 200 else { throw Unexpected(description: "\(reply.status) for “\(intent)”: \(reply.text)") }
        return try reply.decode(IntentRecord.self)
    }

    /// The id of what was accepted, without waiting for what becomes of it.
    ///
    /// - Parameter isPreview: through the preview path.
    func accept(_ intent: String, isPreview: Bool = false) async throws -> IntentID {
        let body = try JSONEncoder().encode(Submission(intent: intent))
        let headers = [("content-type", "application/json")] + (isPreview ? [("canary", "true")] : [])
        let reply = try await self.call("POST", "/v1/intents", body: Array(body), headers: headers)
        guard reply.status == 202, let id = (reply["id"] as? String).flatMap({ IntentID($0) }) else {
            throw Unexpected(description: "\(reply.status) for “\(intent)”: \(reply.text)")
        }
        return id
    }

    func record(_ id: IntentID) async throws -> IntentRecord { try await self.call("GET", "/v1/intents/\(id)").decode(IntentRecord.self) }

    /// A person's decision; the record after it.
    func decide(_ decision: String, _ id: IntentID, json: String = "{}") async throws -> IntentRecord {
        let reply = try await self.call("POST", "/v1/intents/\(id)/\(decision)", json: json)
        guard reply.status == 200 else { throw Unexpected(description: "\(decision): \(reply.status) \(reply.text)") }
        return try reply.decode(IntentRecord.self)
    }

    /// The record once the intent has ended or waits for a person; as it is after `limit` otherwise.
    func settled(_ id: IntentID, within limit: Duration = .seconds(30)) async throws -> IntentRecord {
        let deadline = ContinuousClock.now + limit
        while true {
            let record = try await self.record(id)
            if record.phase.isTerminal || record.phase.awaitsPerson || ContinuousClock.now > deadline { return record }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
