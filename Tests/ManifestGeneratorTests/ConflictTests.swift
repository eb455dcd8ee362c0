import IntentModel
import Testing

@testable import PackagePlanning

/// Which plans contradict each other, from what they say to what they change.
@Suite struct ConflictTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var ours: IntentModel.Expectation
        var theirs: IntentModel.Expectation
        /// `attribute theirs/ours`, or what either wants.
        var clashes: [String]
        var testDescription: String { "\(Self.words(self.ours)) beside \(Self.words(self.theirs))" }

        private static func words(_ expectation: IntentModel.Expectation) -> String {
            let targets = expectation.targets.map { "\($0.attribute) \($0.condition.rawValue) \($0.value)" }.joined(separator: ", ")
            return "\(expectation.verb.rawValue) \(expectation.object.name ?? expectation.object.type ?? "") \(targets)"
        }
    }

    private static let toFive = expectation(.scale, "AMF", [number("replicas", 5)])
    private static let rows = [
        Row(ours: toFive, theirs: expectation(.scale, "AMF", [number("replicas", 4)]), clashes: ["replicas 4/5"]),
        Row(ours: toFive, theirs: toFive, clashes: []),
        Row(ours: toFive, theirs: expectation(.scale, "AMF", [number("replicas", 1, .increaseBy)]), clashes: ["replicas increaseBy 1/5"]),
        Row(
            ours: expectation(.scale, "AMF", [number("replicas", 2, .increaseBy)]), theirs: expectation(.scale, "AMF", [number("replicas", 1, .increaseBy)]),
            clashes: []),
        Row(ours: toFive, theirs: expectation(.scale, "AMF", [number("memory", 4096)]), clashes: []),
        Row(ours: toFive, theirs: expectation(.remove, "AMF"), clashes: ["removed | replicas 5"]),
        Row(
            ours: expectation(.remove, "AMF"), theirs: expectation(.migrate, "AMF") { $0.namespace = "core6g" },
            clashes: ["moved to default/core6g/amf | removed"]),
        Row(ours: toFive, theirs: expectation(.migrate, "AMF") { $0.namespace = "core6g" }, clashes: ["moved to default/core6g/amf | replicas 5"]),
        Row(ours: toFive, theirs: expectation(.restart, "AMF"), clashes: []),
        Row(ours: expectation(.restart, "AMF"), theirs: expectation(.remove, "AMF"), clashes: ["removed | restarted"]),
        Row(ours: toFive, theirs: expectation(.rollback, "AMF", [words("version", "v1")]), clashes: ["back at revision v1 | replicas 5"]),
        Row(
            ours: expectation(.configure, "AMF", [words("profile", "edge")]), theirs: expectation(.configure, "AMF", [words("profile", "core")]),
            clashes: ["profile core/edge"]),
        Row(ours: expectation(.configure, "AMF", [words("feature", "a")]), theirs: expectation(.configure, "AMF", [words("feature", "b")]), clashes: []),
        Row(
            ours: expectation(.configure, "AMF", [words("version", "v3.4.6")]), theirs: expectation(.configure, "AMF", [words("version", "v3.4.7")]),
            clashes: ["image docker.io/free5gc/amf:v3.4.7/docker.io/free5gc/amf:v3.4.6"]),
        Row(ours: toFive, theirs: expectation(.deploy, "AMF", [number("replicas", 4)]) { $0.namespace = "core5g" }, clashes: ["replicas 4/5"]),
        Row(ours: toFive, theirs: expectation(.deploy, "SMF", [number("replicas", 4)]), clashes: []),
    ]

    @Test("plans on one published AMF contradict each other where they cannot both be met", arguments: rows)
    func packages(_ row: Row) async throws {
        var inventory = try await publishedAMF([number("replicas", 3)])
        inventory.publish(try await plan(expectation(.scale, "AMF", [number("cpu", 1)]), on: inventory))
        let ours = try #require(try await plan(row.ours, on: inventory).plan).wishes
        let theirs = try #require(try await plan(row.theirs, on: inventory).plan).wishes
        #expect(!ours.isEmpty && !theirs.isEmpty)
        #expect(Self.clashes(ours, theirs) == row.clashes)
    }

    @Test("two new instances of one name contradict each other only in what was said of both")
    func deploys() async throws {
        func wishes(_ targets: [Target]) async throws -> [Wish] { try #require(try await plan(expectation(.deploy, "AMF", targets)).plan).wishes }
        #expect(Self.clashes(try await wishes([]), try await wishes([number("replicas", 3)])) == [])
        #expect(Self.clashes(try await wishes([number("replicas", 2)]), try await wishes([number("replicas", 3)])) == ["replicas 3/2"])
        #expect(
            Self.clashes(try await wishes([flag("highAvailability", false)]), try await wishes([flag("highAvailability")])) == ["highAvailability true/false"])
    }

    @Test("policies of one scope contradict each other in what they say of the same field")
    func policies() async throws {
        let rics = [RICInfo(name: "ric1", policyTypes: ["ORAN_SliceSLATarget_1.0.0", "ORAN_QoSTarget_2.0.0", "ORAN_TrafficSteeringPreference_2.0.0"])]
        let planner = try PolicyPlanner(directory: PolicyPlannerTests.KnownRICs(rics: rics), plmn: "310-410")
        func wishes(_ kind: ObjectKind, _ type: String, _ targets: [Target], _ context: (inout Context) -> Void = { _ in }) async throws -> [Wish] {
            try #require(try await plan(expectation(.optimize, type, kind: kind, targets, context: context), policies: planner).plan).wishes
        }
        let fast = try await wishes(.networkSlice, "eMBB", [number("throughput", 300, .atLeast)])
        let faster = try await wishes(.networkSlice, "eMBB", [number("throughput", 400, .atLeast)])
        #expect(Self.clashes(fast, faster) == ["guaDlThptPerSlice 400000 kbit/s/300000 kbit/s"])
        #expect(Self.clashes(fast, try await wishes(.networkSlice, "eMBB", [number("throughputUplink", 50)])) == [])
        #expect(Self.clashes(fast, try await wishes(.networkSlice, "mMTC", [number("throughput", 400, .atLeast)])) == [])
        func steer(_ cell: String, _ words: String) async throws -> [Wish] {
            try await wishes(.radioNetwork, "TrafficSteering", [Target(attribute: "feature", value: .text(words))]) {
                $0.cell = cell
                $0.slice = SliceID(sst: 1)
            }
        }
        #expect(Self.clashes(try await steer("1", "prefer"), try await steer("1", "avoid")) == ["preference AVOID/PREFER"])
        #expect(Self.clashes(try await steer("1", "prefer"), try await steer("2", "prefer")) == ["cell 2/1"])
        #expect(Self.clashes(try await steer("1", "prefer"), try await steer("1", "prefer")) == [])
    }

    private static func clashes(_ ours: [Wish], _ theirs: [Wish]) -> [String] {
        ours.flatMap { wish in
            theirs.filter { $0.object == wish.object }.flatMap { wish.clashes(with: $0) }.map { clash in
                clash.attribute.map { "\($0) \(clash.theirs)/\(clash.ours)" } ?? "\(clash.theirs) | \(clash.ours)"
            }
        }
    }
}
