import Foundation
import Hummingbird
import HummingbirdTesting
import IntentModel
import RedisClient
import TestSupport
import Testing

@testable import APIGateway
@testable import Ledger

@Suite(.serialized) struct QueueTests {
    private static let failing = TestStage(stage: .interpret) { _ in .retry(reason: "no use") }

    private static func letters(_ client: any TestClientProtocol, _ stage: String = "interpret", _ query: String = "") async throws -> [[String: Any]] {
        try await client.get("/v1/queues/\(stage)/dead\(query)", as: "root-key").json()["items"] as? [[String: Any]] ?? []
    }

    @Test("what was given up is counted, shown, and for admins only")
    func shows() async throws {
        try await LedgerFixture.with({ $0.maxAttempts = 1 }) { fixture in
            var submitted: [String] = []
            for number in 0..<5 { submitted.append(try await fixture.submit("intent \(number)").description) }
            let ids = submitted
            try await fixture.working(Self.failing) { try await eventually { try await fixture.ledger.count(.failed) == 5 } }
            try await fixture.gateway { client in
                let queues = try await client.get("/v1/queues").json()["queues"] as? [[String: Any]] ?? []
                #expect(queues.compactMap { $0["stage"] as? String } == Stage.allCases.map(\.rawValue))
                #expect(queues.first?["dead"] as? Int == 5 && queues.first?["depth"] as? Int == 0)
                #expect(try await client.get("/v1/queues/interpret/dead").status == .forbidden)
                #expect(try await client.get("/v1/queues/nonsense/dead", as: "root-key").status == .notFound)
                #expect(try await client.get("/v1/queues/interpret/dead?cursor=x", as: "root-key").status == .badRequest)

                var seen: [String] = []
                var cursor = ""
                repeat {
                    let page = try await client.get("/v1/queues/interpret/dead?limit=2\(cursor)", as: "root-key").json()
                    let items = page["items"] as? [[String: Any]] ?? []
                    #expect(items.allSatisfy { $0["error"] as? String == "no use" && $0["attempts"] as? Int == 1 && $0["track"] as? String == "main" })
                    seen += items.compactMap { $0["intentId"] as? String }
                    cursor = (page["nextCursor"] as? String).map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                #expect(seen.sorted() == ids.sorted())
            }
        }
    }

    @Test("a redriven intent goes on and its letter is gone, also when it is retried by its own call", arguments: [true, false])
    func redrives(_ byLetter: Bool) async throws {
        try await LedgerFixture.with({ $0.maxAttempts = 1 }) { fixture in
            let id = try await fixture.submit("stuck")
            try await fixture.working(Self.failing) { try await eventually { try await fixture.ledger.count(.failed) == 1 } }
            try await fixture.gateway { client in
                let letter = try #require(try await Self.letters(client).first?["id"] as? String)
                if byLetter {
                    let answer = try await client.post("/v1/queues/interpret/dead/redrive", #"{"ids": ["\#(letter)"]}"#, as: "root-key").json()
                    #expect(answer["redriven"] as? Int == 1 && answer["removed"] as? Int == 0)
                } else {
                    #expect(try await client.post("/v1/intents/\(id)/retry", "").status == .ok)
                }
                #expect(try await Self.letters(client).isEmpty)
                let record = try #require(try await fixture.ledger.read(id))
                #expect(record.phase == .interpreting)
                try await fixture.ending { try await eventually { try await fixture.ledger.read(id)?.phase == .refused } }
                // Given up again, there is a letter again.
                #expect(try await fixture.ledger.queueStates().allSatisfy { $0.depth == 0 && $0.deadLetters == 0 })
            }
        }
    }

    @Test("a letter whose intent has moved on is removed with a note; one that cannot be retried stays")
    func movedOn() async throws {
        try await LedgerFixture.with({ $0.maxAttempts = 1 }) { fixture in
            let done = try await fixture.submit("moved on")
            let partly = try await fixture.submit("took effect in part")
            try await fixture.working(Self.failing) { try await eventually { try await fixture.ledger.count(.failed) == 2 } }
            let partition = try #require(fixture.ledger.partition(of: partly))
            let package = PublishedPackage(instance: "amf", repository: "r", path: "a/b/amf", revision: "v1", commit: "c", change: .create)
            _ = try await fixture.ledger.redis.send(RedisCommand("HSET", partition.record(partly), "packages", try LedgerJSON.encode([package])))
            // As after a rollback, which leaves the letter.
            let other = try #require(fixture.ledger.partition(of: done))
            _ = try await fixture.ledger.redis.send(RedisCommand("HSET", other.record(done), "phase", "rolled_back"))
            try await fixture.gateway { client in
                let answer = try await client.post("/v1/queues/interpret/dead/redrive?all=true", "", as: "root-key").json()
                #expect(answer["redriven"] as? Int == 0 && answer["removed"] as? Int == 1 && answer["kept"] as? Int == 1)
                let notes = (answer["notes"] as? [[String: String]] ?? []).compactMap { $0["note"] }.sorted()
                #expect(notes.count == 2 && notes[0].contains("took effect") && notes[1].contains("moved on (rolled_back)"))
                #expect(try await Self.letters(client).compactMap { $0["intentId"] as? String } == [partly.description])
            }
        }
    }

    @Test("work of the outbox goes back on its queue as new")
    func redrivesOutbox() async throws {
        try await LedgerFixture.with { fixture in
            let id = try await fixture.submit("watched", callbackUrl: "http://example.net/")
            try await fixture.working(TestStage(stage: .notify) { _ in .dead(reason: "gave up") }) {
                try await eventually { try await fixture.ledger.queueStates().first { $0.stage == .notify }?.deadLetters == 1 }
            }
            try await fixture.gateway { client in
                let answer = try await client.post("/v1/queues/notify/dead/redrive?all=true", "", as: "root-key").json()
                #expect(answer["redriven"] as? Int == 1)
            }
            let works = AsyncStream.makeStream(of: Work.self)
            try await fixture.working(
                TestStage(stage: .notify) { leased in
                    works.continuation.yield(leased.work)
                    return .done
                }
            ) {
                var iterator = works.stream.makeAsyncIterator()
                let work = try #require(await iterator.next())
                #expect(work.id == id && work.version == 1 && work.attempt == 0)
            }
        }
    }

    @Test("letters are purged by id or all of them, and nothing is by a wrong call")
    func purges() async throws {
        try await LedgerFixture.with({ $0.maxAttempts = 1 }) { fixture in
            for number in 0..<3 { _ = try await fixture.submit("intent \(number)") }
            try await fixture.working(Self.failing) { try await eventually { try await fixture.ledger.count(.failed) == 3 } }
            try await fixture.gateway { client in
                for (query, body) in [("", ""), ("", "{}"), ("", #"{"ids": []}"#), ("", #"{"ids": ["x"]}"#), ("?all=yes", ""), ("?all=true", "{}")] {
                    #expect(try await client.delete("/v1/queues/interpret/dead\(query)", body).status == .badRequest)
                }
                #expect(try await client.delete("/v1/queues/interpret/dead?all=true", "", as: "ops-key").status == .forbidden)
                let letter = try #require(try await Self.letters(client).first?["id"] as? String)
                #expect(try await client.delete("/v1/queues/interpret/dead", #"{"ids": ["\#(letter)", "0.1-1"]}"#).json()["purged"] as? Int == 1)
                #expect(try await client.delete("/v1/queues/interpret/dead?all=true", "").json()["purged"] as? Int == 2)
                #expect(try await Self.letters(client).isEmpty)
            }
        }
    }
}

extension TestClientProtocol {
    fileprivate func delete(_ path: String, _ body: String, as key: String = "root-key") async throws -> TestResponse {
        try await self.execute(uri: path, method: .delete, headers: [.authorization: "Bearer \(key)"], body: ByteBuffer(string: body))
    }
}
