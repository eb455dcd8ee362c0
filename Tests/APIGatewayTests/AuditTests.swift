import AuditLog
import Foundation
import Hummingbird
import HummingbirdTesting
import IntentModel
import RedisClient
import ServiceRuntime
import TestSupport
import Testing

@testable import APIGateway
@testable import Ledger

/// The audit log on real files and a real ledger.
@Suite(.serialized, .timeLimit(.minutes(2))) struct AuditTests {
    private static func chains(_ fixture: LedgerFixture) -> [String] { fixture.ledger.partitions.map { AuditTail.chain($0.number) } + [RefusalLog.chain] }

    private static func entries(_ path: String) throws -> [AuditEntry] {
        try AuditDirectory(path: path).page(AuditSelection(), limit: 1_000, before: [:]).entries
    }

    @Test("every transition is there once, with whose it is, whoever reads it again")
    func transitions() async throws {
        try await LedgerFixture.with { fixture in
            let path = fixture.server.directory.file("audit")
            var ids: [IntentID] = []
            try await fixture.ending {
                for number in 0..<20 { ids.append(try await fixture.submit("Deploy AMF \(number)", tenant: number.isMultiple(of: 2) ? "default" : "other")) }
                try await eventually { try await fixture.ledger.count(.refused) == 20 }
            }
            for _ in 0..<2 {
                let store = try await AuditStore.open(path: path, chains: Self.chains(fixture))
                try await eventually { try await store.begin() }
                let tail = AuditTail(ledger: fixture.ledger, store: store, refusals: RefusalLog())
                while try await tail.copy() {}
                while try await tail.copy() {}
            }
            let entries = try Self.entries(path)
            #expect(entries.count == 40)
            #expect(Set(entries.map { "\($0.intent ?? "")/\($0.outcome)" }).count == 40)
            #expect(Set(entries.filter { $0.tenant == "other" }.compactMap(\.intent)).count == 10)
            #expect(entries.filter { $0.verb == "submit" }.count == 20 && entries.allSatisfy { $0.who == "test" })
            #expect(try AuditReport(of: AuditDirectory(path: path), anchors: []).isSound)
        }
    }

    @Test("events that the ledger no longer has are said to be lost")
    func gap() async throws {
        try await LedgerFixture.with({ $0.partitions = 1 }) { fixture in
            let path = fixture.server.directory.file("audit")
            let store = try await AuditStore.open(path: path, chains: Self.chains(fixture))
            let tail = AuditTail(ledger: fixture.ledger, store: store, refusals: RefusalLog())
            _ = try await fixture.submit("Deploy AMF")
            _ = try await tail.copy()
            for _ in 0..<3 { _ = try await fixture.submit("Deploy AMF") }
            try await fixture.server.send("XTRIM", "{p00}:events", "MAXLEN", 2)
            _ = try await tail.copy()
            _ = try await tail.copy()
            let verbs = try Self.entries(path).sorted { $0.sequence < $1.sequence }.map(\.verb)
            #expect(verbs == ["submit", "gap", "submit", "submit"])
            #expect(try AuditReport(of: AuditDirectory(path: path), anchors: []).isSound)
        }
    }

    @Test("the position before one is the greatest that is less")
    func positions() {
        #expect(AuditTail.before("5-3") == "5-2")
        #expect(AuditTail.before("5-0") == "4-18446744073709551615")
    }

    @Test("refusals are counted together, and bounded")
    func refusals() {
        let log = RefusalLog(limit: 2)
        func refusal(_ route: String) -> RefusalLog.Refusal { .init(address: "10.0.0.1", method: "GET", route: route, outcome: "401 unauthorized") }
        for _ in 0..<5 { log.add(refusal("/v1/intents"), at: 1) }
        log.add(refusal("/v1/audit\n\"x"), at: 2)
        for number in 0..<10 { log.add(refusal("/\(number)"), at: 3) }
        let drafts = log.take()
        #expect(drafts.count == 3)
        #expect(drafts.first?.detail == "from 10.0.0.1, 5 times" && drafts.last?.detail?.hasPrefix("10 more") == true)
        #expect(log.take().isEmpty)
        var tally = AccessTally(maxActs: 2)
        let act = AccessEntry(at: "2026-05-28T20:26:40.120Z", who: "root", verb: "POST", object: "/shutdown", outcome: "202")
        #expect((0..<4).map { _ in tally.hold(act) } == [true, true, false, false] && tally.take().count == 2)
    }

    @Test("an act of an administrator is on disk before its answer, and is found, exported and refused to others")
    func acts() async throws {
        try await LedgerFixture.with { fixture in
            let path = fixture.server.directory.file("audit")
            try await fixture.gateway(["AUDIT_PATH": path]) { client in
                let root: HTTPFields = [.authorization: "Bearer root-key", .contentType: "application/json"]
                let redrive = try await client.execute(
                    uri: "/v1/queues/plan/dead/redrive", method: .post, headers: root, body: ByteBuffer(string: "{\"ids\":[\"0.1-1\"]}"))
                #expect(redrive.status.code < 300, "\(String(buffer: redrive.body))")
                let found = try await client.execute(uri: "/v1/audit/entries?who=root", method: .get, headers: root)
                #expect(found.status == .ok)
                #expect(String(buffer: found.body).contains("/v1/queues/plan/dead/redrive"), "\(String(buffer: found.body))")
                let export = try await client.execute(uri: "/v1/audit/export", method: .get, headers: root)
                let lines = Array(export.body.readableBytesView).split(separator: 10)
                // What was done, and that it was exported.
                #expect(lines.count == 2 && AuditReport(ofExport: lines, name: "export", anchors: []).isSound)
                let other = try await client.execute(uri: "/v1/audit/entries", method: .get, headers: [.authorization: "Bearer ops-key"])
                #expect(other.status == .forbidden)
                for query in ["limit=0", "limit=x", "cursor=p00", "cursor=p00.x", "from=yesterday", "people=maybe"] {
                    #expect(try await client.execute(uri: "/v1/audit/entries?\(query)", method: .get, headers: root).status == .badRequest, "\(query)")
                }
            }
            try await fixture.gateway { client in
                let none = try await client.execute(uri: "/v1/audit/entries", method: .get, headers: [.authorization: "Bearer root-key"])
                #expect(none.status == .notImplemented)
            }
        }
    }
}
