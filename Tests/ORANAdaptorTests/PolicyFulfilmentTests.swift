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

/// What RICs say of the policies of intents that are in effect, with a ledger in a Redis of its own.
@Suite(.timeLimit(.minutes(1))) struct PolicyFulfilmentTests {
    private static let type = "ORAN_QoSTarget_2.0.0"
    private static let notEnforced = PolicyStatus(enforcement: .notEnforced, reason: "SCOPE_NOT_APPLICABLE")
    private static let enforced = PolicyStatus(enforcement: .enforced)

    private static func put(_ number: Int) -> PolicyChange {
        PolicyChange(
            policyId: "nephoran.qos.\(number)", policyType: self.type, ric: "east", change: .put,
            document: #"{"qosObjectives":{"pdb":10},"scope":{"qosId":{"5qI":\#(number)}}}"#)
    }

    private static let share = PolicyChange(
        policyId: "nephoran.rrm.1", policyType: "RRMPolicyRatio", ric: "du-3", change: .put, document: "{}", interface: .o1)

    private static func policy(_ number: Int) -> StatusBoard.Key { .init(ric: "east", type: self.type, policy: "nephoran.qos.\(number)") }

    private static func alarm(_ severity: String, second: Int) throws -> CommonEvent {
        let time = 1_700_000_000_000_000 + second * 1_000_000
        let event: JSONValue = [
            "commonEventHeader": [
                "domain": "fault", "eventId": "f1", "eventName": "Fault_DU_linkDown", "lastEpochMicrosec": .number(Double(time)), "priority": "High",
                "reportingEntityName": "ems", "sequence": 1, "sourceName": "du-3", "startEpochMicrosec": .number(Double(time)),
                "version": "4.1", "vesEventListenerVersion": "7.2.1",
            ],
            "faultFields": [
                "alarmCondition": "linkDown", "eventSeverity": .string(severity), "eventSourceType": "port", "faultFieldsVersion": "4.0",
                "specificProblem": "F1 is down", "vfStatus": "Active",
            ],
        ]
        return try CommonEvent(event, try CommonEventFormat())
    }

    private struct Running {
        let ledger: Ledger
        let desired: DesiredPolicies
        let intents: ElementIntents
        let fulfilment: PolicyFulfilment
        let listener: EventListener

        /// An intent that is in effect with these policies.
        func fulfilled(_ changes: PolicyChange...) async throws -> IntentID {
            let id = try await self.ledger.fulfilled(changes)
            try await self.desired.settle(changes.filter { $0.interface != .o1 }, origin: id.description)
            try await self.intents.record(changes, of: id)
            return id
        }

        func verification(of id: IntentID) async throws -> Verification? { try await self.ledger.verification(of: id) }

        func state(of id: IntentID) async throws -> Verification.State? { try await self.verification(of: id)?.state }

        /// What the history has of this service.
        func details(of id: IntentID) async throws -> [String?] {
            try #require(try await self.ledger.read(id)?.record()).history.filter { $0.by == "oran-adaptor" }.map(\.detail)
        }
    }

    private func withLedger(_ body: (Running) async throws -> Void) async throws {
        let server = try await RedisServer.start(appendOnly: true)
        var configuration = LedgerConfiguration(redis: try RedisConfiguration(url: server.url))
        configuration.allowsVolatile = true
        let redis = RedisClient(configuration.redis, label: "test")
        defer {
            redis.stop()
            server.stop()
        }
        let ledger = Ledger(configuration, redis: redis)
        try await ledger.open()
        let (desired, alarms, intents) = (DesiredPolicies(redis: redis), AlarmBoard(redis: redis), ElementIntents(redis: redis, ledger: ledger))
        let fulfilment = PolicyFulfilment(desired: desired, intents: intents, alarms: alarms, degrades: .critical)
        let listener = EventListener(elements: ["du-3"], alarms: alarms, intents: intents, degrades: .critical, logger: Logger(label: "test"))
        try await body(Running(ledger: ledger, desired: desired, intents: intents, fulfilment: fulfilment, listener: listener))
    }

    @Test("a RIC's notice degrades the intent that put the policy, once and with the RIC's reason, and no other; its end is told, too")
    func notified() async throws {
        try await self.withLedger { running async throws in
            let (id, other) = (try await running.fulfilled(Self.put(1)), try await running.fulfilled(Self.put(2)))
            let address = NotificationAddress(base: "http://adaptor", secret: "s")
            let controller = NotificationController(address: address, statuses: StatusBoard(), fulfilment: running.fulfilment)
            let parts = ServiceParts(routes: { $0.addRoutes(controller.routes, atPath: "/v1/a1/notifications") }, problems: ORANProblems.mapping)
            try await Serving.run(parts) { base async throws in
                let fetcher = HTTPFetcher()
                let url = base + address.destination(ric: "east", type: Self.type, policy: "nephoran.qos.1").dropFirst("http://adaptor".count)
                func post(_ body: String) async throws -> Int {
                    try await fetcher.fetch(FetchRequest(method: "POST", url: url, headers: [("content-type", "application/json")], body: Array(body.utf8)))
                        .status
                }
                for _ in 0..<2 { #expect(try await post(#"{"enforceStatus":"NOT_ENFORCED","enforceReason":"SCOPE_NOT_APPLICABLE"}"#) == 204) }
                #expect(try await running.state(of: id) == .degraded)
                #expect(try await running.details(of: id) == ["degraded: east does not enforce nephoran.qos.1 (SCOPE_NOT_APPLICABLE)"])
                #expect(try await running.state(of: other) == .observed)
                #expect(try await post(#"{"enforceStatus":"ENFORCED"}"#) == 204)
                #expect(try await running.state(of: id) == .observed)
                #expect(try await running.details(of: id).last == "no longer degraded: east enforces nephoran.qos.1")
                #expect(try await running.ledger.read(id)?.phase == .fulfilled)
            }
        }
    }

    @Test("an intent is well again when all its policies are enforced and no alarm is left, whatever ends last")
    func several() async throws {
        try await self.withLedger { running async throws in
            let id = try await running.fulfilled(Self.put(1), Self.put(2), Self.share)
            for number in 1...2 { try await running.fulfilment.heed(Self.notEnforced, of: Self.policy(number)) }
            try await running.listener.take(try Self.alarm("CRITICAL", second: 0))
            #expect(try await running.details(of: id).count == 3)
            for number in 1...2 { try await running.fulfilment.heed(Self.enforced, of: Self.policy(number)) }
            #expect(try await running.state(of: id) == .degraded)
            try await running.listener.take(try Self.alarm("NORMAL", second: 1))
            #expect(try await running.state(of: id) == .observed)

            try await running.fulfilment.heed(Self.notEnforced, of: Self.policy(2))
            try await running.listener.take(try Self.alarm("CRITICAL", second: 2))
            try await running.listener.take(try Self.alarm("NORMAL", second: 3))
            #expect(try await running.state(of: id) == .degraded)
            try await running.fulfilment.heed(Self.enforced, of: Self.policy(1))
            #expect(try await running.state(of: id) == .degraded)
            try await running.fulfilment.heed(Self.enforced, of: Self.policy(2))
            #expect(try await running.state(of: id) == .observed)
        }
    }

    @Test("a policy that a later intent has replaced, took away or is changing, or that is put by hand, degrades no intent that had it")
    func notTheirs() async throws {
        try await self.withLedger { running async throws in
            let first = try await running.fulfilled(Self.put(1))
            let second = try await running.fulfilled(Self.put(1))
            try await running.fulfilment.heed(Self.notEnforced, of: Self.policy(1))
            #expect(try await running.state(of: first) == .observed)
            #expect(try await running.state(of: second) == .degraded)

            let third = try await running.fulfilled(Self.put(2))
            try await running.desired.begin([Self.put(2)])
            try await running.fulfilment.heed(Self.notEnforced, of: Self.policy(2))
            try await running.desired.settle([Self.put(2)], origin: "by hand")
            try await running.fulfilment.heed(Self.notEnforced, of: Self.policy(2))
            var removal = Self.put(2)
            removal.change = .delete
            try await running.desired.settle([removal], origin: third.description)
            try await running.fulfilment.heed(Self.notEnforced, of: Self.policy(2))
            #expect(try await running.state(of: third) == .observed)
            #expect(try await running.details(of: third).isEmpty)
        }
    }

    @Test("who compares asks, too: without a notification it is seen in the pass that looks at the policy")
    func asked() async throws {
        let ric = try await FakeRIC.start()
        try await self.withLedger { running async throws in
            let fleet = RICFleet([Sessions.direct(RIC(name: "east", url: ric.url), fetcher: HTTPFetcher())])
            let executor = PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue(), settings: Sessions.quick)
            let watch = DriftWatch(
                fleet: fleet, executor: executor, desired: running.desired, fulfilment: running.fulfilment, interval: .seconds(1), instance: "one",
                logger: Logger(label: "test"))
            guard case .applied = await executor.apply([Self.put(1)]) else { return #expect(Bool(false), "not applied") }
            let id = try await running.fulfilled(Self.put(1))
            await watch.compare(0)
            #expect(try await running.details(of: id).isEmpty)
            ric.setStatus(of: "nephoran.qos.1", ["enforceStatus": "NOT_ENFORCED", "enforceReason": "OTHER_REASON"])
            for pass in 1...2 { await watch.compare(pass) }
            #expect(try await running.details(of: id) == ["degraded: east does not enforce nephoran.qos.1 (OTHER_REASON)"])
            #expect(try await running.state(of: id) == .degraded)
            ric.setStatus(of: "nephoran.qos.1", ["enforceStatus": "ENFORCED"])
            await watch.compare(3)
            #expect(try await running.state(of: id) == .observed)
            #expect(ric.count(of: "PUT") == 1)
        }
        #expect(ric.violations.isEmpty, "\(ric.violations)")
        await ric.stop()
    }
}
