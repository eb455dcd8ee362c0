import Foundation
import Hummingbird
import HummingbirdTesting
import ServiceRuntime
import TestSupport
import Testing

@testable import RAGAPI

/// rag-api as it is wired, without an embedding model.
@Suite struct RouteTests {
    private static let keys = """
        keys:
          - {name: ops, key: ops-key, scopes: ["admin"]}
          - {name: writer, key: writer-key, scopes: ["intents:write", "intents:read"]}
          - {name: reader, key: reader-key, tenant: blue, scopes: ["intents:read"]}
        """

    private func withService(_ values: [String: String] = [:], _ body: @Sendable (Caller) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        try Data(Self.keys.utf8).write(to: URL(filePath: directory.file("keys.yaml")))
        let context = try ServiceContext.forTesting(
            name: "rag-api", declarations: RAGSettings.declarations,
            values: ["AUTH_KEYS_FILE": directory.file("keys.yaml"), "KNOWLEDGE_STORE": directory.file("knowledge.sqlite"), "EMBEDDING_PROVIDER": "off"].merging(
                values
            ) { $1 })
        let parts = try await buildService(context)
        try await parts.beforeServing()
        try await ServiceApplication.build(parts, in: context).test(.router) { try await body(Caller(client: $0)) }
    }

    struct Caller: Sendable {
        let client: any TestClientProtocol

        func call(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, type: String = "application/json", as key: String? = "ops-key")
            async throws -> (status: HTTPResponse.Status, json: [String: Any])
        {
            var headers: HTTPFields = [.contentType: type]
            if let key { headers[.authorization] = "Bearer \(key)" }
            let response = try await self.client.execute(uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
            let json = try? JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any]
            return (response.status, json ?? [:])
        }

        func search(_ body: String, _ query: String = "", as key: String = "ops-key") async throws -> (ids: [String], answer: [String: Any]) {
            let (status, json) = try await self.call(.post, "/v1/search" + query, body, as: key)
            #expect(status == .ok)
            return ((json["results"] as? [[String: Any]] ?? []).compactMap { $0["documentId"] as? String }, json)
        }
    }

