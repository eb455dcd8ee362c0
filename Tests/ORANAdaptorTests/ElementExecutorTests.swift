import IntentModel
import Resilience
import TestSupport
import Testing

@testable import ORANAdaptor

/// Plans of elements, carried out against OpenSSH's own server with a NETCONF server behind its subsystem.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ElementExecutorTests {
    private static let id = "nephoran.rrm.cell-5.sst-1.plmn-310-410"

    private static func document(_ least: Int, most: Int? = nil) -> String {
        let most = most.map { #""rRMPolicyMaxRatio":\#($0),"# } ?? ""
        return
            #"{"rRMPolicyMemberList":[{"mcc":"310","mnc":"410","sd":"FFFFFF","sst":1}],\#(most)"rRMPolicyMinRatio":\#(least),"resourceType":"PRB"}"#
    }

    private static func put(_ document: String, at element: String = "du-3", previous: String? = "") -> PolicyChange {
        PolicyChange(
            policyId: self.id, policyType: "RRMPolicyRatio", ric: element, change: document.isEmpty ? .delete : .put, document: document, previous: previous,
            interface: .o1)
    }

    private func withElement(_ body: (FakeNETCONF, ElementExecutor) async throws -> Void) async throws {
        try await ElementSide.with { side async throws in
            let dead = try side.client("du-dead", port: try FreePort.next())
            try await body(side.device, ElementExecutor(try side.configuration(try side.client(), dead)))
        }
    }

    private func ratio(_ device: FakeNETCONF, _ name: String = "rRMPolicyMinRatio") -> String? { device.shares[Self.id]?.all(name).first?.text }

    @Test("a plan's share is set once, enforced since it was read back; undone, the element has what it had, exactly")
    func thereAndBack() async throws {
        try await self.withElement { device, executor in
            guard case .applied(let first) = await executor.apply([Self.put(Self.document(20, most: 60))]) else { return #expect(Bool(false), "not applied") }
            #expect(first.map(\.change) == [.put] && first.map(\.enforceStatus) == ["ENFORCED"] && first.map(\.ric) == ["du-3"])
            guard case .applied(let again) = await executor.apply([Self.put(Self.document(20, most: 60))]) else { return #expect(Bool(false)) }
            #expect(again.map(\.change) == [.none])
            guard case .applied = await executor.apply([Self.put(Self.document(30))]) else { return #expect(Bool(false)) }
            #expect(self.ratio(device) == "30" && self.ratio(device, "rRMPolicyMaxRatio") == nil)
            guard case .applied = await executor.apply([Self.put(Self.document(20, most: 60))]) else { return #expect(Bool(false)) }
            #expect(self.ratio(device) == "20" && self.ratio(device, "rRMPolicyMaxRatio") == "60")
            guard case .applied(let gone) = await executor.apply([Self.put("")]) else { return #expect(Bool(false)) }
            #expect(gone.map(\.change) == [.delete] && device.shares.isEmpty)
            guard case .applied(let none) = await executor.apply([Self.put("")]) else { return #expect(Bool(false)) }
            #expect(none.map(\.change) == [.none])
        }
    }

    @Test("what the device rejects fails with its own words and path, and changes nothing")
    func rejected() async throws {
        try await self.withElement { device, executor in
            device.set { $0.most["rRMPolicyMinRatio"] = 25 }
            guard case .applied = await executor.apply([Self.put(Self.document(20))]) else { return #expect(Bool(false)) }
            guard case .failed(let problem) = await executor.apply([Self.put(Self.document(30))]) else { return #expect(Bool(false), "not refused") }
            #expect(problem.code == "o1_rejected" && problem.status == 422)
            #expect(problem.detail.contains("rRMPolicyMinRatio is at most 25 here"))
            #expect(problem.detail.contains("/rrm:RRMPolicyRatio/rrm:attributes/rrm:rRMPolicyMinRatio"))
            #expect(self.ratio(device) == "20" && !device.isLocked)
        }
    }

    @Test("a change whose session was lost is no change that is there already: it comes again when the device cannot take it back any more")
    func pending() async throws {
        try await self.withElement { device, executor in
            device.set {
                $0.dropsAfterConfirmedCommit = true
                $0.keepsUnconfirmed = true
            }
            guard case .retry = await executor.apply([Self.put(Self.document(30))]) else { return #expect(Bool(false), "no retry") }
            device.set { $0.dropsAfterConfirmedCommit = false }
            #expect(self.ratio(device) == "30")
            let outcome = await executor.apply([Self.put(Self.document(30))])
            guard case .retry(let reason, let after) = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(reason.contains("taken back") && after.map { $0 > .seconds(10) } == true)
        }
    }

    @Test("a dead element is a matter of time and delays no other; one that nobody knows is not")
    func dead() async throws {
        try await self.withElement { device, executor in
            let outcome = await executor.apply([Self.put(Self.document(30), at: "du-dead"), Self.put(Self.document(30))])
            guard case .retry(let reason, _) = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(reason.contains("du-dead") && self.ratio(device) == "30")
            guard case .failed(let problem) = await executor.apply([Self.put(Self.document(30), at: "du-9")]) else { return #expect(Bool(false)) }
            #expect(problem.code == "o1_not_found" && problem.detail.contains("O1_ELEMENTS"))
        }
    }
}
