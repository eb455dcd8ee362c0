import Foundation
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import APIGateway
@testable import Ledger

/// The routes that show the whole installation to people.
@Suite(.serialized) struct ConsoleRouteTests {
    @Test("the audit trail shows every event once, newest first, page by page, and for admins only")
    func audit() async throws {
        try await LedgerFixture.with { fixture in
            for number in 0..<12 { _ = try await fixture.submit("intent \(number)") }
            try await fixture.ending { try await eventually { try await fixture.ledger.count(.refused) == 12 } }
            try await fixture.gateway { client in
                #expect(try await client.get("/v1/audit").status == .forbidden)
                let all = try await client.get("/v1/audit?limit=500", as: "root-key").json()
                let items = all["items"] as? [[String: String]] ?? []
                let times = items.compactMap { $0["at"] }
                #expect(items.count > 12 && all["nextCursor"] == nil && times.first ?? "" >= times.last ?? "z")

                var seen: [[String: String]] = []
                var cursor = ""
                repeat {
                    let page = try await client.get("/v1/audit?limit=5\(cursor)", as: "root-key").json()
                    seen += page["items"] as? [[String: String]] ?? []
                    cursor = (page["nextCursor"] as? String).map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                #expect(seen.count == items.count && Set(seen) == Set(items))

                for query in ["limit=0", "limit=501", "people=perhaps", "cursor=x"] {
                    #expect(try await client.get("/v1/audit?\(query)", as: "root-key").status == .badRequest)
                }
            }
        }
    }

    @Test("the audit trail goes on where all events are of one partition", arguments: [1, 5, 23])
    func audit(_ limit: Int) async throws {
        try await LedgerFixture.with({ $0.partitions = 1 }) { fixture in
            for number in 0..<12 { _ = try await fixture.submit("intent \(number)") }
            try await fixture.ending { try await eventually { try await fixture.ledger.count(.refused) == 12 } }
            try await fixture.gateway(["LEDGER_PARTITIONS": "1"]) { client in
                let all = try await client.get("/v1/audit?limit=500", as: "root-key").json()["items"] as? [[String: String]] ?? []
                var seen: [[String: String]] = []
                var cursor = ""
                repeat {
                    let page = try await client.get("/v1/audit?limit=\(limit)\(cursor)", as: "root-key").json()
                    let items = page["items"] as? [[String: String]] ?? []
                    #expect(!items.isEmpty && items.count <= limit)
                    seen += items
                    cursor = (page["nextCursor"] as? String).map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                #expect(seen == all && seen.count >= 24)
            }
        }
    }

    @Test("the audit trail of people leaves out what services did")
    func people() async throws {
        try await LedgerFixture.with { fixture in
            _ = try await fixture.submit("one")
            let stage = TestStage(stage: .interpret) { _ in .step(Step(phase: .refused, by: "llm-processor", detail: "no")) }
            try await fixture.working(stage) { try await eventually { try await fixture.ledger.count(.refused) == 1 } }
            try await fixture.gateway { client in
                let all = try await client.get("/v1/audit", as: "root-key").json()["items"] as? [[String: String]] ?? []
                #expect(all.first?["by"] == "llm-processor" && all.first?["phase"] == "refused")
                let people = try await client.get("/v1/audit?people=true", as: "root-key").json()["items"] as? [[String: String]] ?? []
                #expect(people == all.filter { $0["by"] == "test" } && people.last?["phase"] == "received")
            }
        }
    }

    @Test("services that cannot be reached are shown, with the reason")
    func services() async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.gateway { client in
                let services = try await client.get("/v1/services").json()["services"] as? [[String: Any]] ?? []
                #expect(services.compactMap { $0["name"] as? String } == ["llm-processor", "manifest-generator", "nephio-bridge", "oran-adaptor", "rag-api"])
                let bridge = services.first { $0["name"] as? String == "nephio-bridge" }
                #expect((bridge?["detail"] as? String)?.isEmpty == false && bridge?["report"] == nil && bridge?["breaker"] != nil)
                #expect(try await client.get("/v1/services/nephio-bridge/metrics").status == .forbidden)
                #expect(try await client.get("/v1/services/nephio-bridge/metrics", as: "root-key").status == .serviceUnavailable)
                let own = try await client.get("/v1/services/api-gateway/metrics", as: "root-key")
                #expect(own.status == .ok && own.text.contains("nephoran_circuit_breaker_state{") && own.headers[.contentType]?.hasPrefix("text/plain") == true)
                #expect(try await client.get("/v1/services/api-gateway/metrics").status == .forbidden)
                #expect(try await client.get("/v1/services/nothing/metrics", as: "root-key").status == .notFound)
            }
        }
    }

    @Test(
        "a search of the knowledge base needs words, and says when nobody can answer", arguments: ["", "?query=", "?query=amf&limit=0", "?query=amf&limit=x"])
    func knowledge(_ query: String) async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.gateway(["RAG_API_URL": "http://127.0.0.1:9"]) { client async throws in
                #expect(try await client.get("/v1/knowledge\(query)").status == .badRequest)
                #expect(try await client.get("/v1/knowledge?query=amf").status == .serviceUnavailable)
            }
        }
    }
}
