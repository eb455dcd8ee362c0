import HTTPFetch
import Hummingbird
import IntentModel
import JSONSchema
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import ORANAdaptor

@Suite struct EnforcementTests {
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { self.time.withLock { $0 } }
        func advance(_ by: Duration) { self.time.withLock { $0 += by } }
    }

    private static func policy(_ status: String?, _ reason: String? = nil, _ change: PolicyChange.Change = .put) -> AppliedPolicy {
        AppliedPolicy(policyId: "p", policyType: "t", ric: "east", change: change, enforceStatus: status, enforceReason: reason)
    }

    @Test("what is enforced, or not said, is settled; a final reason fails at once; another is waited for, and not for ever")
    func judgements() throws {
        let clock = Clock()
        let watch = EnforcementWatch(within: .seconds(60)) { clock.now }
        let id = try #require(IntentID("01890a5d-ac96-774b-bcce-b302099a8057"))
        #expect(watch.judge([Self.policy("ENFORCED"), Self.policy("UNDEFINED"), Self.policy(nil)], of: id) == .settled)
        #expect(watch.judge([Self.policy("NOT_ENFORCED", "OTHER_REASON", .delete)], of: id) == .settled)
        guard case .fail(let problem) = watch.judge([Self.policy("ENFORCED"), Self.policy("NOT_ENFORCED", "SCOPE_NOT_APPLICABLE")], of: id) else {
            return #expect(Bool(false), "it did not fail")
        }
        #expect(problem.code == "policy_not_enforced")
        #expect(problem.detail == "east does not enforce p (SCOPE_NOT_APPLICABLE)")

        let passing = [Self.policy("NOT_ENFORCED", "OTHER_REASON", .none)]
        #expect(watch.judge(passing, of: id) == .wait(.milliseconds(500)))
        clock.advance(.seconds(59))
        #expect(watch.judge(passing, of: id) == .wait(.seconds(3)))
        clock.advance(.seconds(1))
        guard case .fail = watch.judge(passing, of: id) else { return #expect(Bool(false), "it waits for ever") }
        // The next time it counts anew.
        #expect(watch.judge(passing, of: id) == .wait(.milliseconds(500)))
    }

    @Test("a notification at the address that was given is taken, encoded once or twice; at another it is not there")
    func notifications() async throws {
        let address = NotificationAddress(base: "http://adaptor/", secret: "s")
        let statuses = StatusBoard()
        let destination = address.destination(ric: "east", type: "ORAN_QoSTarget_2.0.0", policy: "nephoran.qos.5qi-82")
        #expect(destination.hasPrefix("http://adaptor/v1/a1/notifications/east/ORAN_QoSTarget_2.0.0/nephoran.qos.5qi-82/"))
        // Another instance with the same key gives the same address, one with another key does not.
        #expect(
            NotificationAddress(base: "http://adaptor", secret: "s").destination(ric: "east", type: "ORAN_QoSTarget_2.0.0", policy: "nephoran.qos.5qi-82")
                == destination)
        #expect(
            !NotificationAddress(base: "http://adaptor", secret: "t").accepts(
                String(destination.suffix(32)), ric: "east", type: "ORAN_QoSTarget_2.0.0", policy: "nephoran.qos.5qi-82"))

        // While the key is replaced either instance takes what the other gave out.
        let (old, new) = (String(repeating: "o", count: 32), String(repeating: "n", count: 32))
        let (before, after) = (AddressProof(base: "", purpose: "p", secret: "\(old) \(new)"), AddressProof(base: "", purpose: "p", secret: "\(new)\n\(old)"))
        #expect(before.accepts(after.tag(of: "x"), of: "x") && after.accepts(before.tag(of: "x"), of: "x"))
        #expect(before.tag(of: "x") == AddressProof(base: "", purpose: "p", secret: old).tag(of: "x"), "as it was before")
        #expect(!before.accepts(before.tag(of: "x"), of: "y"))

        let controller = NotificationController(address: address, statuses: statuses)
        try await Serving.run(ServiceParts(routes: { $0.addRoutes(controller.routes, atPath: "/v1/a1/notifications") })) { base async throws in
            let fetcher = HTTPFetcher()
            func post(_ url: String, _ body: String) async throws -> Int {
                try await fetcher.fetch(FetchRequest(method: "POST", url: url, headers: [("content-type", "application/json")], body: Array(body.utf8))).status
            }
            let url = base + destination.dropFirst("http://adaptor".count)
            let key = StatusBoard.Key(ric: "east", type: "ORAN_QoSTarget_2.0.0", policy: "nephoran.qos.5qi-82")
            let (once, twice) = (#"{"enforceStatus":"NOT_ENFORCED","enforceReason":"OTHER_REASON"}"#, #""{\"enforceStatus\": \"ENFORCED\"}""#)
            #expect(try await post(url, once) == 204)
            #expect(statuses.status(of: key) == PolicyStatus(enforcement: .notEnforced, reason: "OTHER_REASON"))
            #expect(try await post(url, twice) == 204)
            #expect(statuses.status(of: key) == PolicyStatus(enforcement: .enforced))
            #expect(try await post(String(url.dropLast(1)) + (url.hasSuffix("0") ? "1" : "0"), once) == 404)
            #expect(try await post(url, "no JSON") == 400)
            #expect(try await post(url, "\"" + String(repeating: "x", count: 100_000) + "\"") == 413)
            #expect(statuses.status(of: key) == PolicyStatus(enforcement: .enforced))
        }
    }

    @Test("a RIC that tells rather than answers is believed")
    func told() async throws {
        let ric = try await FakeRIC.start()
        ric.setInitialStatus(nil)
        let (statuses, address) = (StatusBoard(), NotificationAddress(base: "http://adaptor", secret: "s"))
        let session = Sessions.direct(RIC(name: "east", url: ric.url), fetcher: HTTPFetcher(), notifications: address)
        let executor = PolicyExecutor(fleet: RICFleet([session]), catalogue: try PolicyTypeCatalogue(), statuses: statuses, settings: Sessions.quick)
        let put = PolicyChange(
            policyId: "p1", policyType: "ORAN_QoSTarget_2.0.0", change: .put, document: #"{"scope":{"qosId":{"5qI":82}},"qosObjectives":{"pdb":10}}"#)
        guard case .applied(let silent) = await executor.apply([put]) else { return #expect(Bool(false), "not applied") }
        #expect(silent.map(\.enforceStatus) == ["UNDEFINED"])
        #expect(ric.destinations["p1"] == address.destination(ric: "east", type: "ORAN_QoSTarget_2.0.0", policy: "p1"))
        statuses.record(PolicyStatus(enforcement: .enforced), for: .init(ric: "east", type: "ORAN_QoSTarget_2.0.0", policy: "p1"))
        guard case .applied(let told) = await executor.apply([put]) else { return #expect(Bool(false), "not applied") }
        #expect(told.map(\.enforceStatus) == ["ENFORCED"])
        // What it told of the old document says nothing of a new one.
        var other = put
        other.document = put.document.replacing("10", with: "20")
        guard case .applied(let changed) = await executor.apply([other]) else { return #expect(Bool(false), "not applied") }
        #expect(changed.map(\.enforceStatus) == ["UNDEFINED"])
        #expect(ric.violations.isEmpty, "\(ric.violations)")
        await ric.stop()
    }

    @Test("the board of what was told is bounded, the oldest go first")
    func bounded() {
        let board = StatusBoard(limit: 100)
        for number in 0..<1_000 { board.record(PolicyStatus(enforcement: .enforced), for: .init(ric: "r", type: "t", policy: "\(number)")) }
        #expect(board.status(of: .init(ric: "r", type: "t", policy: "0")) == nil)
        #expect(board.status(of: .init(ric: "r", type: "t", policy: "999")) != nil)
        #expect((0..<1_000).count { board.status(of: .init(ric: "r", type: "t", policy: "\($0)")) != nil } <= 100)
    }
}
