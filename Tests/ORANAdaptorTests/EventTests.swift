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
    private static func event(
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

        func post(_ body: String, path: String = "", authorization: String? = "Basic " + Data("ves:secret".utf8).base64EncodedString()) async throws -> (
            Int, JSONValue
        ) {
            let headers = [("content-type", "application/json")] + (authorization.map { [("authorization", $0)] } ?? [])
            let response = try await self.fetcher.fetch(
                FetchRequest(method: "POST", url: self.base + "/eventListener/v7" + path, headers: headers, body: Array(body.utf8)))
            return (response.status, response.body.isEmpty ? .null : try JSONValue(parsing: response.body))
        }

        func send(_ event: JSONValue) async throws -> Int { try await self.post(JSONValue.object(["event": event]).text).0 }
    }

    private func withListener(_ body: (Running) async throws -> Void) async throws {
        let server = try await RedisServer.start(appendOnly: true)
        var configuration = LedgerConfiguration(redis: try RedisConfiguration(url: server.url))
        configuration.allowsVolatile = true
        let redis = RedisClient(configuration.redis, label: "test")
        defer {
            redis.stop()
            server.stop()
        }
        let ledger = Ledger(configuration, redis: redis)
        let (alarms, intents) = (AlarmBoard(redis: redis), ElementIntents(redis: redis, ledger: ledger))
        let listener = EventListener(elements: ["du-3", "du-4"], alarms: alarms, intents: intents, degrades: .critical, logger: Logger(label: "test"))
        let controller = EventController(format: try CommonEventFormat(), listener: listener, credentials: .init(user: "ves", password: "secret"))
        try await Serving.run(ServiceParts(routes: { $0.addRoutes(controller.routes, atPath: "/eventListener/v7") })) { base in
            try await body(Running(base: base, fetcher: HTTPFetcher(), alarms: alarms, intents: intents, ledger: ledger))
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

    @Test("an alarm as bad as the setting says degrades the intents that configured the element, and its end is told, too; a lesser one does not")
    func degraded() async throws {
        try await self.withListener { running async throws in
            try await running.ledger.open()
            let request = try LedgerJSON.encode(IntentRequest(intent: "test"))
            guard
                case .accepted(let id, _) = try await running.ledger.accept(
                    request: request, priority: .medium, tenant: "default", by: "test", idempotencyKey: nil, digest: "")
            else { return #expect(Bool(false), "not accepted") }
            let snapshot = try #require(try await running.ledger.read(id))
            var step = Step(phase: .fulfilled, by: "test")
            step.via = [.interpreting, .planning, .rendering, .executing, .verifying]
            step.fields = [(.verification, try LedgerJSON.encode(Verification(state: .observed, checks: [], at: "")))]
            _ = try await running.ledger.step(step, on: snapshot)
            let change = PolicyChange(policyId: "nephoran.rrm.1", policyType: "RRMPolicyRatio", ric: "du-3", change: .put, document: "{}", interface: .o1)
            try await running.intents.record([change], of: id)
            func state() async throws -> Verification? { try await running.ledger.read(id)?.decode(Verification.self, .verification) }

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

    @Test("a heartbeat says that the element lives; a batch is taken whole or not at all")
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