    @Test("lines go in while they come; what is wrong is told by its line, the rest is in; the same again changes nothing")
    func lines() async throws {
        try await self.withService { caller in
            let lines = (1...3000).map { #"{"id":"doc-\#($0)","text":"Body of document \#($0) about zugzwang."}"# }
            let body = (lines + [#"{"id":"bad"}"#, "", "no json"]).joined(separator: "\n")
            for unchanged in [0, 3000] {
                let (status, json) = try await caller.call(.post, "/v1/documents", body, type: "application/x-ndjson")
                #expect(status == .ok)
                #expect(json["accepted"] as? Int == 3000 && json["chunks"] as? Int == 3000 && json["unchanged"] as? Int == unchanged)
                let rejected = json["rejected"] as? [[String: Any]] ?? []
                #expect(rejected.compactMap { $0["position"] as? Int } == [3001, 3003])
                #expect(rejected.compactMap { $0["reason"] as? String } == ["/text is missing", "is not JSON"])
            }
            #expect(try await caller.search(#"{"query":"zugzwang 1234","limit":1}"#).ids == ["doc-1234"])
            #expect(try await caller.call(.post, "/v1/documents", "", type: "application/x-ndjson").status == .badRequest)
        }
    }

    @Test("lines have no bound together; a body that is one JSON has")
    func long() async throws {
        try await self.withService(["MAX_BODY_BYTES": "64KiB"]) { caller in
            let lines = (1...200).map { #"{"id":"doc-\#($0)","text":"\#(String(repeating: "word\($0) ", count: 200))"}"# }
            let (status, json) = try await caller.call(.post, "/v1/documents", lines.joined(separator: "\n"), type: "application/x-ndjson")
            #expect(status == .ok && json["accepted"] as? Int == 200)
            let search = try await caller.call(.post, "/v1/search", #"{"query":"\#(String(repeating: "x", count: 100_000))"}"#)
            #expect(search.status == .contentTooLarge)
        }
    }

    @Test("keys read what is for them: their tenant's, their own and everybody's; only administrators read for others")
    func access() async throws {
        try await self.withService { caller async throws -> Void in
            let documents = """
                [{"id":"open","text":"zugzwang"},{"id":"blue","text":"zugzwang","access":["tenant:blue"]},{"id":"noc","text":"zugzwang","access":["noc"]}]
                """
            #expect(try await caller.call(.post, "/v1/documents", documents, as: "reader-key").status == .forbidden)
            #expect(try await caller.call(.post, "/v1/documents", documents, as: nil).status == .unauthorized)
            #expect(try await caller.call(.post, "/v1/documents", documents).status == .ok)
            let query = #"{"query":"zugzwang"}"#
            #expect(try await caller.search(query, as: "reader-key").ids.sorted() == ["blue", "open"])
            #expect(try await caller.search(query, as: "writer-key").ids == ["open"])
            #expect(try await caller.search(#"{"query":"zugzwang","access":["noc"]}"#).ids.sorted() == ["noc", "open"])
            #expect(try await caller.call(.post, "/v1/search", #"{"query":"zugzwang","access":["noc"]}"#, as: "reader-key").status == .forbidden)
            #expect(try await caller.call(.get, "/v1/documents/noc", as: "reader-key").status == .notFound)
            #expect(try await caller.call(.get, "/v1/documents/blue", as: "reader-key").status == .ok)
            #expect(try await caller.call(.get, "/v1/documents/noc").status == .ok)
            #expect(try await caller.call(.delete, "/v1/documents/noc", as: "reader-key").status == .forbidden)
            #expect(try await caller.call(.delete, "/v1/documents/noc", as: "writer-key").status == .notFound)
            #expect(try await caller.call(.delete, "/v1/documents/noc").status == .noContent)
            #expect(try await caller.call(.delete, "/v1/documents/open", as: "writer-key").status == .noContent)
        }
    }

    @Test("nobody replaces what they may not read, writes for others, or counts what is hidden from them")
    func writing() async throws {
        try await self.withService { caller async throws -> Void in
            let shipped = try await caller.call(.get, "/v1/documents/stats", as: "writer-key").json["documents"] as? Int ?? -1
            let documents = """
                {"id":"noc","text":"zugzwang","access":["noc"],"source":"secret"}
                {"id":"blue","text":"zugzwang","access":["tenant:blue"]}
                {"id":"open","text":"zugzwang"}
                """
            func lines(_ body: String, as key: String) async throws -> (accepted: Int?, rejected: [Int: String]) {
                let json = try await caller.call(.post, "/v1/documents", body, type: "application/x-ndjson", as: key).json
                let rejected = (json["rejected"] as? [[String: Any]] ?? []).map { ($0["position"] as? Int ?? 0, $0["reason"] as? String ?? "") }
                return (json["accepted"] as? Int, Dictionary(rejected) { first, _ in first })
            }
            #expect(try await lines(documents, as: "ops-key").accepted == 3)
            let other = documents.replacing("zugzwang", with: "gambit").replacing(#","access":["noc"]"#, with: "")
            let answer = try await lines(other + "\n" + #"{"id":"own","text":"gambit","access":["key:writer"]}"#, as: "writer-key")
            #expect(answer.accepted == 2)
            #expect(
                answer.rejected == [1: "has the id of one that this key may not read", 2: "has the id of one that this key may not read"])
            let foreign = #"{"id":"mine","text":"gambit","access":["tenant:blue"]}"#
            #expect(try await lines(foreign, as: "writer-key").rejected == [1: "has access tags that this key does not hold"])
            #expect(try await caller.call(.post, "/v1/documents", foreign, as: "writer-key").status == .forbidden)
            #expect(try await caller.search(#"{"query":"zugzwang","access":["noc","tenant:blue"]}"#).ids.sorted() == ["blue", "noc"])
            let stats = try await caller.call(.get, "/v1/documents/stats", as: "writer-key").json
            #expect(stats["documents"] as? Int == shipped + 2 && stats["chunks"] as? Int ?? 0 >= shipped + 2)
            #expect((stats["sources"] as? [String: Any])?["secret"] == nil)
            #expect(try await caller.call(.get, "/v1/documents/stats").json["documents"] as? Int == shipped + 4)
        }
    }

    @Test("what is no value of a query, no type of a body and no JSON once is refused")
    func strictness() async throws {
        try await self.withService { caller async throws -> Void in
            #expect(try await caller.call(.post, "/v1/search?explain=perhaps", #"{"query":"x"}"#).json["code"] as? String == "invalid_query")
            #expect(try await caller.call(.post, "/v1/search", #"{"query":"x"}"#, type: "text/html").status == .unsupportedMediaType)
            #expect(try await caller.call(.post, "/v1/search", #"{"query":"x","query":"y"}"#).json["code"] as? String == "bad_json")
            let large = try await caller.call(.post, "/v1/search", #"{"query":"x","limit":5632239252581037113344}"#)
            #expect(large.status == .badRequest)
            #expect(try await caller.call(.post, "/v1/documents", #"{"id":"x","text":"x"}"#, type: "image/png").status == .unsupportedMediaType)
            let path = try await caller.call(.post, "/admin/knowledge/backup", #"{"path":"a\nb"}"#)
            #expect(path.status == .badRequest && path.json["code"] as? String == "invalid_body")
        }
    }

    @Test("a body of one line that is too long says so")
    func oneLongLine() async throws {
        try await self.withService { caller in
            let (status, json) = try await caller.call(
                .post, "/v1/documents", String(repeating: "x", count: LineBatches.lineBytes + 2), type: "application/x-ndjson")
            #expect(status == .ok && json["accepted"] as? Int == 0)
            #expect((json["rejected"] as? [[String: Any]])?.first?["reason"] as? String == "has more than \(LineBatches.lineBytes) bytes")
        }
    }

    @Test("answers say their mode, snippets, and on demand the parts of their scores; health says that there is no model")
    func answers() async throws {
        try await self.withService { caller in
            let (ids, answer) = try await caller.search(#"{"query":"Which function terminates N2?","mode":"hybrid"}"#, "?explain=true")
            #expect(ids.prefix(3).contains("amf"))
            #expect(answer["mode"] as? String == "keyword")
            #expect(answer["cache"] as? String == "miss")
            let first = try #require((answer["results"] as? [[String: Any]])?.first { $0["documentId"] as? String == "amf" })
            #expect((first["snippet"] as? String)?.contains("<mark>N2</mark>") == true)
            let terms = (first["explanation"] as? [String: Any])?["terms"] as? [[String: Any]] ?? []
            #expect(terms.contains { $0["term"] as? String == "n2" })
            #expect(try await caller.search(#"{"query":"Which function terminates N2?","mode":"hybrid"}"#, "?explain=true").answer["cache"] as? String == "l1")
            let plain = try await caller.search(#"{"query":"Which function terminates N2?"}"#).answer
            #expect((plain["results"] as? [[String: Any]])?.first?["explanation"] == nil)
            let health = try await caller.call(.get, "/health").json
            let embeddings = (health["dependencies"] as? [[String: Any]])?.first { $0["name"] as? String == "embeddings" }
            #expect((embeddings?["detail"] as? String)?.contains("keyword search only") == true)
            #expect((health["dependencies"] as? [[String: Any]])?.allSatisfy { $0["state"] as? String == "up" } == true)
        }
    }

    @Test("with Weaviate away the shipped knowledge is found in the embedded store, which the answer and the health say; writes are refused")
    func weaviateAway() async throws {
        let port = try FreePort.next()
        try await self.withService(["VECTOR_STORE": "weaviate", "WEAVIATE_URL": "http://127.0.0.1:\(port)"]) { caller in
            let (ids, answer) = try await caller.search(#"{"query":"Which function terminates N2?"}"#)
            #expect(ids.contains("amf"))
            #expect((answer["note"] as? String)?.contains("answered by the embedded store") == true)
            let health = try await caller.call(.get, "/health").json
            let weaviate = (health["dependencies"] as? [[String: Any]])?.first { $0["name"] as? String == "weaviate" }
            #expect(weaviate != nil && weaviate?["state"] as? String != "up")
            let refused = try await caller.call(.post, "/v1/documents", #"{"id":"late","text":"zugzwang"}"#)
            #expect(refused.status == .serviceUnavailable && refused.json["code"] as? String == "weaviate_unavailable")
        }
        await #expect(throws: (any Error).self) { try await self.withService(["VECTOR_STORE": "weaviate"]) { _ in } }
    }

    @Test("documents move to Weaviate and are compared; for administrators, and only where there is one")
    func migration() async throws {
        let fake = try await FakeWeaviate.start()
        try await self.withService(["WEAVIATE_URL": fake.url]) { caller in
            #expect(try await caller.call(.post, "/admin/knowledge/migrate", #"{"to":"weaviate"}"#, as: "writer-key").status == .forbidden)
            #expect(try await caller.call(.post, "/admin/knowledge/migrate", #"{"to":"elsewhere"}"#).status == .badRequest)
            #expect(try await caller.call(.post, "/admin/knowledge/migrate", #"{"to":"weaviate","limit":0}"#).status == .badRequest)
            let (status, page) = try await caller.call(.post, "/admin/knowledge/migrate", #"{"to":"weaviate","limit":500}"#)
            #expect(status == .ok && page["documents"] as? Int ?? 0 > 30 && page["next"] == nil && page["total"] as? Int == page["documents"] as? Int)
            let comparison = try await caller.call(.post, "/admin/knowledge/migrate/verify", #"{"to":"weaviate"}"#).json
            #expect(comparison["isAlike"] as? Bool == true && comparison["sourceVersion"] as? String == comparison["targetVersion"] as? String)
        }
        #expect(fake.violations.isEmpty, "\(fake.violations.prefix(5))")
        await fake.stop()
        try await self.withService { caller async throws -> Void in
            #expect(try await caller.call(.post, "/admin/knowledge/migrate", #"{"to":"weaviate"}"#).json["code"] as? String == "no_weaviate")
        }
    }

    @Test("backup, verification and restoration over HTTP are for administrators")
    func keeping() async throws {
        let directory = try TemporaryDirectory()
        try await self.withService { caller in
            let order = #"{"path":"\#(directory.file("backup.sqlite"))"}"#
            #expect(try await caller.call(.post, "/admin/knowledge/backup", order, as: "writer-key").status == .forbidden)
            let copy = try await caller.call(.post, "/admin/knowledge/backup", order)
            #expect(copy.status == .ok && copy.json["bytes"] as? Int ?? 0 > 0)
            let documents = try await caller.call(.get, "/v1/documents/stats").json["documents"] as? Int
            _ = try await caller.call(.post, "/v1/documents", #"{"id":"late","text":"zugzwang"}"#)
            #expect(try await caller.call(.post, "/admin/knowledge/verify").json["findings"] as? [String] == [])
            let restored = try await caller.call(.post, "/admin/knowledge/restore", order)
            #expect(restored.status == .ok && restored.json["documents"] as? Int == documents)
            #expect(try await caller.search(#"{"query":"zugzwang"}"#).ids.isEmpty)
            #expect(try await caller.call(.post, "/admin/knowledge/restore", #"{"path":"/nowhere"}"#).json["code"] as? String == "backup_unusable")
            #expect(try await caller.call(.post, "/admin/knowledge/backup", #"{"path":""}"#).status == .badRequest)
            for own in ["knowledge.sqlite", "./knowledge.sqlite-wal"] {
                #expect(try await caller.call(.post, "/admin/knowledge/backup", #"{"path":"\#(own)"}"#).json["code"] as? String == "invalid_body")
            }
        }
    }
}
