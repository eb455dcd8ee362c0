import Foundation
import Hummingbird
import HummingbirdTesting
import IntentModel
import ServiceRuntime
import TestSupport
import Testing

@testable import APIGateway

/// The gateway on a real ledger, without the services behind it.
@Suite struct GatewayTests {
    private static let keys = """
        keys:
          - {name: ops, key: ops-key, scopes: ["intents:read", "intents:write"]}
          - {name: reader, key: reader-key, scopes: ["intents:read"]}
          - {name: other, key: other-key, tenant: other, scopes: ["intents:read", "intents:write", "intents:approve"]}
        """

    private func withGateway(_ values: [String: String] = [:], _ body: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let redis = try await RedisServer.start()
        defer { redis.stop() }
        let keys = redis.directory.file("keys.yaml")
        try Data(Self.keys.utf8).write(to: URL(filePath: keys))
        let context = try ServiceContext.forTesting(
            name: "api-gateway", declarations: GatewaySettings.declarations,
            values: ["AUTH_KEYS_FILE": keys, "REDIS_URL": redis.url, "LLM_PROCESSOR_URL": "http://127.0.0.1:9", "NEPHIO_BRIDGE_URL": "http://127.0.0.1:9"]
                .merging(values) { $1 }
        )
        try await ServiceApplication.build(try await buildService(context), in: context).test(.router, body)
    }

