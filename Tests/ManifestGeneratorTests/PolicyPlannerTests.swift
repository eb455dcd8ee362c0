import Foundation
import IntentModel
import JSONSchema
import Testing

@testable import PackagePlanning

@Suite struct PolicyPlannerTests {
    /// Testing has an `Expectation` of its own.
    typealias Expectation = IntentModel.Expectation

    /// A state of the RICs, without a server: the planner's only view of them.
    struct KnownRICs: RICDirectory {
        var rics: [RICInfo] = []
        var documents: [String: String] = [:]

        func rics() async throws -> [RICInfo] { self.rics }
        func policies() async throws -> [PolicyReference] {
            self.documents.keys.sorted().map { key in
                let parts = key.split(separator: " ").map(String.init)
                return PolicyReference(ric: parts[0], policyType: parts[1], policyId: parts[2])
            }
        }
        var shares: [String: [String: String]] = [:]
        func elements() async throws -> [String] { self.shares.keys.sorted() }
        /// Of other classes than RRMPolicyRatio: class → name → attributes, alike at every element.
        var objects: [String: [String: String]] = [:]
        func objects(of element: String, class name: String) async throws -> [String: String] {
            (name == "RRMPolicyRatio" ? self.shares[element] : self.objects[name]) ?? [:]
        }
        func document(of policy: PolicyReference) async throws -> String? { self.documents["\(policy.ric) \(policy.policyType) \(policy.policyId)"] }
    }

    private static let types = [
        "ORAN_SliceSLATarget_1.0.0", "ORAN_QoSTarget_2.0.0", "ORAN_QoETarget_2.0.0", "ORAN_TrafficSteeringPreference_2.0.0",
    ]
    private static let one = [RICInfo(name: "ric1", policyTypes: types)]

    private func plan(_ expectation: Expectation, rics: [RICInfo] = Self.one, documents: [String: String] = [:], plmn: String? = nil) async throws
        -> PolicyPlanningResult
    {
        let planner = try PolicyPlanner(directory: KnownRICs(rics: rics, documents: documents), plmn: plmn)
        return try await planner.policies(for: expectation, request: IntentRequest(intent: "test"))
    }

    private static func slice(_ verb: Verb, _ targets: [Target], plmn: String? = "310-410", sd: String? = "00000A", type: String = "URLLC") -> Expectation {
        var context = Context()
        context.slice = type == "URLLC" ? SliceID(sst: 2, sd: sd) : nil
        context.plmn = plmn
        return Expectation(id: "e1", verb: verb, object: ObjectReference(kind: .networkSlice, type: type), targets: targets, context: context)
    }

    private static func radio(_ type: String, _ verb: Verb = .configure, _ targets: [Target] = [], _ change: (inout Context) -> Void = { _ in }) -> Expectation
    {
        var context = Context()
        change(&context)
        return Expectation(id: "e1", verb: verb, object: ObjectReference(kind: .radioNetwork, type: type), targets: targets, context: context)
    }

    private static func target(_ attribute: String, _ condition: Condition, _ value: Double) -> Target {
        Target(attribute: attribute, condition: condition, value: .number(value), unit: Attribute.unit(of: attribute))
    }

    private static let sliceScope = #""sliceId":{"plmnId":{"mcc":"310","mnc":"410"},"sd":"00000a","sst":2}"#
    private static let slaId = "nephoran.slice-sla.sst-2.sd-00000a.plmn-310-410"

    @Test("the table reads, and names only attributes, conditions and types that exist")
    func table() throws {
        let mapping = try RANMapping.bundled()
        #expect(mapping.policyTypes.map(\.id) == Self.types)
        #expect(mapping.rows.count > 10)
    }

    @Test(
        "a fault of the table is an error that names its place",
        arguments: [
            ("pdb", "pdb\n    colour: red"), ("attributes: [latency]", "attributes: [lag]"), ("[between]", "[sometimes]"), ("bound: low", "bound: left"),
        ])
    func tableFaults(_ good: String, _ bad: String) throws {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        let path = root + "/Services/ManifestGenerator/PackagePlanning/Catalogue/ran-mapping.yaml"
        let yaml = try #require(try? String(contentsOfFile: path, encoding: .utf8))
        #expect(throws: CatalogueError.self) { try RANMapping(yaml: yaml.replacing(good, with: bad, maxReplacements: 1)) }
    }

