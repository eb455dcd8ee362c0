import HTTPFetch
import Hummingbird
import IntentModel
import JSONSchema
import RedisClient
import Resilience
import Synchronization
import TestSupport
import Testing

@testable import ORANAdaptor

/// Peers that are not a plain A1-P v2 RIC: the O-RAN SC's, types of their own, the management service.
@Suite struct RICVariantTests {
    private static let sla = "ORAN_SliceSLATarget_1.0.0"
    private static let document =
        #"{"scope":{"sliceId":{"plmnId":{"mcc":"310","mnc":"410"},"sd":"000001","sst":2}},"sliceSlaObjectives":{"guaDlThptPerSlice":50000}}"#
    private static let own: JSONValue = [
        "name": "sla", "description": "own", "policy_type_id": 20008,
        "create_schema": [
            "type": "object", "required": ["slice", "kbps"], "additionalProperties": false,
            "properties": ["slice": ["type": "object"], "kbps": ["type": "integer", "maximum": 100_000]],
        ],
    ]
    private static let template = PolicyTemplate(
        type: "20008", standard: sla, document: ["slice": "${scope.sliceId}", "kbps": "${sliceSlaObjectives.guaDlThptPerSlice}"])

    private static func put(_ document: String = document, ric: String? = nil) -> PolicyChange {
        PolicyChange(policyId: "nephoran.slice-sla.sst-2", policyType: sla, ric: ric, change: .put, document: document)
    }

    @Test("a RIC with numbers for types and a root of its own is recognised, and takes standard policies through a template")
    func osc() async throws {
        let ric = try await FakeRIC.start(types: ["20008": Self.own], variant: .osc)
        let session = Sessions.direct(RIC(name: "west", url: ric.url), fetcher: HTTPFetcher(), templates: [Self.template])
        let fleet = RICFleet([session])
        let executor = PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue(), settings: Sessions.quick)
        #expect(await session.report().policyTypes == [Self.sla])