    @Test("an intent is taken, shown, listed, cancelled once, and gone for other tenants")
    func life() async throws {
        try await self.withGateway { client in
            let accepted = try await client.post("/v1/intents", #"{"intent": "Deploy AMF in core5g", "priority": "high"}"#)
            #expect(accepted.status == .accepted)
            let location = try #require(accepted.headers[.location])
            let body = try accepted.json()
            let id = try #require(body["id"] as? String)
            #expect(location == "/v1/intents/\(id)" && body["phase"] as? String == "received" && IntentID(id) != nil)
            #expect((body["links"] as? [String: String]) == ["self": location, "events": "\(location)/events", "manifests": "\(location)/manifests"])

            let record = try JSONDecoder().decode(IntentRecord.self, from: Data(try await client.get(location).body.readableBytesView))
            #expect(record.phase == .received && record.request.requestedBy == "ops" && record.request.priority == .high)
            let page = try await client.get("/v1/intents?phase=received").json()
            #expect((page["items"] as? [[String: Any]])?.compactMap { $0["id"] as? String } == [id])

            for path in [location, "\(location)/events", "\(location)/manifests"] { #expect(try await client.get(path, as: "other-key").status == .notFound) }
            #expect(try await client.post("\(location)/cancel", "", as: "other-key").status == .notFound)
            #expect(try await client.post("\(location)/cancel", "", as: "reader-key").status == .forbidden)
            #expect(try await client.post("\(location)/approve", "").status == .forbidden)

            let cancelled = try await client.post("\(location)/cancel", #"{"reason": "typo"}"#).json()
            #expect(cancelled["phase"] as? String == "cancelled")
            let again = try await client.post("\(location)/cancel", "")
            #expect(again.status == .conflict && again.text.contains("phase_conflict"))
        }
    }

    @Test(
        "the events of an intent that has ended are all told, or those after the last one known",
        arguments: [(nil, ["1", "2"]), ("1", ["2"]), ("2", [])] as [(String?, [String])])
    func events(_ last: String?, _ expected: [String]) async throws {
        try await self.withGateway { client in
            let location = try #require(try await client.post("/v1/intents", #"{"intent": "Deploy AMF"}"#).headers[.location])
            #expect(try await client.post("\(location)/cancel", "").status == .ok)
            let response = try await client.get("\(location)/events", headers: last.map { [HeaderName.lastEventID: $0] } ?? [:])
            #expect(response.headers[.contentType] == "text/event-stream")
            let never = try await client.get("\(location)/events", headers: [HeaderName.lastEventID: "3"])
            #expect(never.status == .badRequest && never.text.contains("invalid_header"))
            #expect(response.text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) } == expected)
        }
    }

    @Test("a repeat with the same key is the same intent; with another body it is refused")
    func idempotency() async throws {
        try await self.withGateway { client in
            let key: HTTPFields = [HeaderName.idempotencyKey: "once"]
            let first = try await client.post("/v1/intents", #"{"intent": "Deploy AMF"}"#, headers: key)
            let repeated = try await client.post("/v1/intents", #"{"intent": "Deploy AMF"}"#, headers: key)
            #expect(first.status == .accepted && repeated.status == .accepted && first.headers[.location] == repeated.headers[.location])
            let other = try await client.post("/v1/intents", #"{"intent": "Deploy SMF"}"#, headers: key)
            #expect(other.status == .conflict && other.text.contains("idempotency_conflict"))
            // What means the same is the same, however it is written.
            for body in [#"{ "intent" : "Deploy AMF" }"#, #"{"priority":"medium","intent":"Deploy \u0041MF","labels":null}"#] {
                let alike = try await client.post("/v1/intents", body, headers: key)
                #expect(alike.status == .accepted && alike.headers[.location] == first.headers[.location], "\(alike.text)")
            }
            let raised = try await client.post("/v1/intents", #"{"intent":"Deploy AMF","priority":"high"}"#, headers: key)
            #expect(raised.status == .conflict)
            let elsewhere = try await client.post("/v1/intents", #"{"intent": "Deploy SMF"}"#, as: "other-key", headers: key)
            #expect(elsewhere.status == .accepted)
        }
    }

    @Test("pages go through all intents once, newest first, of one's own tenant")
    func pages() async throws {
        try await self.withGateway { client in
            var submitted: [String] = []
            for number in 0..<7 {
                submitted.append(
                    try #require(
                        try await client.post("/v1/intents", #"{"intent": "Deploy AMF", "priority": "\#(number % 2 == 0 ? "low" : "high")"}"#).json()["id"]
                            as? String))
                _ = try await client.post("/v1/intents", #"{"intent": "Deploy SMF"}"#, as: "other-key")
            }
            for (query, expected) in [("", submitted), ("&priority=low", submitted.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))] {
                var seen: [String] = []
                var cursor = ""
                repeat {
                    let page = try await client.get("/v1/intents?limit=3\(query)\(cursor)").json()
                    seen += (page["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
                    cursor = (page["nextCursor"] as? String).map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                #expect(seen == expected.sorted(by: >))
            }
        }
    }

    @Test(
        "what is wrong is refused with its reason",
        arguments: [
            ("/v1/intents", "application/xml", "<intent/>", 415, "unsupported_media_type"), ("/v1/intents", "application/json", "{", 400, "bad_json"),
            ("/v1/intents", "text/html", #"{"intent": ""}"#, 400, "invalid_body"),
            ("/v1/intents?dryRun=maybe", "application/json", #"{"intent": "x"}"#, 400, "invalid_query"),
            ("/v1/intents/018f4e2a-7c11-7003-9c1e-0242ac120002/cancel", "application/json", "{}", 404, "not_found"),
            ("/v1/intents/nonsense/cancel", "application/json", "", 404, "not_found"),
            ("/v1/intents", "application/json", #"{"intent": "\#(String(repeating: "x", count: 70_000))"}"#, 413, "body_too_large"),
            // A service that the answer needs is not there.
            ("/v1/intents?dryRun=true", "application/json", #"{"intent": "x"}"#, 503, "upstream_unavailable"),
        ])
    func refusals(_ path: String, _ type: String, _ body: String, _ status: Int, _ code: String) async throws {
        try await self.withGateway { client in
            let response = try await client.post(path, body, headers: [.contentType: type])
            #expect(response.status.code == status && response.text.contains("\"code\":\"\(code)\""), "\(response.text)")
            // Nothing was stored.
            #expect(try await client.get("/v1/intents").text == #"{"items":[]}"#)
        }
    }

    @Test(
        "a query parameter that is unknown, or there twice, is refused, with the one that was probably meant, and nothing is stored",
        arguments: [
            ("POST", "/v1/intents?dryrun=true", "dryrun", "did you mean dryRun?"), ("POST", "/v1/intents?dry_run=true", "dry_run", "did you mean dryRun?"),
            ("POST", "/v1/intents?dryRun=true&dryRun=false", "dryRun", "twice"), ("POST", "/v1/intents?dry%52un=true", "dry%52un", "takes dryRun"),
            ("POST", "/v1/intents?x", "x", "takes dryRun"), ("GET", "/v1/intents?limit=5&limit=6", "limit", "twice"),
            ("GET", "/v1/intents?phase=failed&phase=published", "phase", "twice"), ("GET", "/v1/intents?limits=5", "limits", "did you mean limit?"),
            ("DELETE", "/v1/maintenance?all=true", "all", "takes none"),
            ("DELETE", "/v1/queues/plan/dead?All=true", "All", "did you mean all?"),
        ])
    func unknownQueries(_ method: String, _ path: String, _ name: String, _ hint: String) async throws {
        try await self.withGateway { client in
            let response = try await client.execute(
                uri: path, method: try #require(HTTPRequest.Method(method)), headers: [.authorization: "Bearer ops-key", .contentType: "application/json"],
                body: ByteBuffer(string: #"{"intent": "Deploy AMF"}"#))
            let detail = try response.json()["detail"] as? String ?? ""
            #expect(response.status == .badRequest && response.text.contains(#""code":"invalid_query""#), "\(response.text)")
            #expect(detail.hasPrefix("\(name) ") && detail.contains(hint), "\(detail)")
            #expect(try await client.get("/v1/intents").text == #"{"items":[]}"#)
        }
    }

    @Test("a reading passes over parameters that mean nothing here", arguments: ["/v1/intents?sort=up", "/v1/intents?_=17&limit=5", "/v1/queues?all=true"])
    func otherQueries(_ path: String) async throws {
        try await self.withGateway { client in
            let response = try await client.get(path)
            #expect(response.status == .ok)
        }
    }

    @Test("a body that is said to be compressed is refused")
    func coded() async throws {
        try await self.withGateway { client in
            let response = try await client.post("/v1/intents", #"{"intent": "Deploy AMF"}"#, headers: [.contentEncoding: "gzip"])
            #expect(response.status == .unsupportedMediaType && response.text.contains("gzip") && response.headers[.acceptEncoding] == "identity")
            #expect(try await client.post("/v1/intents", #"{"intent": "Deploy AMF"}"#, headers: [.contentEncoding: "identity"]).status == .accepted)
        }
    }

    @Test("a query that is none is refused", arguments: ["limit=0", "limit=201", "limit=x", "phase=done", "priority=urgent", "cursor=x"])
    func badQueries(_ query: String) async throws {
        try await self.withGateway { client in
            let response = try await client.get("/v1/intents?\(query)")
            #expect(response.status == .badRequest && response.text.contains("invalid_query"))
        }
    }
}

extension TestClientProtocol {
    func get(_ path: String, as key: String = "ops-key", headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        headers[.authorization] = "Bearer \(key)"
        return try await self.execute(uri: path, method: .get, headers: headers)
    }

    func post(_ path: String, _ body: String, as key: String = "ops-key", headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        headers[.authorization] = "Bearer \(key)"
        return try await self.execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: body))
    }
}

extension TestResponse {
    func json() throws -> [String: Any] { try JSONSerialization.jsonObject(with: Data(self.body.readableBytesView)) as? [String: Any] ?? [:] }
}
