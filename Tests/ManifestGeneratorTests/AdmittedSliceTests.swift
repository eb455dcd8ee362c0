import IntentModel
import Testing

@testable import PackagePlanning

/// A slice that is deployed can be chosen by UEs: the AMF and NSSF of its namespace list it. Its addresses are its own.
@Suite struct AdmittedSliceTests {
    private let nssf = "default/core5g/nssf"

    private func slice(_ sd: String? = "0000ff", type: String = "eMBB", id: String = "e1") -> IntentModel.Expectation {
        expectation(.deploy, type, kind: .networkSlice, id: id) {
            $0.namespace = "core5g"
            if let sd { $0.slice = SliceID(sst: 1, sd: sd) }
        }
    }

    private func core(name: String? = nil) async throws -> PublishedPackages {
        var inventory = PublishedPackages()
        inventory.publish(try await plan(expectation(.deploy, "5GC", name: name, kind: .coreNetwork) { $0.namespace = "core5g" }))
        return inventory
    }

    private func text(_ outcome: PlanOutcome, _ path: String, _ file: String) throws -> String {
        try #require(try outcome.node(path, "configmap.yaml")[["data", file]]?.string)
    }

    @Test("a new slice is added to the AMF and the NSSF, beside those that are there, and nothing else of them changes")
    func added() async throws {
        let inventory = try await self.core()
        let outcome = try await plan(self.slice(), on: inventory)
        #expect(Set(outcome.plan?.packages.map(\.instance) ?? []) == ["slice-embb", "slice-embb-smf", "slice-embb-upf", "amf", "nssf"])
        let served = try YAMLNode.document(in: self.text(outcome, amf, "amfcfg.yaml"))[["configuration", "plmnSupportList"]]?.items?.first?["snssaiList"]
        #expect(served?.items?.compactMap { $0["sd"]?.string } == ["010203", "0000ff"])
        let chosen = try YAMLNode.document(in: self.text(outcome, self.nssf, "nssfcfg.yaml"))["configuration"]
        #expect(chosen?["nsiList"]?.items?.compactMap { $0[["snssai", "sd"]]?.string } == ["010203", "0000ff"])
        #expect(chosen?["supportedNssaiInPlmnList"]?.items?.first?["supportedSnssaiList"]?.items?.count == 2)
        #expect(chosen?["nsiList"]?.items?.last?["nsiInformationList"]?.items?.first?["nrfId"]?.string == "http://nrf:8000/nnrf-nfm/v1/nf-instances")
        let change = try #require(outcome.plan?.packages.first { $0.instance == "amf" })
        #expect(change.change == .update && change.figures.first { $0.name == "slices" }?.value == "+1-0000ff")
        let before = try #require(inventory.revisions[amf]?.last?.first { $0.path == "configmap.yaml" }?.content)
        let after = try outcome.file(amf, "configmap.yaml")
        #expect(after.split(separator: "\n").count == before.split(separator: "\n").count + 2)
        // And the pods take it.
        let deployment = try #require(inventory.revisions[amf]?.last?.first { $0.path == "deployment.yaml" }?.content)
        #expect(try outcome.file(amf, "deployment.yaml") != deployment)
    }

    @Test("the same again changes nothing, a second one comes beside it, and what people wrote stays")
    func again() async throws {
        var inventory = try await self.core()
        inventory.publish(try await plan(self.slice(), on: inventory))
        #expect(try await plan(self.slice(), on: inventory).plan?.isNoOp == true)
        inventory.edit(amf, "configmap.yaml") { $0 = $0.replacing("full: Nephoran", with: "full: Ours") }
        let second = try await plan(
            expectation(.deploy, "URLLC", kind: .networkSlice) { ($0.namespace, $0.slice) = ("core5g", SliceID(sst: 2, sd: "0000a1")) }, on: inventory)
        let served = try YAMLNode.document(in: self.text(second, amf, "amfcfg.yaml"))["configuration"]
        #expect(served?["plmnSupportList"]?.items?.first?["snssaiList"]?.items?.compactMap { $0["sd"]?.string } == ["010203", "0000ff", "0000a1"])
        #expect(served?[["networkName", "full"]]?.string == "Ours")
    }

