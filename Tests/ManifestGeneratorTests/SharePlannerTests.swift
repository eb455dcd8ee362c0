import IntentModel
import JSONSchema
import Testing

@testable import PackagePlanning

/// What an expectation on a share of the radio resources becomes: one RRMPolicyRatio at one managed element.
@Suite struct SharePlannerTests {
    /// Testing has an `Expectation` of its own.
    typealias Expectation = IntentModel.Expectation

    private static let id = "nephoran.rrm.cell-5.sst-1.plmn-310-410"
    private static let member = #""rRMPolicyMemberList":[{"mcc":"310","mnc":"410","sd":"FFFFFF","sst":1}]"#

    private static func share(
        _ condition: Condition = .atLeast, _ value: Double = 30, verb: Verb = .configure, _ change: (inout Expectation) -> Void = { _ in }
    )
        -> Expectation
    {
        var context = Context()
        context.slice = SliceID(sst: 1)
        context.cell = "5"
        var expectation = Expectation(
            id: "e1", verb: verb, object: ObjectReference(kind: .networkFunction, type: "O-DU", name: "du-3"),
            targets: [Target(attribute: "prbShare", condition: condition, value: .number(value), unit: "%")], context: context)
        change(&expectation)
        return expectation
    }

    private func plan(_ expectation: Expectation, _ held: [String: [String: String]] = ["du-3": [:], "du-4": [:]], plmn: String? = "310-410") async throws
        -> PolicyPlanningResult
    {
        var directory = PolicyPlannerTests.KnownRICs()
        directory.shares = held
        return try await PolicyPlanner(directory: directory, plmn: plmn).policies(for: expectation, request: IntentRequest(intent: "test"))
    }

    private func change(_ expectation: Expectation, _ held: [String: [String: String]] = ["du-3": [:], "du-4": [:]]) async throws -> PolicyChange {
        guard case .policies(let changes, _) = try await self.plan(expectation, held), let change = changes.first, changes.count == 1 else {
            throw Unplanned(result: "\(try await self.plan(expectation, held))")
        }
        return change
    }

    private struct Unplanned: Error { let result: String }

    @Test("a least share becomes the object of the cell and the slice at the element, and nothing is known to have been there")
    func least() async throws {
        let change = try await self.change(Self.share())
        #expect(change.policyId == Self.id && change.policyType == "RRMPolicyRatio" && change.ric == "du-3" && change.interface == .o1)
        #expect(change.document == #"{\#(Self.member),"rRMPolicyMinRatio":30,"resourceType":"PRB"}"#)
        #expect(change.change == .put && change.previous == "" && change.expectations == ["e1"])
        #expect(change.figures.first { $0.name == "rRMPolicyMinRatio" }?.value == "30 %")
        // A slice names the element as the place.
        let slice = Self.share {
            $0.object = ObjectReference(kind: .networkSlice, type: "eMBB")
            $0.context.gnb = "DU-3"
        }
        #expect(try await self.change(slice).document == change.document)
    }