        guard case .applied(let policies) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "not applied") }
        #expect(policies.map(\.policyType) == [Self.sla])
        #expect(policies.map(\.enforceStatus) == ["ENFORCED"])
        #expect(
            ric.policies == ["nephoran.slice-sla.sst-2": ["slice": ["plmnId": ["mcc": "310", "mnc": "410"], "sd": "000001", "sst": 2], "kbps": 50_000]])
        #expect(try await PolicyInventory(fleet: fleet).policies().items.map(\.policyType) == [Self.sla])
        // Read back, it is the standard document: a repeat changes nothing.
        #expect(try await session.client.policy("nephoran.slice-sla.sst-2", of: Self.sla)?.text == Self.document)
        guard case .applied(let again) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "not applied") }
        #expect(again.map(\.change) == [.none])
        #expect(ric.count(of: "PUT") == 1)

        // The RIC's own schema judges what the template made.
        guard case .failed(let problem) = await executor.apply([Self.put(Self.document.replacing("50000", with: "200000"))]) else {
            return #expect(Bool(false), "not refused")
        }
        #expect(problem.code == "a1_rejected" && problem.detail.contains("kbps"))
        guard case .failed(let dropped) = await executor.apply([Self.put(Self.document.replacing("guaDlThptPerSlice", with: "maxDlThptPerSlice"))]) else {
            return #expect(Bool(false), "not refused")
        }
        #expect(dropped.detail.contains("no place for sliceSlaObjectives.maxDlThptPerSlice"))
        #expect(ric.count(of: "PUT") == 1)

        let delete = PolicyChange(policyId: "nephoran.slice-sla.sst-2", policyType: Self.sla, ric: "west", change: .delete, document: "")
        guard case .applied(let deleted) = await executor.apply([delete]) else { return #expect(Bool(false), "not deleted") }
        #expect(deleted.map(\.change) == [.delete])
        #expect(ric.policies.isEmpty)
        await ric.stop()
    }

    @Test("the RICs behind the management service are found, and take policies under identifiers of their own")
    func pms() async throws {
        let pms = try await FakePMS.start(rics: ["ric_b", "ric-a"])
        let fleet = Sessions.fleet(behind: pms.url, fetcher: HTTPFetcher())
        let executor = PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue(), settings: Sessions.quick)
        let inventory = PolicyInventory(fleet: fleet)
        #expect(await inventory.overview().rics.map(\.name) == ["ric-a", "ric_b"])

        guard case .applied(let policies) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "not applied") }
        #expect(policies.map(\.ric) == ["ric-a", "ric_b"])
        #expect(policies.map(\.enforceStatus) == ["ENFORCED", "ENFORCED"])
        #expect(Set(pms.policies.keys) == ["nephoran.slice-sla.sst-2.at.ric-a", "nephoran.slice-sla.sst-2.at.ric_b"])
        #expect(pms.services == ["nephoran"])
        #expect(try await inventory.policies(ric: "ric_b").items.map(\.policyId) == ["nephoran.slice-sla.sst-2"])

        guard case .applied(let again) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "not applied") }
        #expect(again.map(\.change) == [.none, .none])
        guard case .applied = await executor.apply([Self.put(Self.document.replacing("50000", with: "60000"), ric: "ric_b")]) else {
            return #expect(Bool(false), "not replaced")
        }
        #expect(pms.policies["nephoran.slice-sla.sst-2.at.ric_b"]?["sliceSlaObjectives"]?["guaDlThptPerSlice"] == 60_000)

        // 423 while the RIC synchronises is a matter of time.
        pms.setState(of: "ric-a", "SYNCHRONIZING")
        let delete = PolicyChange(policyId: "nephoran.slice-sla.sst-2", policyType: Self.sla, change: .delete, document: "")
        guard case .retry(let reason, _) = await executor.apply([delete]) else { return #expect(Bool(false), "no retry") }
        #expect(reason.contains("423"))
        pms.setState(of: "ric-a", "AVAILABLE")
        guard case .applied = await executor.apply([delete]) else { return #expect(Bool(false), "not deleted") }
        #expect(pms.policies.isEmpty)
        #expect(pms.violations.isEmpty, "\(pms.violations)")
        await pms.stop()
    }

    @Test("while the management service does not answer, the last known RICs are still there, and one never seen is no empty list")
    func pmsDown() async throws {
        let pms = try await FakePMS.start(rics: ["a"])
        let (seen, unseen) = (Sessions.fleet(behind: pms.url, fetcher: HTTPFetcher()), Sessions.fleet(behind: pms.url, fetcher: HTTPFetcher()))
        #expect(try await seen.sessions().count == 1)
        await pms.stop()
        // The list has no age, and stands for want of a newer one.
        #expect(try await seen.sessions().count == 1)
        await #expect(throws: A1Error.self) { try await unseen.sessions() }
        let executor = PolicyExecutor(fleet: unseen, catalogue: try PolicyTypeCatalogue(), settings: Sessions.quick)
        guard case .retry = await executor.apply([Self.put()]) else { return #expect(Bool(false), "no retry") }
    }

    @Test("before the management service was read, own RICs are served, and what is for others or for all waits and is not final")
    func pmsNotYetRead() async throws {
        let (pms, east) = (try await FakePMS.start(rics: ["west"]), try await FakeRIC.start())
        let url = pms.url
        await pms.stop()
        let fetcher = HTTPFetcher()
        let fleet = Sessions.fleet([Sessions.direct(RIC(name: "east", url: east.url), fetcher: fetcher)], behind: url, fetcher: fetcher)
        let executor = PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue(), settings: Sessions.quick)
        #expect(try await fleet.sessions().map(\.ric.name) == ["east"])
        let inventory = PolicyInventory(fleet: fleet)
        let early = await inventory.overview()
        #expect(early.rics.map(\.name) == ["east"] && early.incomplete != nil && early.awaited == true)
        #expect(early.managementService?.url == url && early.managementService?.state == .unavailable)
        #expect(await fleet.silence() != nil)
        await #expect(throws: A1Error.self) { try await fleet.session(named: "west") }

        guard case .retry(let reason, _) = await executor.apply([Self.put(ric: "west")]) else { return #expect(Bool(false), "no retry") }
        #expect(reason.contains("west"))
        guard case .retry = await executor.apply([Self.put()]) else { return #expect(Bool(false), "it is taken for made") }
        guard case .applied = await executor.apply([Self.put(ric: "east")]) else { return #expect(Bool(false), "not applied") }

        try await pms.restart()
        // A connection may be refused once more, or the breaker be open for a moment.
        var policies: [AppliedPolicy] = []
        try await eventually(within: .seconds(20)) {
            guard case .applied(let made) = await executor.apply([Self.put()]) else { return false }
            policies = made
            return true
        }
        #expect(policies.map(\.ric) == ["east", "west"])
        let late = await inventory.overview()
        #expect(late.rics.map(\.name) == ["east", "west"] && late.incomplete == nil && late.awaited == nil)
        #expect(east.count(of: "PUT") == 1 && pms.policies.count == 1)
        await pms.stop()
        await east.stop()
    }

    @Test("a management service that names fewer RICs than before may name the rest later; what it named is all otherwise, from its first answer on")
    func pmsStarts() async throws {
        let pms = try await FakePMS.start(rics: ["a", "b"])
        let catalogue = try PolicyTypeCatalogue()
        let fleet = Sessions.fleet(behind: pms.url, fetcher: HTTPFetcher(), settling: .seconds(600))
        let executor = PolicyExecutor(fleet: fleet, catalogue: catalogue, settings: Sessions.quick)
        guard case .failed(let problem) = await executor.apply([Self.put(ric: "c")]) else { return #expect(Bool(false), "it is waited for") }
        #expect(problem.code == "a1_not_found")

        pms.forget("b")
        guard case .retry(let reason, _) = await executor.apply([Self.put(ric: "b")]) else { return #expect(Bool(false), "no retry") }
        #expect(reason.contains("not all RICs are known yet"))
        guard case .retry = await executor.apply([Self.put()]) else { return #expect(Bool(false), "it is taken for made") }
        pms.setState(of: "b", "AVAILABLE")
        guard case .applied = await executor.apply([Self.put(ric: "b")]) else { return #expect(Bool(false), "not applied") }
        #expect(Set(pms.policies.keys) == ["nephoran.slice-sla.sst-2.at.a", "nephoran.slice-sla.sst-2.at.b"])
        guard case .failed = await executor.apply([Self.put(ric: "c")]) else { return #expect(Bool(false), "there is doubt still") }
        await pms.stop()
    }

    @Test("what is for RICs of the setting is done at once, however long a management service says nothing, and it is not even asked")
    func pmsSilent() async throws {
        // It takes requests, and that is all.
        let requests = Atomic(0)
        let router = Router()
        router.get("**") { _, _ -> Response in
            requests.add(1, ordering: .relaxed)
            try await Task.sleep(for: .seconds(60))
            return Response(status: .ok)
        }
        let silent = try await LoopbackServer.start(router)
        let east = try await FakeRIC.start()
        let fetcher = HTTPFetcher()
        let fleet = Sessions.fleet([Sessions.direct(RIC(name: "east", url: east.url), fetcher: fetcher)], behind: silent.url, fetcher: fetcher)
        let executor = PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue(), settings: Sessions.quick)
        guard case .applied = await executor.apply([Self.put(ric: "east")]) else { return #expect(Bool(false), "not applied") }
        #expect(requests.load(ordering: .relaxed) == 0)
        guard case .retry = await executor.apply([Self.put()]) else { return #expect(Bool(false), "it is taken for made") }
        #expect(await fleet.silence() != nil && east.count(of: "PUT") == 1)
        fetcher.stop()
        await silent.stop()
        await east.stop()
    }

    @Test("the RICs that a management service named are known after a restart while it does not answer; those of one at another address are not")
    func pmsRemembered() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = RedisClient(try RedisConfiguration(url: server.url), label: "test")
        let pms = try await FakePMS.start(rics: ["a", "b"])
        let url = pms.url
        func fleet(_ service: String = url) -> RICFleet {
            Sessions.fleet(behind: service, fetcher: HTTPFetcher(), memory: RICMemory(redis: redis, service: service))
        }
        #expect(try await fleet().sessions().map(\.ric.name) == ["a", "b"])
        await pms.stop()
        let restarted = fleet()
        let roster = await restarted.roster()
        #expect(roster.sessions.map(\.ric.name) == ["a", "b"] && roster.isSilent && !roster.isUnread && !roster.isAwaited)
        #expect(await PolicyInventory(fleet: restarted).overview().incomplete == nil)
        #expect(await fleet("http://127.0.0.1:1").roster().isUnread)

        try await pms.restart()
        // A connection may be refused once more, or the breaker be open for a moment.
        try await eventually(within: .seconds(20)) { await restarted.roster().doubt == nil }
        pms.forget("a")
        #expect(await fleet().roster().sessions.map(\.ric.name) == ["b"])
        await pms.stop()
        #expect(await fleet().roster().sessions.map(\.ric.name) == ["b"], "it went before, and is not waited for any more")
        redis.stop()
        server.stop()
    }

    @Test("a new policy that shares its scope with somebody else's is refused before it is sent; replacing ours is not")
    func scopeConflict() async throws {
        let ric = try await FakeRIC.start()
        ric.hold(try JSONValue(parsing: Self.document.replacing("50000", with: "10")), as: "theirs", of: Self.sla)
        let session = Sessions.direct(RIC(name: "east", url: ric.url), fetcher: HTTPFetcher())
        let executor = PolicyExecutor(fleet: RICFleet([session]), catalogue: try PolicyTypeCatalogue(), settings: Sessions.quick)
        guard case .failed(let problem) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "not refused") }
        #expect(problem.code == "a1_conflict" && problem.detail.contains("theirs"))
        #expect(ric.count(of: "PUT") == 0)

        ric.hold(try JSONValue(parsing: Self.document), as: "nephoran.slice-sla.sst-2", of: Self.sla)
        guard case .applied(let replaced) = await executor.apply([Self.put(Self.document.replacing("50000", with: "70000"))]) else {
            return #expect(Bool(false), "not replaced")
        }
        #expect(replaced.map(\.change) == [.put])
        #expect(ric.policies["theirs"] != nil)
        #expect(ric.violations.isEmpty, "\(ric.violations)")
        await ric.stop()
    }

    @Test("a foreign policy that has moved to another scope is no conflict any more, and one that moved here is")
    func movedScope() async throws {
        let ric = try await FakeRIC.start()
        let (here, elsewhere) = (try JSONValue(parsing: Self.document), try JSONValue(parsing: Self.document.replacing("000001", with: "00000f")))
        ric.hold(elsewhere, as: "theirs", of: Self.sla)
        let session = RICSession(upstream: Upstream("a1/east", Sessions.configuration()), listingAge: .zero) { timeout in
            let transport = A1Transport(
                ric: "east", root: ric.url, fetcher: HTTPFetcher(), upstream: Upstream("a1/east", Sessions.configuration()), timeout: timeout)
            return A1Client(ric: RIC(name: "east", url: ric.url), transport: transport, root: A1Root(nil))
        }
        let scope = try #require(here["scope"])
        #expect(try await session.foreignPolicy(sharing: scope, of: Self.sla) == nil)
        ric.hold(here, as: "theirs", of: Self.sla)
        #expect(try await session.foreignPolicy(sharing: scope, of: Self.sla) == "theirs")
        ric.hold(elsewhere, as: "theirs", of: Self.sla)
        #expect(try await session.foreignPolicy(sharing: scope, of: Self.sla) == nil)
        await ric.stop()
    }
}
