import Foundation
import HTTPFetch
import IntentModel
import JSONSchema
import Ledger
import Logging
import RedisClient
import ServiceRuntime
import TestSupport
import Testing

@testable import ORANAdaptor

/// The VES listener on a live socket, with a Redis of its own.
@Suite(.timeLimit(.minutes(1))) struct EventTests {
    static func event(
        _ severity: String = "CRITICAL", at: Int = 1_700_000_000_000_000, source: String = "du-3", sequence: Int = 1,
        _ change: (inout JSONValue) -> Void = { _ in }
    ) -> JSONValue {
        var event: JSONValue = [
            "commonEventHeader": [
                "domain": "fault", "eventId": "f1", "eventName": "Fault_DU_linkDown", "lastEpochMicrosec": .number(Double(at)), "priority": "High",
                "reportingEntityName": "ems", "sequence": .number(Double(sequence)), "sourceName": .string(source), "startEpochMicrosec": .number(Double(at)),
                "version": "4.1", "vesEventListenerVersion": "7.2.1",
            ],
            "faultFields": [
                "alarmCondition": "linkDown", "eventSeverity": .string(severity), "eventSourceType": "port", "faultFieldsVersion": "4.0",
                "specificProblem": "F1 is down", "vfStatus": "Active",
            ],
        ]
        change(&event)
        return event
    }

    private struct Running {
        let base: String
        let fetcher: HTTPFetcher
        let alarms: AlarmBoard
        let intents: ElementIntents
        let ledger: Ledger
        /// Where the ledger is; alarms are elsewhere.
        let server: RedisServer

        func post(_ body: String, path: String = "", authorization: String? = "Basic " + Data("ves:secret".utf8).base64EncodedString()) async throws -> (
            Int, JSONValue
        ) {
            let headers = [("content-type", "application/json")] + (authorization.map { [("authorization", $0)] } ?? [])
            let response = try await self.fetcher.fetch(
                FetchRequest(method: "POST", url: self.base + "/eventListener/v7" + path, headers: headers, body: Array(body.utf8), timeout: .seconds(30)))
            return (response.status, response.body.isEmpty ? .null : try JSONValue(parsing: response.body))
        }

        func send(_ event: JSONValue) async throws -> Int { try await self.post(JSONValue.object(["event": event]).text).0 }

        static func change(at element: String) -> PolicyChange {
            PolicyChange(policyId: "nephoran.rrm.1", policyType: "RRMPolicyRatio", ric: element, change: .put, document: "{}", interface: .o1)
        }

        /// An intent that is in effect at these elements.
        func fulfilled(at elements: String...) async throws -> IntentID {
            let changes = elements.map(Self.change)
            let id = try await self.ledger.fulfilled(changes)
            try await self.intents.record(changes, of: id)
            return id
        }

        func verification(of id: IntentID) async throws -> Verification? { try await self.ledger.verification(of: id) }

        /// What the history has of this service.
        func details(of id: IntentID) async throws -> [String?] {
            try #require(try await self.ledger.read(id)?.record()).history.filter { $0.by == "oran-adaptor" }.map(\.detail)
        }
    }

    private func withListener(_ body: (Running) async throws -> Void) async throws {
        let (server, other) = (try await RedisServer.start(appendOnly: true), try await RedisServer.start(appendOnly: false))
        var configuration = LedgerConfiguration(redis: try RedisConfiguration(url: server.url))
        configuration.allowsVolatile = true
        let (redis, board) = (RedisClient(configuration.redis, label: "test"), try other.client())
        defer {
            redis.stop()
            board.stop()
            server.stop()
            other.stop()
        }
        let ledger = Ledger(configuration, redis: redis)
        try await ledger.open()
        let (alarms, intents) = (AlarmBoard(redis: board), ElementIntents(redis: redis, ledger: ledger))
        let listener = EventListener(elements: ["du-3", "du-4"], alarms: alarms, intents: intents, degrades: .critical, logger: Logger(label: "test"))
        let controller = EventController(format: try CommonEventFormat(), listener: listener, credentials: { .init(user: "ves", password: "secret") })
        let parts = ServiceParts(routes: { $0.addRoutes(controller.routes, atPath: "/eventListener/v7") }, problems: ORANProblems.mapping)
        try await Serving.run(parts) { base in
            try await body(Running(base: base, fetcher: HTTPFetcher(), alarms: alarms, intents: intents, ledger: ledger, server: server))
        }
    }

    @Test("a fault raises an alarm of its element, a later one changes it, NORMAL clears it; what was overtaken or repeated changes nothing")
    func lifecycle() async throws {
        try await self.withListener { running async throws in
            #expect(try await running.send(Self.event("MAJOR", at: 1_700_000_000_000_000)) == 202)
            #expect(try await running.send(Self.event("CRITICAL", at: 1_700_000_001_000_000)) == 202)
            #expect(try await running.send(Self.event("MINOR", at: 1_700_000_000_500_000)) == 202)
            let alarms = try await running.alarms.alarms(of: "du-3")
            #expect(alarms.map(\.severity) == [.critical] && alarms.map(\.condition) == ["linkDown"])
            #expect(alarms.map(\.raisedAt) == ["2023-11-14T22:13:20.000Z"] && alarms.map(\.changedAt) == ["2023-11-14T22:13:21.000Z"])
            #expect(try await running.alarms.lastHeard("du-3") != nil)
            #expect(try await running.alarms.alarms(of: "du-4").isEmpty)
            #expect(try await running.alarms.lastHeard("du-4") == nil)
            // Another interface is another trouble; a stranger's is nobody's.
            #expect(try await running.send(Self.event("WARNING") { $0["faultFields"]?["alarmInterfaceA"] = "eth1" }) == 202)
            #expect(try await running.send(Self.event(source: "unknown")) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").map(\.severity) == [.critical, .warning])
            #expect(try await running.send(Self.event("NORMAL", at: 1_700_000_002_000_000)) == 202)
            #expect(try await running.send(Self.event("CRITICAL", at: 1_700_000_001_000_000)) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").map(\.severity) == [.warning])
        }
    }

    private static func standard(_ kind: String, _ severity: String?, at: Int, alarm: JSONValue = "4711", _ more: [String: JSONValue] = [:]) -> JSONValue {
        var data: [String: JSONValue] = [
            "href": "https://du-3.example/ManagedElement=1/GNBDUFunction=1/NRCellDU=5", "notificationId": 12, "notificationType": .string(kind),
            "eventTime": "2026-01-01T00:00:00Z", "systemDN": "ManagedElement=1", "alarmId": alarm, "alarmType": "COMMUNICATIONS_ALARM",
            "probableCause": "LOSS_OF_SIGNAL",
        ]
        data["perceivedSeverity"] = severity.map { .string($0) }
        data.merge(more) { _, new in new }
        return Self.event(at: at) {
            $0["faultFields"] = nil
            $0["commonEventHeader"]?["domain"] = "stndDefined"
            $0["commonEventHeader"]?["stndDefinedNamespace"] = "3GPP-FaultSupervision"
            $0["stndDefinedFields"] = ["stndDefinedFieldsVersion": "1.0", "data": .object(data)]
        }
    }

    @Test("3GPP's notifications of alarms raise, change and clear one alarm, known by its identifier, and degrade the intents like any other")
    func standardDefined() async throws {
        try await self.withListener { running async throws in
            let id = try await running.fulfilled(at: "du-3")
            let start = 1_700_000_000_000_000
            #expect(try await running.send(Self.standard("notifyNewAlarm", "MAJOR", at: start, ["specificProblem": "F1 is down"])) == 202)
            #expect(try await running.send(Self.standard("notifyNewAlarm", "MINOR", at: start, alarm: 4712)) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").map(\.severity) == [.major, .minor])
            #expect(try await running.send(Self.standard("notifyChangedAlarm", "CRITICAL", at: start + 1_000_000)) == 202)
            let worst = try #require(try await running.alarms.alarms(of: "du-3").first)
            #expect(worst.severity == .critical && worst.specificProblem == "F1 is down" && worst.condition == "LOSS_OF_SIGNAL")
            #expect(worst.sourceType == "COMMUNICATIONS_ALARM" && worst.interface?.hasSuffix("NRCellDU=5") == true)
            #expect(try await running.verification(of: id)?.state == .degraded)
            #expect(try await running.send(Self.standard("notifyAckStateChanged", nil, at: start + 2_000_000)) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").count == 2)
            #expect(try await running.send(Self.standard("notifyClearedAlarm", "CLEARED", at: start + 3_000_000)) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").map(\.severity) == [.minor])
            #expect(try await running.verification(of: id)?.state == .observed)
            #expect(try await running.send(Self.standard("notifyClearedAlarm", nil, at: start + 3_000_000, alarm: 4712)) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").isEmpty)

            // What does not say which alarm, or how bad it is, is refused; what is of another standard is taken and heeded by nobody.
            let broken: [(inout JSONValue) -> Void] = [
                { $0["stndDefinedFields"]?["data"]?["alarmId"] = nil }, { $0["stndDefinedFields"]?["data"]?["perceivedSeverity"] = "BAD" },
                { $0["stndDefinedFields"]?["data"]?["notificationType"] = nil }, { $0["stndDefinedFields"]?["stndDefinedFieldsVersion"] = "9.0" },
                { $0["stndDefinedFields"]?["data"] = nil }, { $0["stndDefinedFields"] = nil }, { $0["stndDefinedFields"]?["more"] = 1 },
            ]
            for change in broken {
                var event = Self.standard("notifyNewAlarm", "CRITICAL", at: start + 4_000_000)
                change(&event)
                #expect(try await running.send(event) == 400, "\(event.text)")
            }
            var foreign = Self.standard("notifyNewAlarm", "CRITICAL", at: start + 4_000_000)
            foreign["commonEventHeader"]?["stndDefinedNamespace"] = "3GPP-Heartbeat"
            #expect(try await running.send(foreign) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").isEmpty)
        }
    }

    @Test("an event of a clock that is years ahead silences none that come once the clock is right; one that is a moment ahead is in its order")
    func clocks() async throws {
        try await self.withListener { running async throws in
            let now = Int(Timestamp.now()) * 1_000
            let years = 10 * 365 * 86_400 * 1_000_000
            #expect(try await running.send(Self.event("CRITICAL", at: now + years)) == 202)
            #expect(try await running.send(Self.event("MAJOR", at: now + years - 1_000_000)) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").map(\.severity) == [.critical], "by its own clock it is older")
            #expect(try await running.send(Self.event("MINOR", at: now)) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").map(\.severity) == [.minor])
            #expect(try await running.send(Self.event("MAJOR", at: now + 60_000_000)) == 202)
            #expect(try await running.send(Self.event("WARNING", at: now + 30_000_000)) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").map(\.severity) == [.major])
            #expect(try await running.send(Self.event("NORMAL", at: now + 61_000_000)) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").isEmpty)
        }
    }

    @Test("an alarm as bad as the setting says degrades the intents that configured the element, and its end is told, too; a lesser one does not")
    func degraded() async throws {
        try await self.withListener { running async throws in
            let id = try await running.fulfilled(at: "du-3")
            func state() async throws -> Verification? { try await running.verification(of: id) }

            #expect(try await running.send(Self.event("MAJOR", at: 1_700_000_000_000_000)) == 202)
            #expect(try await state()?.state == .observed)
            #expect(try await running.send(Self.event("CRITICAL", at: 1_700_000_001_000_000)) == 202)
            #expect(try await state()?.state == .degraded)
            #expect(try await state()?.checks.last == "degraded: du-3 reports linkDown (CRITICAL): F1 is down")
            #expect(try await running.ledger.read(id)?.phase == .fulfilled)
            #expect(try await running.send(Self.event("NORMAL", at: 1_700_000_002_000_000)) == 202)
            #expect(try await state()?.state == .observed)
            let history = try #require(try await running.ledger.read(id)?.record()).history
            #expect(
                history.suffix(2).map(\.detail) == ["degraded: du-3 reports linkDown (CRITICAL): F1 is down", "no longer degraded: linkDown of du-3 is over"])
        }
    }

    @Test("what could not be told of an alarm is told when the event is sent again, and once")
    func repeated() async throws {
        try await self.withListener { running async throws in
            let id = try await running.fulfilled(at: "du-3")
            running.server.kill()
            #expect(try await running.send(Self.event()) == 503)
            #expect(try await running.alarms.alarms(of: "du-3").count == 1)
            try await running.server.restart()
            let deadline = ContinuousClock.now + .seconds(20)
            while try await running.send(Self.event()) != 202, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
            for _ in 0..<2 { #expect(try await running.send(Self.event()) == 202) }
            #expect(try await running.verification(of: id)?.state == .degraded)
            #expect(try await running.details(of: id) == ["degraded: du-3 reports linkDown (CRITICAL): F1 is down"])
            // Another trouble between them changes nothing of that.
            let other = Self.event { $0["faultFields"]?["alarmCondition"] = "fanFailure" }
            for event in [other, Self.event(), other] { #expect(try await running.send(event) == 202) }
            #expect(try await running.details(of: id).count == 2)
            #expect(try await running.verification(of: id)?.checks.count == 2)
        }
    }

    @Test("an intent at two elements is degraded until neither is in trouble")
    func twoElements() async throws {
        try await self.withListener { running async throws in
            let id = try await running.fulfilled(at: "du-3", "du-4")
            for element in ["du-3", "du-4"] { #expect(try await running.send(Self.event(source: element)) == 202) }
            #expect(try await running.send(Self.event("NORMAL", at: 1_700_000_001_000_000, source: "du-4")) == 202)
            #expect(try await running.verification(of: id)?.state == .degraded)
            #expect(try await running.send(Self.event("NORMAL", at: 1_700_000_001_000_000, source: "du-3")) == 202)
            #expect(try await running.verification(of: id)?.state == .observed)
            #expect(try await running.details(of: id).last == "no longer degraded: linkDown of du-3 is over")
        }
    }

    @Test("an alarm that comes and goes leaves the state true and the history short")
    func flapping() async throws {
        try await self.withListener { running async throws in
            let id = try await running.fulfilled(at: "du-3")
            for second in 0..<41 {
                let severity = second.isMultiple(of: 2) ? "CRITICAL" : "NORMAL"
                #expect(try await running.send(Self.event(severity, at: 1_700_000_000_000_000 + second * 1_000_000)) == 202)
            }
            #expect(try await running.verification(of: id)?.state == .degraded)
            #expect(try await running.details(of: id).count == 20)
        }
    }

    @Test("an object that an intent changed is again the earlier one's when that is undone")
    func undone() async throws {
        try await self.withListener { running async throws in
            let (first, second) = (try await running.fulfilled(at: "du-3"), try await running.fulfilled(at: "du-3"))
            #expect(try await running.send(Self.event()) == 202)
            #expect(try await running.verification(of: first)?.state == .observed)
            #expect(try await running.verification(of: second)?.state == .degraded)
            try await running.intents.undo([Running.change(at: "du-3")], of: second)
            #expect(try await running.send(Self.event { $0["faultFields"]?["alarmCondition"] = "fanFailure" }) == 202)
            #expect(try await running.verification(of: first)?.state == .degraded)
            #expect(try await running.verification(of: second)?.checks.count == 1)
        }
    }

    @Test("an event from the future is taken for one of now, so that what comes after it is not old for ever")
    func future() async throws {
        let year2200 = 7_258_118_400_000_000
        try await self.withListener { running async throws in
            #expect(try await running.send(Self.event("CRITICAL", at: year2200)) == 202)
            let alarm = try #require(try await running.alarms.alarms(of: "du-3").first)
            #expect(alarm.raisedAt < Timestamp.text(Timestamp.now() + 301_000))
            #expect(try await running.send(Self.event("NORMAL", at: Int(Timestamp.now()) * 1_000, sequence: 2)) == 202)
            #expect(try await running.alarms.alarms(of: "du-3").isEmpty)

            // What was kept with such a time already is not for ever either.
            let kept = try CommonEvent(Self.event("CRITICAL", at: year2200), try CommonEventFormat())
            _ = try await running.alarms.record(try #require(kept.fault), of: kept, at: "du-4", now: Int64(year2200 / 1_000))
            #expect(try await running.alarms.alarms(of: "du-4").map(\.raisedAt) == ["2200-01-01T00:00:00.000Z"])
            #expect(try await running.send(Self.event("NORMAL", at: Int(Timestamp.now()) * 1_000, source: "du-4")) == 202)
            #expect(try await running.alarms.alarms(of: "du-4").isEmpty)
        }
    }

    @Test("a board that is full of what is not over says so, and has room again when something is")
    func full() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = try server.client()
        defer {
            redis.stop()
            server.stop()
        }
        let (board, format) = (AlarmBoard(redis: redis, limit: 2), try CommonEventFormat())
        func record(_ condition: String, _ severity: String, second: Int = 0) async throws -> AlarmBoard.Change {
            let event = Self.event(severity, at: 1_700_000_000_000_000 + second * 1_000_000) { $0["faultFields"]?["alarmCondition"] = .string(condition) }
            let read = try CommonEvent(event, format)
            return try await board.record(try #require(read.fault), of: read, at: "du-3")
        }
        for condition in ["a", "b"] { #expect(try await record(condition, "CRITICAL") == .severity(from: .normal, to: .critical)) }
        #expect(try await record("c", "CRITICAL") == .full)
        #expect(try await record("a", "NORMAL", second: 1) == .severity(from: .critical, to: .normal))
        #expect(try await record("c", "CRITICAL", second: 1) == .severity(from: .normal, to: .critical))
        #expect(try await board.alarms(of: "du-3").map(\.condition).sorted() == ["b", "c"])
    }

    @Test("a heartbeat says that the element lives; what is none refuses a batch whole")
    func heartbeat() async throws {
        try await self.withListener { running async throws in
            var heartbeat = Self.event(source: "du-4")
            heartbeat["faultFields"] = nil
            heartbeat["commonEventHeader"]?["domain"] = "heartbeat"
            heartbeat["heartbeatFields"] = ["heartbeatFieldsVersion": "3.0", "heartbeatInterval": 30]
            var bad = heartbeat
            bad["heartbeatFields"]?["heartbeatInterval"] = "soon"
            #expect(try await running.post(JSONValue.object(["eventList": [heartbeat, bad]]).text, path: "/eventBatch").0 == 400)
            #expect(try await running.alarms.lastHeard("du-4") == nil)
            #expect(try await running.post(JSONValue.object(["eventList": [heartbeat, Self.event()]]).text, path: "/eventBatch").0 == 202)
            #expect(try await running.alarms.lastHeard("du-4") != nil)
            #expect(try await running.alarms.alarms(of: "du-3").count == 1)
        }
    }

    @Test("what is no event of the format is refused as the specification has it, and who may not send is, too")
    func refused() async throws {
        try await self.withListener { running async throws in
            let broken: [(inout JSONValue) -> Void] = [
                { $0["commonEventHeader"]?["domain"] = "weather" }, { $0["commonEventHeader"]?["sourceName"] = nil },
                { $0["faultFields"]?["eventSeverity"] = "BAD" }, { $0["faultFields"] = nil }, { $0["more"] = 1 },
                { $0["commonEventHeader"]?["version"] = "3.0" }, { $0["heartbeatFields"] = ["heartbeatFieldsVersion": "3.0", "heartbeatInterval": 1] },
            ]
            for change in broken {
                let event = Self.event { change(&$0) }
                let (status, body) = try await running.post(JSONValue.object(["event": event]).text)
                #expect(status == 400 && body["requestError"]?["serviceException"]?["messageId"]?.string == "SVC0002", "\(event.text)")
            }
            for body in ["no JSON", "{}", "[]", #"{"event":{},"x":1}"#, #"{"eventList":[]}"#] { #expect(try await running.post(body).0 == 400) }
            let good = JSONValue.object(["event": Self.event()]).text
            for authorization in [nil, "Basic !", "Basic " + Data("ves:wrong".utf8).base64EncodedString(), "Bearer secret"] {
                let (status, body) = try await running.post(good, authorization: authorization)
                #expect(status == 401 && body["requestError"]?["policyException"]?["messageId"]?.string == "POL0001")
            }
            #expect(try await running.post("\"" + String(repeating: "x", count: 2 << 20) + "\"").0 == 413)
            #expect(try await running.alarms.alarms(of: "du-3").isEmpty)
        }
    }
}
