import IntentModel
import Testing

@testable import Nephoran

@Suite struct PlanTextTests {
    @Test("a plan's table shows what each package takes")
    func overview() {
        let resources = ResourcePlan(
            replicas: 3, minReplicas: 3, maxReplicas: 9, cpu: 0.5, cpuLimit: 1, memory: 512, memoryLimit: 512, storage: nil, interfaces: [],
            placement: .init(region: nil, zone: nil, isSpread: true, hasWholeCores: false, hugepages: nil, device: nil), maxUnavailable: 1, dependsOn: ["NRF"],
            monthlyCost: 37.23)
        let plan = Plan(packages: [
            PackageChange(
                instance: "amf", path: "default/core5g/amf", function: "AMF", cluster: "default", namespace: "core5g", change: .create, resources: resources),
            PackageChange(instance: "old", path: "default/core5g/old", function: "SMF", cluster: "default", namespace: "core5g", change: .delete),
        ])
        #expect(
            PlanText.overview(plan).lines() == [
                "PACKAGE             CHANGE  FUNCTION  REPLICAS  CPU    MEMORY  STORAGE  SPREAD  USD/MONTH  NEEDS",
                "default/core5g/amf  create  AMF       3…9       0.5…1  512Mi   –        zones   37.23      NRF",
                "default/core5g/old  delete  SMF       –         –      –       –        –       –          –",
            ])
    }

    @Test("a difference is a unified diff of the files that differ")
    func difference() {
        let old = [
            PackageFile(path: "a", content: (1...12).map { "\($0)\n" }.joined()), PackageFile(path: "gone", content: "x\n"),
            PackageFile(path: "s", content: "s\n"),
        ]
        let new = [
            PackageFile(path: "a", content: (1...12).map { $0 == 6 ? "six\n" : "\($0)\n" }.joined()), PackageFile(path: "new", content: "y\n"),
            PackageFile(path: "s", content: "s\n"),
        ]
        #expect(
            FileDiff.lines(from: old, to: new) == [
                "--- a/a", "+++ b/a", "@@ -3,7 +3,7 @@", " 3", " 4", " 5", "-6", "+six", " 7", " 8", " 9",
                "--- a/gone", "+++ /dev/null", "@@ -1,1 +0,0 @@", "-x",
                "--- /dev/null", "+++ b/new", "@@ -0,0 +1,1 @@", "+y",
            ])
    }

    @Test("a package is named by cluster, namespace and instance", arguments: ["amf", "a/b", "a/b/c/d", "a//c", ""])
    func argument(_ text: String) {
        #expect(PackageArgument(argument: text) == nil)
        #expect(PackageArgument(argument: "default/core5g/amf")?.path == "default/core5g/amf")
    }
}
