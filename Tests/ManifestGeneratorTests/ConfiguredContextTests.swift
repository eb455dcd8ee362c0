import IntentModel
import Testing

@testable import PackagePlanning

/// What is said of the network of a function that runs takes effect: in its own configuration, beside what people have made of that.
@Suite struct ConfiguredContextTests {
    private let du = "default/ran/o-du"

    private func hash(_ outcome: PlanOutcome, _ path: String) throws -> String? {
        try outcome.node(path, "deployment.yaml")[["spec", "template", "metadata", "annotations", "nephoran.com/config-hash"]]?.string
    }

    private func publishedDU() async throws -> PublishedPackages {
        var inventory = PublishedPackages()
        inventory.publish(try await plan(expectation(.deploy, "O-DU") { $0.namespace = "ran" }))
        return inventory
    }

    @Test("a radio function's PLMN, TAC, slice, gNB, cell and PCI are in its gnb.conf, and the pods roll")
    func radio() async throws {
        let inventory = try await self.publishedDU()
        let said = expectation(.configure, "O-DU", [number("physicalCellId", 42)]) {
            $0.namespace = "ran"
            ($0.plmn, $0.tac, $0.slice, $0.cell, $0.gnb) = ("310-410", "77", SliceID(sst: 2, sd: "0000a1"), "1201", "17")
        }
        let outcome = try await plan(said, on: inventory)
        let text = try #require(outcome.node(self.du, "configmap.yaml")[["data", "gnb.conf"]]?.string)
        for line in [
            "gNB_ID = 17;", "tracking_area_code = 77;", "nr_cellid = 1201L;", "mcc = 310; mnc = 410; mnc_length = 3;", "sst = 2; sd = 0x0000a1;",
            "physCellId = 42;",
        ] { #expect(text.contains(line), "\(line)") }
        let before = try YAMLNode.document(in: try #require(inventory.revisions[self.du]?.last?.first { $0.path == "deployment.yaml" }?.content))
        #expect(try self.hash(outcome, self.du) != before[["spec", "template", "metadata", "annotations", "nephoran.com/config-hash"]]?.string)
        #expect(outcome.plan?.notes.contains("gnb.conf of o-du: “tracking_area_code = 1;” becomes “tracking_area_code = 77;”.") == true)
        // The same as if it had been deployed so.
        var deployed = said
        deployed.verb = .deploy
        let new = try await plan(deployed)
        #expect(try new.node(self.du, "configmap.yaml")[["data", "gnb.conf"]]?.string == text)
        #expect(try self.hash(new, self.du) == self.hash(outcome, self.du))
    }

    @Test("what is not said stays, and so does what people wrote beside it")
    func beside() async throws {
        var inventory = try await publishedAMF([])
        inventory.edit(amf, "configmap.yaml") {
            $0 = $0.replacing("full: Nephoran", with: "full: Our network").replacing("t3512Value: 3600", with: "t3512Value: 1800")
        }
        let outcome = try await plan(expectation(.configure, "AMF") { ($0.namespace, $0.tac) = ("core5g", "77") }, on: inventory)
        let text = try #require(outcome.node(amf, "configmap.yaml")[["data", "amfcfg.yaml"]]?.string)
        #expect(text.contains("tac: \"00004d\"") && text.contains("full: Our network") && text.contains("t3512Value: 1800") && text.contains("mcc: \"208\""))
        var next = inventory
        next.publish(outcome)
        let plmn = try await plan(expectation(.configure, "AMF") { ($0.namespace, $0.plmn) = ("core5g", "001-01") }, on: next)
        let after = try #require(plmn.node(amf, "configmap.yaml")[["data", "amfcfg.yaml"]]?.string)
        // The PLMN of the GUAMI, of the tracking area and of what is supported.
        #expect(after.split(separator: "\n").count { $0.contains("mcc: \"001\"") } == 3 && after.contains("tac: \"00004d\""))
    }

    @Test("a line that somebody changed by hand is asked about; the answer is what it has then")
    func conflict() async throws {
        var inventory = try await publishedAMF([])
        inventory.edit(amf, "configmap.yaml") { $0 = $0.replacing("tac: \"000001\"", with: "tac: \"000005\"") }
        let said = expectation(.configure, "AMF") { ($0.namespace, $0.tac) = ("core5g", "77") }
        let asked = try await plan(said, on: inventory)
        #expect(asked.questions.map(\.field) == ["context.tac"])
        #expect(asked.questions.first?.question == "Somebody changed “tac: \"000005\"” in amfcfg.yaml of amf by hand. Which tac shall it have?")
        for (value, expected) in [("77", "tac: \"00004d\""), ("5", "tac: \"000005\"")] {
            let answer = ClarificationAnswer(expectation: "e1", field: "context.tac", value: .text(value))
            let interpretation = Interpretation(
                decision: .accepted, expectations: [said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
            let outcome = try await Planner(catalogue: catalogue).plan(
                Planner.applying([answer], to: interpretation), request: request, inventory: inventory, settled: Planner.settled(by: [answer]), now: 0)
            #expect(try #require(outcome.node(amf, "configmap.yaml")[["data", "amfcfg.yaml"]]?.string).contains(expected), "\(outcome)")
        }
    }

    @Test("where the file has been rewritten, nothing of it is guessed, and it is told")
    func rewritten() async throws {
        var inventory = try await publishedAMF([])
        inventory.edit(amf, "configmap.yaml") { $0 = $0.replacing("          tac: \"000001\"", with: "          tacs: [1]") }
        let outcome = try await plan(expectation(.configure, "AMF") { ($0.namespace, $0.tac) = ("core5g", "77") }, on: inventory)
        #expect(outcome.plan?.notes.contains("amfcfg.yaml of amf does not say tac where the catalogue has it: it is in parameters.yaml alone.") == true)
        #expect(try #require(outcome.node(amf, "configmap.yaml")[["data", "amfcfg.yaml"]]?.string).contains("00004d") == false)
    }

    @Test(
        "a tracking area is the same number for the core and the radio, however it is written",
        arguments: [("1", 1), ("100", 100), ("0x64", 100), ("000064", 100), ("00004D", 77), ("a1", 161), ("16777215", 0xff_ffff)])
    func trackingArea(_ text: String, _ value: Int) async throws {
        let outcome = try await plan(expectation(.deploy, "AMF", id: "e1") { $0.tac = text }, expectation(.deploy, "gNB", id: "e2") { $0.tac = text })
        let hex = String(value, radix: 16)
        #expect(try outcome.file("default/default/amf", "configmap.yaml").contains("tac: \"\(String(repeating: "0", count: 6 - hex.count))\(hex)\""))
        #expect(try outcome.file("default/default/gnb", "configmap.yaml").contains("tracking_area_code = \(value);"))
        #expect(try outcome.file("default/default/amf", "configmap.yaml").contains("tac: \"\(value)\""))
    }

    @Test("a scale that names a slice configures nothing")
    func scope() async throws {
        let outcome = try await plan(
            expectation(.scale, "AMF", [number("replicas", 2)]) { ($0.namespace, $0.slice) = ("core5g", SliceID(sst: 3)) }, on: publishedAMF([]))
        #expect(try outcome.file(amf, "configmap.yaml").contains("- sst: 1\n"))
    }

    @Test(
        "what no configuration takes is asked about, whoever said it",
        arguments: [("dnn", "x\"\n    evil: true"), ("tac", "1; exit"), ("tac", "16777216"), ("tac", "north"), ("plmn", "310410x"), ("plmn", "1-2")])
    func hostile(_ field: String, _ value: String) async throws {
        let outcome = try await plan(
            expectation(.deploy, "AMF") {
                switch field {
                case "dnn": $0.dnn = value
                case "tac": $0.tac = value
                default: $0.plmn = value
                }
            })
        #expect(outcome.questions.map(\.field) == ["context.\(field)"], "\(outcome)")
    }
}
