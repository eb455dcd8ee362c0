import IntentModel
import Testing

@testable import ORANAdaptor

@Suite("What is wanted of an object of an element") struct DesiredStateTests {
    @Test("it is what the last intent wanted, what the one before wanted when that is undone, and nothing once it is taken away")
    func changes() {
        var state = DesiredState()
        #expect(state.current == nil)
        state.put("1", by: "a")
        state.put("2", by: "b")
        state.put("2", by: "b")
        #expect(state.current == .init(document: "2", origin: "b") && state.entries.count == 2)
        state.delete(by: "c")
        #expect(state.current == nil)
        state.undo("c")
        #expect(state.current?.origin == "b")
        state.undo("b")
        #expect(state.current == .init(document: "1", origin: "a"))
        state.undo("a")
        #expect(state.entries.isEmpty)
        for number in 0..<20 { state.put("x", by: "\(number)") }
        #expect(state.entries.count == 8 && state.current?.origin == "19")
    }

    @Test("a change of attributes is as many wishes as it has attributes, a share is one; a name may hold spaces")
    func parts() throws {
        let cell = PolicyChange(
            policyId: "ManagedElement=a b,GNBDUFunction=1,NRCellDU=5", policyType: "NRCellDU", ric: "du-3", change: .put,
            document: #"{"nRPCI":7,"administrativeState":"LOCKED"}"#, interface: .o1)
        let parts = DesiredObject.parts(of: cell)
        #expect(parts.map(\.document) == [#"{"administrativeState":"LOCKED"}"#, #"{"nRPCI":7}"#])
        for (key, _) in parts { #expect(DesiredObject.Key(field: key.field) == key) }
        #expect(parts.first?.key.id == cell.policyId && parts.first?.key.attribute == "administrativeState")
        let share = PolicyChange(policyId: "s", policyType: "RRMPolicyRatio", ric: "du-3", change: .delete, document: "", interface: .o1)
        #expect(DesiredObject.parts(of: share).map(\.document) == [""])
        #expect(DesiredObject.Key(field: "RRMPolicyRatio") == nil)
        #expect(DesiredObject.Key(field: "RRMPolicyRatio * s") == DesiredObject.parts(of: share).first?.key)
    }

    @Test("what differs is said attribute by attribute; what the model says by itself is no difference")
    func differences() throws {
        let members = [RRMPolicyRatio.Member(mcc: "310", mnc: "410", sst: 1, sd: nil)]
        let wanted = RRMPolicyRatio(id: "s", resourceType: "PRB", members: members, minRatio: 30, maxRatio: nil, dedicatedRatio: nil)
        let edit = ShareEdit(policy: wanted, exactly: true)
        var found = wanted
        found.maxRatio = 100
        found.members[0].sd = "ffffff"
        #expect(edit.difference(from: found) == nil)
        found.minRatio = 10
        #expect(edit.difference(from: found)?.expected == ["rRMPolicyMinRatio": 30])
        #expect(edit.difference(from: found)?.words == "rRMPolicyMinRatio is 10 and not 30")
        found = wanted
        found.maxRatio = 40
        #expect(edit.difference(from: found)?.words == "rRMPolicyMaxRatio is 40 and not 100")
        found.maxRatio = nil
        found.members.append(.init(mcc: "310", mnc: "410", sst: 2, sd: "000001"))
        #expect(edit.difference(from: found)?.expected.keys.sorted() == ["rRMPolicyMemberList"])
        #expect(edit.difference(from: nil)?.words == "it is not there")
    }
}
