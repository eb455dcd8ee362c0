import IntentModel
import JSONSchema
import Testing

@testable import PackagePlanning

/// What an expectation on a cell becomes: attributes of objects that the managed element has.
@Suite struct CellPlannerTests {
    /// Testing has an `Expectation` of its own.
    typealias Expectation = IntentModel.Expectation

    private static let du = "ManagedElement=1,GNBDUFunction=1"
    private static let objects = [
        "NRCellDU": [
            "\(du),NRCellDU=5":
                #"{"administrativeState":"UNLOCKED","cellLocalId":5,"nRPCI":7,"bSChannelBwDL":50,"nRSectorCarrierRef":["SubNetwork=a,ManagedElement=1,GNBDUFunction=1,NRSectorCarrier=s5"]}"#,
            "\(du),NRCellDU=north": #"{"administrativeState":"LOCKED","cellLocalId":6}"#,
            "\(du),NRCellDU=8":
                #"{"cellLocalId":9,"nRSectorCarrierRef":["ManagedElement=1,GNBDUFunction=1,NRSectorCarrier=s5","ManagedElement=1,GNBDUFunction=1,NRSectorCarrier=s8"]}"#,
            "\(du),NRCellDU=9": #"{"cellLocalId":10}"#,
        ],
        "NRSectorCarrier": ["\(du),NRSectorCarrier=s5": #"{"configuredMaxTxPower":20000}"#, "\(du),NRSectorCarrier=s8": "{}"],
        "NRCellCU": ["ManagedElement=1,GNBCUCPFunction=1,NRCellCU=5": #"{"cellLocalId":5}"#, "ManagedElement=1,GNBCUCPFunction=1,NRCellCU=6": "{}"],
        "CESManagementFunction": [
            "ManagedElement=1,CESManagementFunction=1": #"{"cesSwitch":true}"#,
            "ManagedElement=1,GNBCUCPFunction=1,NRCellCU=5,CESManagementFunction=1": #"{"cesSwitch":false}"#,
        ],
    ]

    private static func target(_ attribute: String, _ value: TargetValue, _ condition: Condition = .equals) -> Target {
        Target(attribute: attribute, condition: condition, value: value, unit: Attribute.unit(of: attribute))
    }

    private static func cell(_ cell: String?, _ target: Target..., verb: Verb = .configure, _ change: (inout Expectation) -> Void = { _ in }) -> Expectation {
        var context = Context()
        context.cell = cell
        var expectation = Expectation(
            id: "e1", verb: verb, object: ObjectReference(kind: .networkFunction, type: "O-DU", name: "du-3"), targets: target, context: context)
        change(&expectation)
        return expectation
    }

    private func plan(_ expectation: Expectation, _ objects: [String: [String: String]] = Self.objects) async throws -> PolicyPlanningResult {
        var directory = PolicyPlannerTests.KnownRICs()
        directory.shares = ["du-3": [:], "du-4": [:]]
        directory.objects = objects
        return try await PolicyPlanner(directory: directory, plmn: "310-410").policies(for: expectation, request: IntentRequest(intent: "test"))
    }

    private struct Unplanned: Error { let result: PolicyPlanningResult }

    private func change(_ expectation: Expectation) async throws -> PolicyChange {
        let result = try await self.plan(expectation)
        guard case .policies(let changes, _) = result, let change = changes.first, changes.count == 1 else { throw Unplanned(result: result) }
        return change
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var cell: String?
        var target: Target
        var managedClass: String
        var object: String
        var document: String
        var previous: String
        var testDescription: String { "\(self.target.attribute) of cell \(self.cell ?? "none")" }
    }

    @Test(
        "an attribute of a cell becomes that of its object, with what it was",
        arguments: [
            Case(
                cell: "5", target: target("administrativeState", .text("locked")), managedClass: "NRCellDU", object: "\(du),NRCellDU=5",
                document: #"{"administrativeState":"LOCKED"}"#, previous: #"{"administrativeState":"UNLOCKED"}"#),
            Case(
                cell: "6", target: target("administrativeState", .text("Unlocked")), managedClass: "NRCellDU", object: "\(du),NRCellDU=north",
                document: #"{"administrativeState":"UNLOCKED"}"#, previous: #"{"administrativeState":"LOCKED"}"#),
            Case(
                cell: "North", target: target("physicalCellId", .number(301)), managedClass: "NRCellDU", object: "\(du),NRCellDU=north",
                document: #"{"nRPCI":301}"#, previous: #"{"nRPCI":null}"#),
            Case(
                cell: "5", target: target("channelBandwidth", .number(100)), managedClass: "NRCellDU", object: "\(du),NRCellDU=5",
                document: #"{"bSChannelBwDL":100}"#, previous: #"{"bSChannelBwDL":50}"#),
            Case(
                cell: "5", target: target("txPower", .number(40)), managedClass: "NRSectorCarrier", object: "\(du),NRSectorCarrier=s5",
                document: #"{"configuredMaxTxPower":10000}"#, previous: #"{"configuredMaxTxPower":20000}"#),
            Case(
                cell: "5", target: target("txPower", .number(43), .atMost), managedClass: "NRSectorCarrier", object: "\(du),NRSectorCarrier=s5",
                document: #"{"configuredMaxTxPower":19953}"#, previous: #"{"configuredMaxTxPower":20000}"#),
            Case(
                cell: "5", target: target("txPower", .number(3), .decreaseBy), managedClass: "NRSectorCarrier", object: "\(du),NRSectorCarrier=s5",
                document: #"{"configuredMaxTxPower":10024}"#, previous: #"{"configuredMaxTxPower":20000}"#),
            Case(
                cell: "5", target: target("energySaving", .boolean(true)), managedClass: "CESManagementFunction",
                object: "ManagedElement=1,GNBCUCPFunction=1,NRCellCU=5,CESManagementFunction=1", document: #"{"cesSwitch":true}"#,
                previous: #"{"cesSwitch":false}"#),
        ])
    func becomes(_ row: Case) async throws {
        let change = try await self.change(Self.cell(row.cell, row.target))
        #expect(change.policyType == row.managedClass && change.policyId == row.object && change.ric == "du-3" && change.interface == .o1)
        #expect(change.document == row.document && change.previous == row.previous && change.change == .put && change.expectations == ["e1"])
        #expect(change.figures.contains { $0.source == .text && $0.reason.contains(row.target.attribute) })
    }

    @Test("a cell without a function's name is one of the element that is said as the place; energy saving without a cell is the element's")
    func elsewhere() async throws {
        let named = Self.cell("5", Self.target("administrativeState", .text("locked"))) {
            $0.object = ObjectReference(kind: .radioNetwork, type: "Cell")
            $0.context.gnb = "DU-3"
        }
        #expect(try await self.change(named).policyId == "\(Self.du),NRCellDU=5")
        let all = Self.cell(nil, Self.target("energySaving", .boolean(false))) {
            $0.object = ObjectReference(kind: .radioNetwork, type: "EnergySaving")
            $0.context.gnb = "du-3"
        }
        #expect(try await self.change(all).policyId == "ManagedElement=1,CESManagementFunction=1")
    }

    @Test("what is so already is no change, and several of one object are one")
    func together() async throws {
        #expect(try await self.change(Self.cell("5", Self.target("administrativeState", .text("unlocked")))).change == .none)
        let both = try await self.change(Self.cell("5", Self.target("physicalCellId", .number(9)), Self.target("channelBandwidth", .number(100))))
        #expect(both.document == #"{"bSChannelBwDL":100,"nRPCI":9}"# && both.previous == #"{"bSChannelBwDL":50,"nRPCI":7}"#)
        let two = Self.cell("5", Self.target("physicalCellId", .number(9)), Self.target("txPower", .number(40)))
        guard case .policies(let changes, _) = try await self.plan(two) else { return #expect(Bool(false)) }
        #expect(changes.map(\.policyType) == ["NRCellDU", "NRSectorCarrier"])
    }

    @Test("what is not said, not known, ambiguous or no value is asked; nothing is chosen")
    func questions() async throws {
        let locked = Self.target("administrativeState", .text("locked"))
        let unclear: [(Expectation, String)] = [
            (Self.cell("5", locked) { $0.object.name = nil }, "context.gnb"), (Self.cell("5", locked) { $0.object.name = "du-9" }, "context.gnb"),
            (Self.cell("77", locked), "context.cell"),
            // The id of one, and the local identity of another.
            (Self.cell("9", locked), "context.cell"),
            (Self.cell("5", Self.target("administrativeState", .text("closed"))), "targets.administrativeState"),
            (Self.cell("5", Self.target("txPower", .number(70))), "targets.txPower"), (Self.cell("5", Self.target("txPower", .number(-20))), "targets.txPower"),
            (Self.cell("5", Self.target("physicalCellId", .number(3), .increaseBy)), "targets.physicalCellId"),
            (Self.cell("5", locked, verb: .remove), "targets"),
        ]
        for (expectation, field) in unclear {
            guard case .clarify(let questions) = try await self.plan(expectation) else { return #expect(Bool(false), "\(field)") }
            #expect(questions.map(\.field) == [field])
        }
        guard case .clarify(let questions) = try await self.plan(Self.cell("9", locked)) else { return #expect(Bool(false)) }
        #expect(questions.first?.options == ["\(Self.du),NRCellDU=8", "\(Self.du),NRCellDU=9"])
        #expect(try await self.change(Self.cell("\(Self.du),NRCellDU=9", locked)).policyId == "\(Self.du),NRCellDU=9")
    }

    @Test("what the element does not have, or has more than once, is refused with the reason")
    func refusals() async throws {
        let power = Self.target("txPower", .number(40))
        let impossible: [(Expectation, [String: [String: String]], String)] = [
            (Self.cell("5", power), [:], "no NRCellDU"), (Self.cell("8", power), Self.objects, "more than one NRSectorCarrier"),
            (Self.cell("north", power), Self.objects, "no NRSectorCarrier in its nRSectorCarrierRef"),
            (Self.cell("6", Self.target("energySaving", .boolean(true))), Self.objects, "no CESManagementFunction of its own"),
        ]
        for (expectation, objects, words) in impossible {
            guard case .refuse(let problem) = try await self.plan(expectation, objects) else { return #expect(Bool(false), "\(words)") }
            #expect(problem.code == "o1_no_such_object" && problem.detail.contains(words), "\(problem.detail)")
        }
        // Nothing that is configured: said so, and not dropped.
        let band = Self.cell("5", Self.target("frequencyBand", .text("n78"))) {
            $0.object = ObjectReference(kind: .radioNetwork, type: "Cell")
            $0.context.gnb = "du-3"
        }
        guard case .refuse(let problem) = try await self.plan(band) else { return #expect(Bool(false)) }
        #expect(problem.code == "no_ran_mapping" && problem.detail.contains("PCI"))
    }

    @Test("locking a cell waits for a person, unlocking does not; a workload's own settings are not the cell's")
    func approval() async throws {
        var directory = PolicyPlannerTests.KnownRICs()
        directory.shares = ["du-3": [:]]
        directory.objects = Self.objects
        let policies = try PolicyPlanner(directory: directory, plmn: "310-410")
        func plan(_ expectation: Expectation) async throws -> PlanOutcome { try await ManifestGeneratorTests.plan(expectation, policies: policies) }
        let locked = try await plan(Self.cell("5", Self.target("administrativeState", .text("locked"))))
        #expect(locked.plan?.approvalReasons == ["\(Self.du),NRCellDU=5 of du-3 is locked: its users lose their service"])
        #expect(try await plan(Self.cell("6", Self.target("administrativeState", .text("unlocked")))).plan?.approvalReasons == [])
        // The channel of a workload that is deployed goes into its package.
        let deployed = try await plan(Self.cell(nil, Self.target("channelBandwidth", .number(100)), verb: .deploy))
        #expect(deployed.plan?.policies.isEmpty == true && deployed.plan?.packages.count == 1)
        let mixed = try await plan(Self.cell("5", Self.target("txPower", .number(40)), Self.target("replicas", .number(2))))
        #expect(mixed.problem?.code == "mixed_targets")
    }
}