    @Test("the same again is no change; another ratio stays; what is relative starts from what is there; strictly more is one more")
    func present() async throws {
        let held = ["du-3": [Self.id: #"{\#(Self.member),"rRMPolicyMinRatio":30,"resourceType":"PRB"}"#]]
        #expect(try await self.change(Self.share(), held).change == .none)
        let most = try await self.change(Self.share(.atMost, 60), held)
        #expect(most.document == #"{"rRMPolicyMaxRatio":60,\#(Self.member),"rRMPolicyMinRatio":30,"resourceType":"PRB"}"#)
        #expect(most.previous == held["du-3"]?[Self.id])
        #expect(try await self.change(Self.share(.increaseBy, 5), held).document.contains(#""rRMPolicyMinRatio":35"#))
        #expect(try await self.change(Self.share(.greaterThan, 40), held).document.contains(#""rRMPolicyMinRatio":41"#))
        #expect(try await self.change(Self.share(verb: .remove), held).change == .delete)
        let both = ["du-3": [Self.id: most.document]]
        #expect(try await self.change(Self.share(.atMost, 60, verb: .remove), both).document == held["du-3"]?[Self.id])
        #expect(try await self.change(Self.share(verb: .remove)).change == .none)
    }

    @Test("what is missing, no element of ours, or impossible, is asked; nothing is chosen")
    func questions() async throws {
        let incomplete: [(Expectation, String)] = [
            (Self.share { $0.object.name = nil }, "context.gnb"), (Self.share { $0.object.name = "du-9" }, "context.gnb"),
            (Self.share { $0.context.cell = nil }, "context.cell"), (Self.share { $0.context.cell = "5/../6" }, "context.cell"),
            (Self.share { $0.context.slice = nil }, "context.slice"), (Self.share(.atLeast, 101), "targets.prbShare"),
            (Self.share(.atLeast, 30.5), "targets.prbShare"), (Self.share(.increaseBy, 5), "targets.prbShare"),
        ]
        for (expectation, field) in incomplete {
            guard case .clarify(let questions) = try await self.plan(expectation) else { return #expect(Bool(false), "\(field)") }
            #expect(questions.map(\.field) == [field])
        }
        guard case .clarify(let questions) = try await self.plan(Self.share(), plmn: nil) else { return #expect(Bool(false)) }
        #expect(questions.map(\.field) == ["context.plmn"])
        let least = ["du-3": [Self.id: #"{\#(Self.member),"rRMPolicyMinRatio":30,"resourceType":"PRB"}"#]]
        guard case .clarify = try await self.plan(Self.share(.atMost, 20), least) else { return #expect(Bool(false), "the most is below the least") }
    }

    @Test("without an element, or beside somebody else's object it is refused with the reason")
    func refusals() async throws {
        guard case .refuse(let none) = try await self.plan(Self.share(), [:]) else { return #expect(Bool(false)) }
        #expect(none.code == "no_o1_element" && none.detail.contains("O1_ELEMENTS"))
        let held = ["du-3": ["theirs": #"{\#(Self.member),"rRMPolicyMinRatio":10,"resourceType":"PRB"}"#]]
        guard case .refuse(let conflict) = try await self.plan(Self.share(), held) else { return #expect(Bool(false)) }
        #expect(conflict.code == "o1_conflict" && conflict.detail.contains("theirs"))
        // No SD is what the model writes as FFFFFF.
        let bare = ["du-3": ["theirs": #"{"rRMPolicyMemberList":[{"mcc":"310","mnc":"410","sst":1}],"rRMPolicyMinRatio":10,"resourceType":"PRB"}"#]]
        guard case .refuse(let same) = try await self.plan(Self.share(), bare) else { return #expect(Bool(false)) }
        #expect(same.code == "o1_conflict")
    }

    @Test("what becomes of a workload is not planned as its configuration, nor the other way round", arguments: [Verb.deploy, .restart, .migrate, .rollback])
    func otherDeeds(_ verb: Verb) async throws {
        var directory = PolicyPlannerTests.KnownRICs()
        directory.shares = ["du-3": [:]]
        let policies = try PolicyPlanner(directory: directory, plmn: "310-410")
        #expect(try await ManifestGeneratorTests.plan(Self.share(), policies: policies).plan?.policies.map(\.policyId) == [Self.id])
        let problem = try await ManifestGeneratorTests.plan(Self.share(verb: verb), policies: policies).problem
        #expect(problem?.code == "mixed_targets")
        #expect(problem?.detail.hasPrefix("prbShare is configured on the element, to ") == true, "\(problem?.detail ?? "")")
        // A slice that is restarted is no configuration of it, either.
        let slice = Self.share(verb: verb) { $0.object = ObjectReference(kind: .networkSlice, type: "eMBB") }
        guard verb != .deploy else { return }
        #expect(try await ManifestGeneratorTests.plan(slice, policies: policies).problem?.code == "mixed_targets")
    }
}
