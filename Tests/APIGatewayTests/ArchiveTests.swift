import Foundation
import Hummingbird
import HummingbirdTesting
import IntentModel
import RedisClient
import ServiceLifecycle
import TestSupport
import Testing

@testable import APIGateway
@testable import Ledger

/// The archive on a real SQLite file and a real ledger.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ArchiveTests {
    private static func intent(_ number: Int, _ text: String = "Deploy AMF", phase: Phase = .published, tenant: String = "default", sequence: Int = 3) throws
        -> ArchivedIntent
    {
        let created = 1_780_000_000_000 + Int64(number) * 60_000
        let fields: [(String, [UInt8])] = [
            ("phase", Array(phase.rawValue.utf8)), ("v", Array("4".utf8)), ("n", Array("\(sequence)".utf8)), ("created", Array("\(created)".utf8)),
            ("updated", Array("\(created + 1_000)".utf8)),
            ("request", try LedgerJSON.encode(IntentRequest(intent: text, labels: ["site": "munich-\(number)"], tenant: tenant))),
        ]
        let id = IntentID(partition: number % 4, milliseconds: created, random: 7)
        let snapshot = try #require(RecordSnapshot(id: id, fields: fields.map { (Array($0.0.utf8), $0.1) }))
        return try ArchivedIntent(snapshot)
    }

    private static func withStore(_ body: (ArchiveStore, String) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        let store = try await ArchiveStore.open(path: directory.file("archive.sqlite"))
        try await body(store, directory.file("archive.sqlite"))
        try await store.close()
    }

    @Test("an intent is there once, in its latest version, and again after the file was closed")
    func keeps() async throws {
        try await Self.withStore { store, path in
            try await store.keep([try Self.intent(1), try Self.intent(2)])
            let later = try Self.intent(1, phase: .rolledBack, sequence: 5)
            try await store.keep([later, try Self.intent(1)])
            #expect(try await store.size().intents == 2)
            let again = try await ArchiveStore.open(path: path)
            let found = try #require(try await again.find(later.id))
            #expect(try LedgerJSON.decode(IntentRecord.self, found.record).phase == .rolledBack && found.tenant == "default")
            #expect(try await again.find(try Self.intent(9).id) == nil)
            try await again.close()
        }
    }

    @Test("it is on disk when it is acknowledged, and gives pages back")
    func pragmas() async throws {
        try await Self.withStore { store, path in
            try await store.keep(try (0..<500).map { try Self.intent($0, String(repeating: "Deploy AMF ", count: 200)) })
            let before = try await store.size()
            #expect(try await store.prune(endedBefore: .max, limit: 400) == 400)
            #expect(try await store.prune(endedBefore: .max, limit: 400) == 100)
            #expect(try await store.prune(endedBefore: .max, limit: 400) == 0)
            #expect(try await store.size().intents == 0)
            #expect(try await store.page(Self.selection("amf"), limit: 10).isEmpty)
            try await store.close()
            let file = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
            #expect(file < before.bytes / 2, "\(file) of \(before.bytes)")
        }
    }

    private static func selection(_ query: String? = nil, _ adjust: (inout ArchiveSelection) -> Void = { _ in }) -> ArchiveSelection {
        var selection = ArchiveSelection(tenant: "default")
        selection.expression = query.flatMap { ArchiveExpression($0) }
        adjust(&selection)
        return selection
    }

    @Test("words of the text, the labels and the objects find an intent of one's own tenant")
    func searches() async throws {
        try await Self.withStore { store, _ in
            var about = try Self.intent(1, "Deploy a high-availability AMF in core5g")
            about.objects = "deploy NetworkFunction AMF amf-east"
            try await store.keep([
                about, try Self.intent(2, "Scale the UPF to 3 replicas", phase: .failed), try Self.intent(3, "Scale the UPF", tenant: "other"),
                try Self.intent(4, "Rien d'\u{e9}trange"),
            ])
            func found(_ query: String?, _ adjust: (inout ArchiveSelection) -> Void = { _ in }) async throws -> [Int] {
                try await store.page(Self.selection(query, adjust), limit: 10).map { Int(($0.id.milliseconds - 1_780_000_000_000) / 60_000) }
            }
            #expect(try await found(nil) == [4, 2, 1])
            #expect(try await found("amf") == [1])
            #expect(try await found("AVAILABILITY deploying") == [1])
            #expect(try await found("amf-east") == [1])
            #expect(try await found("munich-2") == [2])
            #expect(try await found("scale upf") == [2])
            #expect(try await found("scale amf") == [])
            #expect(try await found("avail*") == [1])
            #expect(try await found("etrange") == [4])
            // Nothing of it is an operator.
            for query in ["amf OR upf", "text:amf NEAR(", "amf\" OR \"upf", "a) OR (b", "-- ; DROP TABLE intents"] {
                #expect(try await found(query) == [])
            }
            #expect(try await found("\"amf") == [1])
            #expect(ArchiveExpression("?!*") == nil)
            #expect(try await found(nil) { $0.phase = .failed } == [2])
            #expect(try await found(nil) { ($0.from, $0.to) = (1_780_000_060_000, 1_780_000_120_000) } == [1])
        }
    }

    @Test("pages go through everything once, in both directions")
    func pages() async throws {
        try await Self.withStore { store, _ in
            let intents = try (0..<25).map { try Self.intent($0) }
            try await store.keep(intents.shuffled())
            var down: [IntentID] = []
            while true {
                let page = try await store.page(Self.selection(), limit: 7, before: down.last)
                down += page.map(\.id)
                if page.count < 7 { break }
            }
            var up: [IntentID] = []
            while true {
                let page = try await store.page(Self.selection(), limit: 7, after: up.last, isAscending: true)
                up += page.map(\.id)
                if page.count < 7 { break }
            }
            #expect(up == intents.map(\.id) && down == up.reversed())
        }
    }

    @Test(
        "times of a query",
        arguments: [
            ("2026-05-28T20:26:40.120Z", 1_780_000_000_120), ("2026-05-28T20:26:40Z", 1_780_000_000_000), ("2026-05-28", 1_779_926_400_000),
            ("1970-01-01", 0), ("2024-02-29", 1_709_164_800_000), ("2023-02-29", nil), ("2026-13-01", nil), ("2026-05-28T25:00:00Z", nil), ("", nil),
            ("yesterday!", nil),
        ] as [(String, Int64?)])
    func times(_ text: String, _ expected: Int64?) { #expect(Timestamp.milliseconds(text) == expected) }

    // MARK: On the ledger

    /// Runs what the gateway runs for its archive until `body` returns.
    private static func archiving(_ fixture: LedgerFixture, _ store: ArchiveStore?, _ body: () async throws -> Void) async throws {
        let services: [any Service] = [
            ArchiveKeeper(ledger: fixture.ledger, store: nil, retention: nil), StageWorker(ledger: fixture.ledger, handler: ArchiveStage(store: store)),
        ]
        if store != nil {
            try await fixture.ledger.beginArchiving()
            try await fixture.ledger.sweepToArchive()
        }
        // The keeper closes its store in the end, which these tests want to look into.
        let group = ServiceGroup(configuration: .init(services: store == nil ? services : [services[1]], logger: .init(label: "test")))
        let running = Task { try await group.run() }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        await group.triggerGracefulShutdown()
        try await running.value
        try outcome.get()
    }

    @Test("live and archived intents are one list, without repeats, whatever has left Redis; and each can be shown")
    func oneList() async throws {
        try await Self.withStore { store, path in
            try await LedgerFixture.with { fixture in
                var submitted: [IntentID] = []
                try await fixture.ending {
                    for number in 0..<23 {
                        submitted.append(try await fixture.submit("ended \(number)"))
                        _ = try await fixture.submit("somebody else's", tenant: "other")
                    }
                    try await eventually { try await fixture.ledger.count(.refused) == 46 }
                }
                try await Self.archiving(fixture, store) { try await eventually { try await store.size().intents == 46 } }
                for _ in 0..<9 { submitted.append(try await fixture.submit("live")) }
                let ids = submitted
                // Some have left Redis, some are in both.
                for id in ids.prefix(23) where id.low % 2 == 0 {
                    let partition = try #require(fixture.ledger.partition(of: id))
                    _ = try await fixture.ledger.redis.send(RedisCommand("DEL", partition.record(id)))
                }
                try await fixture.gateway(["ARCHIVE_PATH": path]) { client in
                    for (query, expected) in [("", ids), ("&phase=refused", Array(ids.prefix(23))), ("&phase=received", Array(ids.suffix(9)))] {
                        for limit in [1, 5, 50] {
                            var seen: [String] = []
                            var cursor = ""
                            repeat {
                                let page = try await client.get("/v1/intents?limit=\(limit)\(query)\(cursor)").json()
                                seen += (page["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
                                cursor = (page["nextCursor"] as? String).map { "&cursor=\($0)" } ?? ""
                            } while !cursor.isEmpty
                            #expect(seen == expected.sorted(by: >).map(\.description), "limit \(limit)\(query)")
                        }
                    }
                    let gone = try #require(ids.prefix(23).first { $0.low % 2 == 0 })
                    let record = try JSONDecoder().decode(IntentRecord.self, from: Data(try await client.get("/v1/intents/\(gone)").body.readableBytesView))
                    #expect(record.id == gone && record.phase == .refused && record.history.count == 2)
                    let events = try await client.get("/v1/intents/\(gone)/events", headers: [HeaderName.lastEventID: "1"])
                    #expect(events.text.contains("id: 2\n") && !events.text.contains("id: 1\n") && events.text.contains("\"phase\":\"refused\""))
                    #expect(try await client.get("/v1/intents/\(gone)/manifests").status == .notFound)
                    #expect(try await client.post("/v1/intents/\(gone)/retry", "").status == .conflict)
                    for path in ["", "/events", "/manifests"] {
                        #expect(try await client.get("/v1/intents/\(gone)\(path)", as: "other-key").status == .notFound)
                    }

                    let page = try await client.get("/v1/archive?query=ended%207").json()
                    #expect((page["items"] as? [[String: Any]])?.compactMap { $0["id"] as? String } == [ids[7].description])
                    #expect(((try await client.get("/v1/archive?limit=200", as: "other-key").json())["items"] as? [Any])?.count == 23)
                    for query in ["limit=0", "phase=done", "from=soon", "cursor=x", "query=%3F"] {
                        #expect(try await client.get("/v1/archive?\(query)").status == .badRequest)
                    }
                    let export = try await client.get("/v1/archive/export")
                    let lines = try export.text.split(separator: "\n").map { try JSONDecoder().decode(IntentRecord.self, from: Data($0.utf8)) }
                    #expect(lines.map(\.id) == ids.prefix(23).sorted() && export.headers[.contentType] == "application/x-ndjson")
                }
                try await fixture.gateway { client in
                    #expect(try await client.get("/v1/archive").status == .notImplemented)
                    let gone = try #require(ids.prefix(23).first { $0.low % 2 == 0 })
                    #expect(try await client.get("/v1/intents/\(gone)").status == .notFound)
                }
            }
        }
    }

    @Test("a retried intent is shown as it is, and archived again at its next end")
    func retried() async throws {
        try await Self.withStore { store, path in
            try await LedgerFixture.with { fixture in
                let id = try await fixture.submit("stuck")
                let failing = TestStage(stage: .interpret) { _ in .fail(Problem(status: 500, code: "internal", title: "x", detail: "x")) }
                try await fixture.working(failing) { try await eventually { try await fixture.ledger.count(.failed) == 1 } }
                try await Self.archiving(fixture, store) { try await eventually { try await store.size().intents == 1 } }
                try await fixture.gateway(["ARCHIVE_PATH": path]) { client in
                    let retried = try await client.post("/v1/intents/\(id)/retry", "")
                    #expect(retried.status == .ok)
                    #expect(try await client.get("/v1/intents?phase=failed").text == #"{"items":[]}"#)
                    #expect(try await client.get("/v1/intents?phase=interpreting").text.contains(id.description))
                }
                try await fixture.ending { try await eventually { try await fixture.ledger.count(.refused) == 1 } }
                try await Self.archiving(fixture, store) {
                    try await eventually { try await store.page(Self.selection { $0.phase = .refused }, limit: 1).first?.id == id }
                }
                #expect(try await store.size().intents == 1)
            }
        }
    }

    @Test("an archive that cannot be written keeps the intents in Redis until it can")
    func unwritable() async throws {
        let directory = try TemporaryDirectory()
        let broken = try await ArchiveStore.open(path: directory.file("archive.sqlite"))
        try await broken.close()
        try await Self.withStore { store, _ in
            try await LedgerFixture.with { fixture in
                let id = try await fixture.submit("kept")
                try await fixture.ledger.beginArchiving()
                try await fixture.ending { try await eventually { try await fixture.ledger.count(.refused) == 1 } }
                try await fixture.working(ArchiveStage(store: broken)) {
                    try await eventually { try await fixture.ledger.delayedCounts()[.archive] == 1 }
                }
                let partition = try #require(fixture.ledger.partition(of: id))
                #expect(try await fixture.ledger.redis.send(RedisCommand("PTTL", partition.record(id))).int == -1)
                try await fixture.working(ArchiveStage(store: store)) {
                    try await eventually { try await fixture.ledger.redis.send(RedisCommand("PTTL", partition.record(id))).int ?? -1 > 0 }
                }
                #expect(try await store.find(id) != nil)
            }
        }
    }

    @Test("an archive that is ended lets go of what waited for it")
    func ends() async throws {
        try await LedgerFixture.with { fixture in
            let id = try await fixture.submit("waits")
            try await fixture.ledger.beginArchiving()
            try await fixture.ending { try await eventually { try await fixture.ledger.count(.refused) == 1 } }
            let partition = try #require(fixture.ledger.partition(of: id))
            try await Self.archiving(fixture, nil) {
                try await eventually { try await fixture.ledger.redis.send(RedisCommand("PTTL", partition.record(id))).int ?? -1 > 0 }
                try await eventually { try await !fixture.ledger.isArchiving() }
            }
        }
    }
}
