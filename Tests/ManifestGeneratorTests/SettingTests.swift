import IntentModel
import Testing

@testable import PackagePlanning

/// Settings of the network: one that no configuration takes is refused, not published without effect.
@Suite struct SettingTests {
    private func published(_ type: String, kind: ObjectKind = .networkFunction) async throws -> PublishedPackages {
        var inventory = PublishedPackages()
        inventory.publish(try await plan(expectation(.deploy, type, kind: kind) { $0.namespace = "core5g" }))
        return inventory
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var function: String
        var targets: [Target] = []
        var said: @Sendable (inout Context) -> Void = { _ in }
        var name: String
        var testDescription: String { "\(self.function) \(self.name)" }
    }

    private static let rows = [
        Row(function: "AMF", targets: [number("fiveQI", 9)], name: "fiveQI"), Row(function: "UPF", targets: [number("arp", 2)], name: "arp"),
        Row(function: "SMF", targets: [number("priorityLevel", 2)], name: "priorityLevel"), Row(function: "UDM", said: { $0.plmn = "001-01" }, name: "plmn"),
        Row(function: "SMF", said: { $0.tac = "7" }, name: "tac"), Row(function: "NRF", said: { $0.dnn = "ims" }, name: "dnn"),
        Row(function: "UPF", said: { $0.slice = SliceID(sst: 1, sd: "0000aa") }, name: "slice"),
    ]

    @Test("a setting that the function's configuration has no place for is refused, with the reason", arguments: rows)
    func refused(_ row: Row) async throws {
        let said = expectation(.configure, row.function, row.targets) {
            $0.namespace = "core5g"
            row.said(&$0)
        }
        let outcome = try await plan(said, on: self.published(row.function))
        #expect(outcome.problem?.code == "not_mapped", "\(outcome)")
        #expect(
            outcome.problem?.detail
                == "The configuration of \(row.function) has no place for \(row.name) in the catalogue: published, it would change nothing.")
    }

    @Test("what a new function cannot be told is noted")
    func new() async throws {
        let told = try await plan(expectation(.deploy, "UDM") { $0.plmn = "001-01" }).plan
        #expect(told?.notes.contains("The configuration of UDM has no place for plmn in the catalogue: it is in parameters.yaml alone.") == true)
        #expect(try await plan(expectation(.deploy, "AMF") { $0.plmn = "001-01" }).plan != nil)
        let noted = try await plan(expectation(.deploy, "gNB", kind: .e2Node, [number("channelBandwidth", 100)])).plan
        #expect(noted?.notes.contains("The configuration of gNB has no place for channelBandwidth in the catalogue: it is in parameters.yaml alone.") == true)
    }

    @Test("a core's setting goes to the functions that have it, and to no other")
    func core() async throws {
        let inventory = try await self.published("5GC", kind: .coreNetwork)
        let outcome = try await plan(expectation(.configure, "5GC", kind: .coreNetwork) { ($0.namespace, $0.plmn) = ("core5g", "001-01") }, on: inventory)
        let changed = Set(outcome.plan?.packages.filter { $0.change == .update }.map(\.function) ?? [])
        let having = Set((catalogue.cores["5GC"] ?? []).filter { catalogue.entry($0)?.configurable.contains("plmn") == true })
        #expect(changed == having && having.contains("AMF") && !having.contains("UDM"), "\(outcome)")
        let none = expectation(.configure, "5GC", kind: .coreNetwork, [number("fiveQI", 9)]) { $0.namespace = "core5g" }
        #expect(try await plan(none, on: inventory).problem?.code == "not_mapped")
    }

    @Test("an operator's and an unknown function read their parameters themselves")
    func operated() async throws {
        let planner = Planner(catalogue: catalogue, form: .nephio)
        func outcome(_ expectation: IntentModel.Expectation, _ inventory: PublishedPackages = PublishedPackages()) async throws -> PlanOutcome {
            let interpretation = Interpretation(
                decision: .accepted, expectations: [expectation], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
            return try await planner.plan(interpretation, request: request, inventory: inventory, now: 0)
        }
        var inventory = PublishedPackages()
        inventory.publish(try await outcome(expectation(.deploy, "SMF")))
        #expect(try await outcome(expectation(.configure, "SMF") { $0.tac = "7" }, inventory).plan?.packages.map(\.change) == [.update])
        let custom = PublishedPackages()
        #expect(try await plan(expectation(.deploy, "Custom", name: "probe") { $0.tac = "7" }, on: custom).plan != nil)
    }

    @Test("an identifier beside a size says where, and is no setting")
    func place() async throws {
        let inventory = try await publishedAMF()
        let outcome = try await plan(expectation(.scale, "AMF", [number("replicas", 4)]) { ($0.tac, $0.plmn) = ("7", "001-01") }, on: inventory)
        #expect(outcome.files[amf]?.contains { $0.content.contains("001-01") } == false)
        let upf = try await plan(
            expectation(.configure, "UPF", [number("cpu", 3)]) { ($0.namespace, $0.slice) = ("core5g", SliceID(sst: 1)) }, on: self.published("UPF"))
        #expect(upf.plan?.packages.map(\.change) == [.update] && upf.figure("slice") == nil)
    }
}