    @Test("latency and throughput of a slice become one QoS and one SLA policy on each RIC")
    func sliceSLA() async throws {
        let rics = ["east", "west"].map { RICInfo(name: $0, policyTypes: Self.types) }
        let result = try await self.plan(Self.slice(.optimize, [Self.target("latency", .atMost, 10), Self.target("throughput", .atLeast, 50)]), rics: rics)
        guard case .policies(let changes, let notes) = result else { return #expect(Bool(false), "\(result)") }
        #expect(notes.isEmpty)
        #expect(
            changes.map { "\($0.change) \($0.ric ?? "") \($0.policyId)" } == ["east", "west"].map { "put \($0) \(Self.slaId)" }
                + ["east", "west"].map { "put \($0) nephoran.qos.sst-2.sd-00000a.plmn-310-410.5qi-82" })
        #expect(changes[0].document == #"{"scope":{\#(Self.sliceScope)},"sliceSlaObjectives":{"guaDlThptPerSlice":50000}}"#)
        #expect(changes[2].document == #"{"qosObjectives":{"pdb":10},"scope":{"qosId":{"5qI":82},\#(Self.sliceScope)}}"#)
        #expect(changes[2].figures.map(\.source) == [.default, .text])
    }

    @Test(
        "conditions and units become fields",
        arguments: [
            ("throughput", Condition.atMost, 0.3, #"{"maxDlThptPerSlice":300}"#), ("throughputUplink", .equals, 20, #"{"guaUlThptPerSlice":20000}"#),
            ("throughputUplink", .lessThan, 20, #"{"maxUlThptPerSlice":20000}"#), ("maxUsers", .equals, 1000, #"{"maxNumberOfUes":1000}"#),
            ("maxUsers", .lessThan, 1000, #"{"maxNumberOfUes":999}"#), ("maxUsers", .greaterThan, 1000, #"{"maxNumberOfUes":1001}"#),
            ("priorityLevel", .equals, 5, #"{"priorityLevel":5}"#), ("latency", .lessThan, 0.5, #"{"pdb":0.5}"#),
        ] as [(String, Condition, Double, String)])
    func units(_ attribute: String, _ condition: Condition, _ value: Double, _ objectives: String) async throws {
        let result = try await self.plan(Self.slice(.configure, [Self.target(attribute, condition, value)]))
        guard case .policies(let changes, _) = result, changes.count == 1 else { return #expect(Bool(false), "\(result)") }
        let document = try JSONValue(parsing: changes[0].document)
        #expect((document["sliceSlaObjectives"] ?? document["qosObjectives"])?.text == objectives)
    }

    @Test("a range becomes a guarantee and a cap")
    func range() async throws {
        let target = Target(attribute: "throughput", condition: .between, value: .range(10, 20), unit: "Mbps")
        guard case .policies(let changes, _) = try await self.plan(Self.slice(.configure, [target])) else { return #expect(Bool(false)) }
        #expect(try JSONValue(parsing: changes[0].document)["sliceSlaObjectives"] == ["guaDlThptPerSlice": 10_000, "maxDlThptPerSlice": 20_000])
    }

    @Test("without a RIC a deployed slice is not held up, and says that the RAN does not enforce it")
    func deployWithoutRIC() async throws {
        let result = try await self.plan(Self.slice(.deploy, [Self.target("throughput", .atLeast, 50)], plmn: nil), rics: [])
        guard case .policies(let changes, let notes) = result else { return #expect(Bool(false), "\(result)") }
        #expect(changes.map(\.change) == [.skip])
        #expect(changes[0].reason?.contains("A1_URL") == true)
        #expect(notes.count == 1)
    }

    @Test("without a RIC a change of the RAN alone is refused")
    func refusedWithoutRIC() async throws {
        for expectation in [
            Self.radio("QoS", .configure, [Self.target("latency", .atMost, 5), Self.target("fiveQI", .equals, 82)]),
            Self.slice(.optimize, [Self.target("latency", .atMost, 5)]),
        ] {
            guard case .refuse(let problem) = try await self.plan(expectation, rics: []) else { return #expect(Bool(false)) }
            #expect(problem.code == "no_ric_configured")
            #expect(problem.status == 422)
        }
    }

    @Test("what the scope needs and nobody said is asked, unless the installation knows it")
    func asks() async throws {
        let expectation = Self.slice(.deploy, [Self.target("throughput", .atLeast, 50)], plmn: nil)
        guard case .clarify(let questions) = try await self.plan(expectation) else { return #expect(Bool(false)) }
        #expect(questions.map(\.field) == ["context.plmn"])
        guard case .policies(let changes, _) = try await self.plan(expectation, plmn: "001-01") else { return #expect(Bool(false)) }
        #expect(changes[0].policyId == "nephoran.slice-sla.sst-2.sd-00000a.plmn-001-01")
        #expect(changes[0].figures.contains { $0.name == "plmnId" && $0.source == .default })

        let cases: [(Expectation, String)] = [
            (Self.slice(.configure, [Self.target("throughput", .atLeast, 5)], type: "Custom"), "context.slice"),
            (Self.slice(.configure, [Self.target("throughput", .atLeast, 5)], plmn: "31-4"), "context.plmn"),
            (Self.radio("QoS", .configure, [Self.target("latency", .atMost, 5)]), "targets.fiveQI"), (Self.radio("QoS"), "targets"),
            (Self.radio("QoS", .configure, [Self.target("priorityLevel", .equals, 200), Self.target("fiveQI", .equals, 9)]), "targets.priorityLevel"),
            (Self.radio("TrafficSteering") { $0.cell = "5" }, "context.slice"),
            (
                Self.radio("TrafficSteering") {
                    $0.slice = SliceID(sst: 1); $0.plmn = "310-410"
                }, "context.cell"
            ),
            (Self.radio("TrafficSteering") { $0.ue = "ue1" }, "context.ue"),
            (Self.slice(.scale, [Self.target("maxUsers", .increaseBy, 10)]), "targets.maxUsers"),
            (Self.slice(.configure, [Self.target("throughput", .atLeast, 50), Self.target("throughput", .atMost, 20)]), "targets.throughput"),
            (Self.slice(.configure, [Self.target("throughput", .atLeast, 50), Self.target("bandwidth", .atLeast, 20)]), "targets.bandwidth"),
            (Self.radio("QoS", .remove), "context.slice"),
        ]
        for (expectation, field) in cases {
            guard case .clarify(let questions) = try await self.plan(expectation) else {
                #expect(Bool(false), "\(field) was not asked")
                continue
            }
            #expect(questions.map(\.field) == [field])
        }
    }

    @Test("what has no mapping is refused, or noted where a package keeps it, never dropped")
    func unmapped() async throws {
        guard
            case .refuse(let problem) = try await self.plan(
                Self.radio("QoS", .configure, [Self.target("jitter", .atMost, 1), Self.target("latency", .atMost, 5)]))
        else { return #expect(Bool(false)) }
        #expect(problem.code == "no_ran_mapping")
        #expect(problem.detail.contains("jitter"))
        for type in ["EnergySaving", "Handover", "Cell", "Coverage", "Interference"] {
            guard case .refuse(let problem) = try await self.plan(Self.radio(type)) else { return #expect(Bool(false), "\(type)") }
            #expect(problem.code == "no_ran_mapping")
        }
        guard
            case .policies(let changes, let notes) = try await self.plan(
                Self.slice(.deploy, [Self.target("reliability", .atLeast, 99.999), Self.target("replicas", .equals, 2)]))
        else { return #expect(Bool(false)) }
        #expect(changes.isEmpty)
        #expect(notes.count == 1 && notes[0].contains("reliability") && !notes[0].contains("replicas"))
    }

    @Test("other objects and other verbs are no policy matter")
    func notMapped() async throws {
        let amf = Expectation(
            id: "e1", verb: .deploy, object: ObjectReference(kind: .networkFunction, type: "AMF"), targets: [Self.target("latency", .atMost, 5)])
        #expect(try await self.plan(amf) == .notMapped)
        #expect(try await self.plan(Self.slice(.report, [])) == .notMapped)
        #expect(try await self.plan(Self.slice(.deploy, [])) == .notMapped)
    }

    private static func sla(_ ric: String, _ objectives: String) -> [String: String] {
        ["\(ric) ORAN_SliceSLATarget_1.0.0 \(self.slaId)": #"{"scope":{\#(self.sliceScope)},"sliceSlaObjectives":\#(objectives)}"#]
    }

    @Test("what an earlier intent guaranteed stays, and the same again is no change")
    func merges() async throws {
        let held = Self.sla("ric1", #"{"guaDlThptPerSlice":50000}"#)
        guard case .policies(let changes, _) = try await self.plan(Self.slice(.configure, [Self.target("maxUsers", .equals, 10)]), documents: held) else {
            return #expect(Bool(false))
        }
        #expect(try JSONValue(parsing: changes[0].document)["sliceSlaObjectives"] == ["guaDlThptPerSlice": 50_000, "maxNumberOfUes": 10])
        #expect(changes[0].figures.map(\.source) == [.text, .current])
        guard case .policies(let again, let notes) = try await self.plan(Self.slice(.configure, [Self.target("throughput", .atLeast, 50)]), documents: held)
        else { return #expect(Bool(false)) }
        #expect(again.map(\.change) == [.none])
        #expect(notes == ["The RICs hold these policies already."])
    }

    @Test(
        "a relative change starts from what the RIC holds",
        arguments: [(Condition.increaseBy, 10.0, 60_000), (.decreaseBy, 10, 40_000), (.multiplyBy, 2, 100_000)] as [(Condition, Double, Int)])
    func relative(_ condition: Condition, _ value: Double, _ kbps: Int) async throws {
        let expectation = Self.slice(.scale, [Self.target("throughput", condition, value)])
        guard case .policies(let changes, _) = try await self.plan(expectation, documents: Self.sla("ric1", #"{"guaDlThptPerSlice":50000}"#)) else {
            return #expect(Bool(false))
        }
        #expect(try JSONValue(parsing: changes[0].document)["sliceSlaObjectives"]?["guaDlThptPerSlice"]?.integer == kbps)
    }

    @Test("a RIC that is down is planned for, one that lacks the type is told about")
    func ricsDiffer() async throws {
        let rics = [
            RICInfo(name: "east", policyTypes: Self.types), RICInfo(name: "west", available: false, policyTypes: []),
            RICInfo(name: "old", policyTypes: ["20008"]),
        ]
        let result = try await self.plan(Self.slice(.optimize, [Self.target("throughput", .atLeast, 50)]), rics: rics)
        guard case .policies(let changes, let notes) = result else { return #expect(Bool(false)) }
        #expect(changes.map(\.ric) == ["east", "west"])
        #expect(notes.count == 2)
        guard case .refuse(let problem) = try await self.plan(Self.slice(.optimize, [Self.target("throughput", .atLeast, 50)]), rics: [rics[2]]) else {
            return #expect(Bool(false))
        }
        #expect(problem.code == "policy_type_not_offered")
    }

    @Test("a removal of objectives takes those away, and the policy only when nothing is left of it")
    func removalOfObjectives() async throws {
        var documents = Self.sla("ric1", #"{"guaDlThptPerSlice":50000,"maxNumberOfUes":10}"#)
        let qos = "ric1 ORAN_QoSTarget_2.0.0 nephoran.qos.sst-2.sd-00000a.plmn-310-410.5qi-82"
        documents[qos] = #"{"scope":{"qosId":{"5qI":82},\#(Self.sliceScope)},"qosObjectives":{"pdb":10}}"#
        var context = Context()
        context.slice = SliceID(sst: 2, sd: "00000A")
        func plan(_ targets: [Target]) async throws -> [String] {
            let expectation = Expectation(id: "e1", verb: .remove, object: ObjectReference(kind: .policy, type: "Slicing"), targets: targets, context: context)
            guard case .policies(let changes, _) = try await self.plan(expectation, documents: documents) else { return ["no policies"] }
            return try changes.map { change in
                "\(change.change) \(change.policyId) \(change.change == .put ? try JSONValue(parsing: change.document)["sliceSlaObjectives"]?.text ?? "" : "")"
            }
        }
        #expect(try await plan([Self.target("throughput", .atLeast, 50)]) == ["put \(Self.slaId) {\"maxNumberOfUes\":10}"])
        #expect(try await plan([Self.target("latency", .atMost, 10)]) == ["delete nephoran.qos.sst-2.sd-00000a.plmn-310-410.5qi-82 "])
        #expect(try await plan([]).count == 2)
        #expect(try await plan([Self.target("jitter", .atMost, 10)]) == ["no policies"])
    }

    @Test("the quality of video becomes a QoE policy")
    func quality() async throws {
        guard
            case .policies(let changes, _) = try await self.plan(
                Self.slice(.configure, [Self.target("qoeScore", .atLeast, 4.2), Self.target("stallRatio", .atMost, 0.5)]))
        else { return #expect(Bool(false)) }
        #expect(changes.map(\.policyId) == ["nephoran.qoe.sst-2.sd-00000a.plmn-310-410"])
        #expect(changes.map(\.document) == [#"{"qoeObjectives":{"qoeScore":4.2,"stallRatio":0.005},"scope":{\#(Self.sliceScope)}}"#])
    }

    @Test("a removal deletes exactly our policies about that slice")
    func removal() async throws {
        var documents = Self.sla("ric1", "{}")
        documents["ric1 ORAN_QoSTarget_2.0.0 nephoran.qos.sst-2.sd-00000a.plmn-310-410.5qi-82"] = "{}"
        documents["ric1 ORAN_QoSTarget_2.0.0 nephoran.qos.sst-2.sd-00000b.plmn-310-410.5qi-82"] = "{}"
        documents["ric1 ORAN_QoSTarget_2.0.0 somebody-elses"] = "{}"
        documents["ric1 ORAN_SliceSLATarget_1.0.0 nephoran.slice-sla.sst-2.plmn-310-410"] = "{}"
        guard case .policies(let changes, _) = try await self.plan(Self.slice(.remove, [], plmn: nil), documents: documents) else {
            return #expect(Bool(false))
        }
        #expect(changes.map(\.change) == [.delete, .delete])
        #expect(Set(changes.map(\.policyId)) == [Self.slaId, "nephoran.qos.sst-2.sd-00000a.plmn-310-410.5qi-82"])
        guard case .policies(let none, let notes) = try await self.plan(Self.slice(.remove, [], sd: "0000ff"), documents: documents) else {
            return #expect(Bool(false))
        }
        #expect(none.isEmpty && notes.count == 1)
    }

    @Test("steering a slice to or from a cell becomes a preference")
    func steering() async throws {
        for (word, preference, source) in [(nil, "PREFER", Figure.Source.default), ("avoid", "AVOID", .text)] as [(String?, String, Figure.Source)] {
            let targets = word.map { [Target(attribute: "feature", value: .text($0))] } ?? []
            let expectation = Self.radio("TrafficSteering", .configure, targets) {
                $0.slice = SliceID(sst: 2, sd: "00000A")
                $0.plmn = "310-410"
                $0.cell = "cell-5"
            }
            guard case .policies(let changes, _) = try await self.plan(expectation) else { return #expect(Bool(false)) }
            #expect(
                changes[0].document
                    == #"{"scope":{\#(Self.sliceScope)},"tspResources":[{"cellIdList":[{"cId":{"ncI":5},"plmnId":{"mcc":"310","mnc":"410"}}],"preference":"\#(preference)"}]}"#
            )
            #expect(changes[0].figures.first { $0.name == "preference" }?.source == source)
        }
    }
}
