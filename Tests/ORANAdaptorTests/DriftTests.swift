import HTTPFetch
import IntentModel
import JSONSchema
import Logging
import RedisClient
import TestSupport
import Testing

@testable import ORANAdaptor

@Suite struct DriftTests {
    private static let type = "ORAN_QoSTarget_2.0.0"

    private static func change(_ change: PolicyChange.Change, _ id: String, _ pdb: Int = 10) -> PolicyChange {
        PolicyChange(
            policyId: id, policyType: self.type, ric: "east", change: change,
            document: change == .delete ? "" : #"{"qosObjectives":{"pdb":\#(pdb)},"scope":{"qosId":{"5qI":82}}}"#)
    }

    private func withWatch(_ body: (FakeRIC, PolicyExecutor, DesiredPolicies, DriftWatch) async throws -> Void) async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = RedisClient(try RedisConfiguration(url: server.url), label: "test")
        let ric = try await FakeRIC.start()
        defer {
            redis.stop()
            server.stop()
        }
        let fleet = RICFleet([Sessions.direct(RIC(name: "east", url: ric.url), fetcher: HTTPFetcher())])
        let executor = PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue(), settings: Sessions.quick)
        let desired = DesiredPolicies(redis: redis)
        let watch = DriftWatch(
            fleet: fleet, executor: executor, desired: desired, interval: .seconds(1), instance: "one", logger: Logger(label: "test"))
        try await body(ric, executor, desired, watch)
        #expect(ric.violations.isEmpty, "\(ric.violations)")
        await ric.stop()
    }

    private func apply(_ changes: [PolicyChange], _ executor: PolicyExecutor, _ desired: DesiredPolicies) async throws {
        try await desired.begin(changes)
        guard case .applied = await executor.apply(changes) else { return #expect(Bool(false), "not applied") }
        try await desired.settle(changes, origin: "test")
    }

    @Test("a RIC that lost its policies gets them again, once each; those of others, and deleted ones, stay as they are")
    func restart() async throws {
        try await self.withWatch { ric, executor, desired, watch in
            try await self.apply((0..<40).map { Self.change(.put, "nephoran.qos.\($0)") }, executor, desired)
            try await self.apply([Self.change(.delete, "nephoran.qos.7")], executor, desired)
            let before = ric.policies
            #expect(before.count == 39)
            await watch.compare(0)
            #expect(ric.count(of: "PUT") == 40, "nothing is put again while everything is there")
            ric.forgetPolicies()
            ric.hold(["qosObjectives": ["pdb": 1], "scope": ["qosId": ["5qI": 9]]], as: "theirs", of: Self.type)
            await watch.compare(1)
            #expect(ric.policies.filter { $0.key != "theirs" } == before)
            #expect(ric.policies["theirs"] != nil)
            #expect(ric.count(of: "PUT") == 79)
            #expect(ric.count(of: "DELETE") == 1)
        }
    }

    @Test("a policy that somebody changed behind our back is put back; a foreign document is not taken over")
    func changedByHand() async throws {
        try await self.withWatch { ric, executor, desired, watch in
            try await self.apply([Self.change(.put, "nephoran.qos.1")], executor, desired)
            let before = ric.policies
            ric.hold(["qosObjectives": ["pdb": 99], "scope": ["qosId": ["5qI": 82]]], as: "nephoran.qos.1", of: Self.type)
            await watch.compare(0)
            #expect(ric.policies == before)
        }
    }

    @Test("what an intent is changing is left alone until it is settled, or the announcement is void")
    func changing() async throws {
        try await self.withWatch { ric, executor, desired, watch in
            try await self.apply([Self.change(.put, "nephoran.qos.1")], executor, desired)
            try await desired.begin([Self.change(.put, "nephoran.qos.1", 20)])
            ric.forgetPolicies()
            await watch.compare(0)
            #expect(ric.policies.isEmpty)
            try await desired.abandon([Self.change(.put, "nephoran.qos.1", 20)])
            await watch.compare(1)
            #expect(ric.policies["nephoran.qos.1"]?["qosObjectives"] == ["pdb": 10])
            try await desired.begin([Self.change(.put, "nephoran.qos.1", 20)], at: 0)
            ric.forgetPolicies()
            await watch.compare(2)
            #expect(ric.policies.count == 1, "who announced it has not been heard of for long")
        }
    }

    @Test("of two instances one compares")
    func instances() async throws {
        try await self.withWatch { ric, _, desired, _ in
            #expect(try await desired.claims("east", as: "one", for: .seconds(60)))
            #expect(try await desired.claims("east", as: "one", for: .seconds(60)))
            #expect(try await desired.claims("east", as: "two", for: .seconds(60)) == false)
            #expect(try await desired.claims("west", as: "two", for: .milliseconds(20)))
            // Until the claim of the other is over.
            let end = ContinuousClock.now + .seconds(10)
            var isFree = false
            while !isFree, ContinuousClock.now < end { isFree = try await desired.claims("west", as: "one", for: .seconds(60)) }
            #expect(isFree)
        }
    }
}
