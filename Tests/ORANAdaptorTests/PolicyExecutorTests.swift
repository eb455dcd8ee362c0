import HTTPFetch
import IntentModel
import JSONSchema
import Resilience
import TestSupport
import Testing

@testable import ORANAdaptor

@Suite struct PolicyExecutorTests {
    private static let sla = "ORAN_SliceSLATarget_1.0.0"

    private static func document(_ kbps: Int = 50_000) -> String {
        #"{"scope":{"sliceId":{"plmnId":{"mcc":"310","mnc":"410"},"sd":"000001","sst":2}},"sliceSlaObjectives":{"guaDlThptPerSlice":\#(kbps)}}"#
    }

    private static func put(_ id: String = "p1", ric: String? = nil, _ kbps: Int = 50_000) -> PolicyChange {
        PolicyChange(policyId: id, policyType: self.sla, ric: ric, change: .put, document: self.document(kbps))
    }

    private func executor(
        _ rics: [(String, FakeRIC)], _ change: (inout PolicyExecutor.Settings) -> Void = { _ in }, guards: (inout Upstream.Configuration) -> Void = { _ in }
    ) throws -> (PolicyExecutor, PolicyInventory) {
        var settings = Sessions.quick
        change(&settings)
        let fetcher = HTTPFetcher()
        let configuration = Sessions.configuration(guards)
        let fleet = RICFleet(rics.map { Sessions.direct(RIC(name: $0.0, url: $0.1.url), fetcher: fetcher, configuration) })
        return (PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue(), settings: settings), PolicyInventory(fleet: fleet))
    }

    @Test("a policy without a RIC reaches every RIC, and repeating it changes nothing")
    func appliesEverywhereOnce() async throws {
        let (east, west) = (try await FakeRIC.start(), try await FakeRIC.start())
        let (executor, _) = try self.executor([("east", east), ("west", west)])
        let first = await executor.apply([Self.put()])
        #expect(
            first
                == .applied(
                    ["east", "west"].map { AppliedPolicy(policyId: "p1", policyType: Self.sla, ric: $0, change: .put, enforceStatus: "ENFORCED") }))
        guard case .applied(let again) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "the repeat was not applied") }
        #expect(again.map(\.change) == [.none, .none])
        #expect([east, west].map { $0.count(of: "PUT") } == [1, 1])
        #expect(east.policies["p1"]?.text == Self.document())
        await east.stop()
        await west.stop()
    }

    @Test("a changed document replaces the policy, and a delete removes it once")
    func replacesAndDeletes() async throws {
        let ric = try await FakeRIC.start()
        let (executor, inventory) = try self.executor([("ric1", ric)])
        _ = await executor.apply([Self.put()])
        _ = await executor.apply([Self.put("p1", ric: "ric1", 80_000)])
        #expect(ric.policies["p1"]?["sliceSlaObjectives"]?["guaDlThptPerSlice"] == 80_000)
        #expect(try await inventory.policies().items.map(\.policyId) == ["p1"])

        let delete = PolicyChange(policyId: "p1", policyType: Self.sla, ric: "ric1", change: .delete, document: "")
        #expect(await executor.apply([delete]) == .applied([AppliedPolicy(policyId: "p1", policyType: Self.sla, ric: "ric1", change: .delete)]))
        #expect(await executor.apply([delete]) == .applied([AppliedPolicy(policyId: "p1", policyType: Self.sla, ric: "ric1", change: .none)]))
        #expect(ric.policies.isEmpty)
        await ric.stop()
    }

    @Test("a document the RIC's own schema does not allow is never sent")
    func validatesFirst() async throws {
        let ric = try await FakeRIC.start()
        let (executor, _) = try self.executor([("ric1", ric)])
        var change = Self.put()
        change.document = #"{"scope":{"sliceId":{"sst":2}},"sliceSlaObjectives":{"guaDlThptPerSlice":-1}}"#
        guard case .failed(let problem) = await executor.apply([change]) else { return #expect(Bool(false), "it was not refused") }
        #expect(problem.code == "a1_rejected")
        #expect(problem.errors?.map(\.pointer) == ["/scope/sliceId", "/sliceSlaObjectives/guaDlThptPerSlice"])
        #expect(ric.count(of: "PUT") == 0)
        await ric.stop()
    }

    @Test(
        "errors of the RIC say whether to come again",
        arguments: [
            (400, "a1_rejected"), (403, "a1_forbidden"), (409, "a1_conflict"), (507, "a1_full"), (418, "a1_nonconforming"), (429, nil), (503, nil), (500, nil),
        ] as [(Int, String?)])
    func classifies(_ status: Int, _ code: String?) async throws {
        let ric = try await FakeRIC.start()
        let (executor, _) = try self.executor([("ric1", ric)]) { $0.attempts = 1 }
        // So that the type is known and only the policy itself is asked for.
        _ = await executor.apply([Self.put("other")])
        // There is no such policy, nor any of others; then the policy itself.
        ric.setFaults { $0.nextStatuses = [404, status, 404] }
        switch await executor.apply([Self.put()]) {
        case .failed(let problem):
            #expect(problem.code == code)
            #expect(problem.detail.contains("HTTP \(status)"))
        case .retry: #expect(code == nil)
        case .applied: #expect(Bool(false), "it was applied")
        }
        await ric.stop()
    }

    @Test("Retry-After longer than a moment is left to the caller")
    func obeysRetryAfter() async throws {
        let ric = try await FakeRIC.start()
        let (executor, _) = try self.executor([("ric1", ric)])
        ric.setFaults {
            $0.rate = 1
            $0.rateStatus = 429
            $0.retryAfter = 7
        }
        guard case .retry(_, let after) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "no retry") }
        #expect(after == .seconds(7))
        #expect(ric.requests.count == 1)
        await ric.stop()
    }

    @Test("an answer that is lost after the policy took effect leads to one policy and no second PUT")
    func lostAnswer() async throws {
        let ric = try await FakeRIC.start()
        let (executor, _) = try self.executor([("ric1", ric)])
        ric.setFaults { $0.loseAnswerOfNextPut = true }
        guard case .applied(let policies) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "not applied") }
        #expect(policies.map(\.enforceStatus) == ["ENFORCED"])
        #expect(ric.count(of: "PUT") == 1)
        await ric.stop()
    }

    @Test("with one RIC down the other gets its policy, and a later repeat completes it")
    func oneRICDown() async throws {
        let (east, west) = (try await FakeRIC.start(), try await FakeRIC.start())
        let (executor, inventory) = try self.executor([("east", east), ("west", west)])
        await west.stop()
        guard case .retry(let reason, _) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "no retry") }
        #expect(reason.contains("west"))
        #expect(east.policies.count == 1)
        #expect(await inventory.overview().rics.map(\.state) == [.available, .unavailable])
        try await west.restart()
        guard case .applied(let policies) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "not applied") }
        #expect(policies.map(\.change) == [.none, .put])
        #expect(east.count(of: "PUT") == 1)
        await east.stop()
        await west.stop()
    }

    @Test(
        "a status is followed until it settles or the deadline passes",
        arguments: [
            (["enforceStatus": "NOT_ENFORCED", "enforceReason": "STATEMENT_NOT_APPLICABLE"], "NOT_ENFORCED", "STATEMENT_NOT_APPLICABLE"),
            (["enforceStatus": ""], "UNDEFINED", nil), (nil, "UNDEFINED", nil),
        ] as [(JSONValue?, String, String?)])
    func followsStatus(_ status: JSONValue?, _ enforcement: String, _ reason: String?) async throws {
        let ric = try await FakeRIC.start()
        ric.setInitialStatus(status)
        let (executor, _) = try self.executor([("ric1", ric)])
        guard case .applied(let policies) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "not applied") }
        #expect(policies.first?.enforceStatus == enforcement)
        #expect(policies.first?.enforceReason == reason)
        await ric.stop()
    }

    @Test("a hundred policies against a RIC that fails a third of the time all arrive, each once")
    func chaos() async throws {
        let ric = try await FakeRIC.start()
        ric.setFaults { $0.rate = 0.3 }
        let (executor, _) = try self.executor([("ric1", ric)]) {
            $0.attempts = 20
        } guards: {
            $0.retryRatio = 1
            $0.breaker.consecutiveFailures = 100
        }
        let outcome = await executor.apply((0..<100).map { Self.put("nephoran.p\($0)") })
        guard case .applied(let policies) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(policies.map(\.policyId) == (0..<100).map { "nephoran.p\($0)" })
        #expect(ric.policies.count == 100)
        await ric.stop()
    }

    @Test("a RIC that always fails gets no more retries than its budget holds", arguments: [0, 30])
    func retryBudget(_ retries: Int) async throws {
        let ric = try await FakeRIC.start()
        ric.setFaults {
            $0.rate = 1
            $0.rateStatus = 500
        }
        let start = ContinuousClock.now
        let (executor, _) = try self.executor([("ric1", ric)]) {
            $0.attempts = 3
        } guards: {
            $0.retryRatio = 0
            $0.retriesPerSecond = Double(retries)
            $0.breaker.isEnabled = false
        }
        for policy in 0..<50 { _ = await executor.apply([Self.put("p\(policy)")]) }
        let earned = Int((start.duration(to: .now) / .seconds(1) * Double(retries)).rounded(.up))
        #expect(ric.requests.count <= 50 + retries + earned)
        #expect(ric.requests.count >= 50 + min(100, retries))
        await ric.stop()
    }

    @Test("a skipped change is reported with its reason, an unknown RIC fails")
    func skips() async throws {
        let (executor, _) = try self.executor([])
        let skip = PolicyChange(policyId: "p", policyType: Self.sla, change: .skip, document: "{}", reason: "no RIC is configured")
        #expect(
            await executor.apply([skip])
                == .applied([AppliedPolicy(policyId: "p", policyType: Self.sla, ric: "", change: .skip, enforceReason: "no RIC is configured")]))
        guard case .failed(let problem) = await executor.apply([Self.put("p", ric: "nowhere")]) else { return #expect(Bool(false), "not refused") }
        #expect(problem.code == "a1_not_found")
    }

    @Test("an answer that is not A1-P is named so")
    func garbage() async throws {
        let ric = try await FakeRIC.start()
        ric.setFaults { $0.garbage = true }
        let (executor, _) = try self.executor([("ric1", ric)])
        guard case .failed(let problem) = await executor.apply([Self.put()]) else { return #expect(Bool(false), "not refused") }
        #expect(problem.code == "a1_nonconforming")
        await ric.stop()
    }
}