    @Test("of a named core its own; of several it is told that none was chosen; where there is none, one that comes later has it")
    func others() async throws {
        var lab = try await self.core(name: "lab")
        let outcome = try await plan(self.slice(), on: lab)
        let text = try self.text(outcome, "default/core5g/lab-nssf", "nssfcfg.yaml")
        #expect(text.components(separatedBy: "http://lab-nrf:8000/nnrf-nfm").count == 3)
        lab.publish(try await plan(expectation(.deploy, "AMF", name: "second") { $0.namespace = "core5g" }, on: lab))
        let several = try await plan(self.slice(), on: lab)
        #expect(several.plan?.notes.contains { $0.hasPrefix("lab-amf, second in core5g are left as they are") } == true)

        let alone = try await plan(self.slice())
        #expect(alone.plan?.notes.contains("No AMF in core5g admits UEs to the slice 1-0000ff: one that is deployed there will.") == true)
        var inventory = PublishedPackages()
        inventory.publish(alone)
        let later = try await plan(expectation(.deploy, "AMF") { $0.namespace = "core5g" }, on: inventory)
        #expect(try self.text(later, amf, "amfcfg.yaml").contains("sd: \"0000ff\""))
        // Both in one intent.
        let together = try await plan(expectation(.deploy, "AMF", id: "e0") { $0.namespace = "core5g" }, self.slice())
        #expect(try self.text(together, amf, "amfcfg.yaml").contains("sd: \"0000ff\""))
        #expect(together.plan?.packages.first { $0.instance == "amf" }?.change == .create)
    }

    @Test("a slice that is removed is taken from the lists, unless another has its S-NSSAI")
    func removed() async throws {
        var inventory = try await self.core()
        let before = try #require(inventory.revisions[amf]?.last?.first { $0.path == "configmap.yaml" }?.content)
        inventory.publish(try await plan(self.slice(), on: inventory))
        let removal = expectation(.remove, "eMBB", kind: .networkSlice) { $0.namespace = "core5g" }
        let outcome = try await plan(removal, on: inventory)
        #expect(try outcome.file(amf, "configmap.yaml") == before)
        #expect(outcome.plan?.packages.filter { $0.change == .delete }.map(\.instance).sorted() == ["slice-embb", "slice-embb-smf", "slice-embb-upf"])
        #expect(try self.text(outcome, self.nssf, "nssfcfg.yaml").contains("0000ff") == false)
        // Packages from before slices were known by their S-NSSAI: none is put beside another today.
        let second = expectation(.deploy, "eMBB", name: "twin", kind: .networkSlice) {
            ($0.namespace, $0.slice) = ("core5g", SliceID(sst: 1, sd: "0000ff"))
        }
        #expect(try await plan(second, on: inventory).questions.first?.options == ["slice-embb"])
        inventory.publish(try await plan(second, on: self.core()))
        let twin = expectation(.remove, "eMBB", name: "twin", kind: .networkSlice) { $0.namespace = "core5g" }
        #expect(try await plan(twin, on: inventory).plan?.packages.contains { $0.instance == "amf" } == false)
    }

    @Test("a slice that moves is listed where it goes, and no longer where it was")
    func moved() async throws {
        var inventory = try await self.core()
        inventory.publish(try await plan(self.slice(), on: inventory))
        inventory.publish(try await plan(expectation(.deploy, "AMF") { $0.namespace = "lab" }))
        let outcome = try await plan(
            expectation(.migrate, "eMBB", kind: .networkSlice) { ($0.from, $0.namespace) = ("core5g", "lab") }, on: inventory)
        #expect(try self.text(outcome, amf, "amfcfg.yaml").contains("0000ff") == false)
        #expect(try self.text(outcome, "default/lab/amf", "amfcfg.yaml").contains("sd: \"0000ff\""))
    }

    @Test("a list that was rewritten by hand is left alone, and it is told")
    func rewritten() async throws {
        var inventory = try await self.core()
        inventory.edit(amf, "configmap.yaml") { $0 = $0.replacing("            - sst: 1\n", with: "            - { sst: 1 }\n") }
        let outcome = try await plan(self.slice(), on: inventory)
        #expect(outcome.plan?.notes.contains("amf does not list slices as the catalogue has it: add 1-0000ff there.") == true)
        #expect(outcome.plan?.packages.contains { $0.instance == "amf" } == false)
    }

    @Test("the addresses of a slice's UEs are the same for its SMF and UPF, and not those of the core or of another slice")
    func pools() async throws {
        func pools(_ outcome: PlanOutcome) throws -> Set<Substring> {
            let texts = outcome.files.filter { $0.key.hasSuffix("smf") || $0.key.hasSuffix("upf") }.values.joined().map(\.content)
            return Set(texts.flatMap { $0.matches(of: /cidr: (10\.[0-9.]+\/16)/).map(\.1) })
        }
        let core = try pools(try await plan(expectation(.deploy, "5GC", kind: .coreNetwork) { $0.namespace = "core5g" }))
        let (one, two) = (try pools(try await plan(self.slice())), try pools(try await plan(self.slice("0000fe"))))
        #expect(core == ["10.60.0.0/16"] && one.count == 1 && two.count == 1)
        #expect(core.union(one).union(two).count == 3)
        #expect(try pools(try await plan(self.slice())) == one)
    }
}
