import IntentModel
import Testing

@testable import PackagePlanning

/// What a plan takes of a cluster, and what it says when there is not enough of it.
@Suite struct ResourcePlanTests {
    private func cluster(_ edit: (inout ClusterEntry) -> Void = { _ in }) -> ClusterEntry {
        var cluster = ClusterEntry(name: "edge-1")
        cluster.capacity = .init(cpu: 8_000, memory: 16_384, storage: 100)
        cluster.node = .init(cpu: 4_000, memory: 8_192, storage: nil)
        edit(&cluster)
        return cluster
    }

    private func plan(_ expectations: IntentModel.Expectation..., on inventory: PublishedPackages = PublishedPackages(), clusters: [ClusterEntry])
        async throws -> PlanOutcome
    {
        let interpretation = Interpretation(
            decision: .accepted, expectations: expectations, provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        return try await Planner(catalogue: catalogue, inventory: clusters).plan(interpretation, request: request, inventory: inventory, now: 0)
    }

    @Test("a plan tells what each package takes and costs, and what it needs before it")
    func resources() async throws {
        let outcome = try await self.plan(
            expectation(.deploy, "AMF", [flag("highAvailability"), flag("autoscaling")]) { $0.namespace = "core5g" }, clusters: [self.cluster()])
        let resources = try #require(outcome.plan?.packages.first?.resources)
        #expect(resources.replicas == 3 && resources.minReplicas == 3 && resources.maxReplicas == 9)
        #expect(resources.cpu == 0.5 && resources.cpuLimit == 1 && resources.memory == 512)
        #expect(resources.placement.isSpread && resources.maxUnavailable == 1 && resources.dependsOn == ["NRF"])
        #expect(resources.interfaces == [.init(name: "n2", network: "vpc-ran", attachment: "none")])
        // 3 × (0.5 × 0.03 + 0.5 × 0.004) × 730
        #expect(resources.monthlyCost == 37.23)
        #expect(outcome.plan?.notes == ["AMF needs an NRF in core5g, and there is none."])
    }

    @Test("what does not fit is refused, naming what is missing")
    func shortage() async throws {
        let one = try await self.plan(expectation(.deploy, "AMF", [number("replicas", 20)]), clusters: [self.cluster()])
        #expect(
            one.problem?.detail == "edge-1 cannot hold amf beside what is there: 2 cores are missing (10 of 8).",
            "\(one)")
        #expect(one.problem?.code == "infeasible")
        let node = try await self.plan(expectation(.deploy, "AMF", [number("cpu", 6)]), clusters: [self.cluster()])
        #expect(node.problem?.detail.contains("one replica of amf does not fit on the largest node of edge-1: 2 cores are missing (6 of 4)") == true)
    }

    @Test("what is published already counts, and what shrinks always fits")
    func published() async throws {
        var inventory = PublishedPackages()
        inventory.publish(try await self.plan(expectation(.deploy, "AMF", [number("replicas", 14)]), clusters: [self.cluster()]))
        #expect(try await self.plan(expectation(.deploy, "SMF", [number("replicas", 2)]), on: inventory, clusters: [self.cluster()]).plan != nil)
        #expect(try await self.plan(expectation(.deploy, "SMF", [number("replicas", 3)]), on: inventory, clusters: [self.cluster()]).problem != nil)
        let small = self.cluster { $0.capacity = .init(cpu: 1_000, memory: 1_024, storage: nil) }
        #expect(try await self.plan(expectation(.scale, "AMF", [number("replicas", 10)]), on: inventory, clusters: [small]).plan != nil)
        #expect(try await self.plan(expectation(.scale, "AMF", [number("replicas", 15)]), on: inventory, clusters: [small]).problem != nil)
    }

    @Test("a fast path gets whole cores, hugepages and a device where the cluster has them, and a note where it has none")
    func fastPath() async throws {
        let said = expectation(.deploy, "UPF", [number("latency", 2, .atMost)]) { $0.namespace = "core5g" }
        let rich = self.cluster {
            $0.capacity = nil
            $0.hugepages = 8
            $0.device = "intel.com/sriov_netdevice"
            $0.networks = ["vpc-ran"]
        }
        let outcome = try await self.plan(said, clusters: [rich])
        let pod = try outcome.node("edge-1/core5g/upf", "deployment.yaml")[["spec", "template"]]
        let container = try #require(pod?[["spec", "containers"]]?.items?.first)
        for part in ["requests", "limits"] {
            #expect(container[["resources", part, "hugepages-1Gi"]]?.string == "2Gi")
            #expect(container[["resources", part, "intel.com/sriov_netdevice"]]?.string == "1")
            #expect(container[["resources", part, "cpu"]]?.string == "2" && container[["resources", part, "memory"]]?.string == "1Gi")
        }
        #expect(pod?[["metadata", "annotations", "k8s.v1.cni.cncf.io/networks"]]?.string == "vpc-ran")
        #expect(outcome.plan?.packages.first?.resources?.placement.hasWholeCores == true)
        let poor = try await self.plan(said, clusters: [self.cluster()])
        #expect(poor.plan?.notes.count { $0.hasSuffix("the inventory of the cluster names none.") } == 2)
    }

    @Test("a load makes replicas as large as their share of it needs")
    func curve() async throws {
        let outcome = try await self.plan(expectation(.deploy, "AMF", [number("maxUsers", 40_000), number("replicas", 1)]), clusters: [])
        #expect(outcome.figure("cpu")?.value == "1" && outcome.figure("memory")?.value == "1Gi" && outcome.figure("cpu")?.source == .derived)
        let two = try await self.plan(expectation(.deploy, "AMF", [number("maxUsers", 150_000)]), clusters: [])
        #expect(two.figure("replicas")?.value == "2" && two.figure("cpu")?.value == "2")
    }

    @Test("what others need comes first, whatever the order of the text")
    func order() async throws {
        let outcome = try await self.plan(expectation(.deploy, "AMF", id: "e1"), expectation(.deploy, "NRF", id: "e2"), clusters: [])
        #expect(outcome.plan?.packages.map(\.function) == ["NRF", "AMF"])
    }

    @Test("the functions of a named core find each other by its name")
    func core() async throws {
        let outcome = try await self.plan(expectation(.deploy, "5GC", name: "lab", kind: .coreNetwork), clusters: [])
        #expect(try outcome.file("default/default/lab-amf", "configmap.yaml").contains("nrfUri: http://lab-nrf:8000"))
        #expect(try outcome.file("default/default/lab-smf", "configmap.yaml").contains("nodeID: \"lab-upf\""))
    }

    @Test("an NFDeployment is sized by its capacity; what else is said goes to its NFConfig and stays there")
    func nephio() async throws {
        let cluster = self.cluster { $0.form = .nephio }
        var inventory = PublishedPackages()
        inventory.publish(try await self.plan(expectation(.deploy, "UPF", [number("throughput", 4_000)]), clusters: [cluster]))
        let path = "edge-1/default/upf"
        for step in [expectation(.scale, "UPF", [number("replicas", 3)]), expectation(.scale, "UPF", [number("replicas", 1, .increaseBy)])] {
            inventory.publish(try await self.plan(step, on: inventory, clusters: [cluster]))
        }
        let outcome = try await self.plan(expectation(.configure, "UPF", [number("throughput", 6_000)]), on: inventory, clusters: [cluster])
        #expect(try outcome.node(path, "capacity.yaml")[["spec", "maxDownlinkThroughput"]]?.string == "6000M")
        #expect(try outcome.file(path, "nfconfig.yaml").contains("replicas: 4"))
        #expect(outcome.files[path]?.contains { $0.path == "deployment.yaml" } == false)
    }

    @Test("a package for Nephio moves with its cluster and namespace")
    func nephioMoves() async throws {
        let clusters = [self.cluster { $0.form = .nephio }, ClusterEntry(name: "west")]
        var inventory = PublishedPackages()
        inventory.publish(
            try await self.plan(expectation(.deploy, "UPF", [number("replicas", 2)]) { $0.cluster = "edge-1" }, clusters: clusters))
        let outcome = try await self.plan(expectation(.migrate, "UPF") { $0.cluster = "west" }, on: inventory, clusters: clusters)
        let path = "west/default/upf"
        #expect(try outcome.node(path, "workload-cluster.yaml")[["spec", "clusterName"]]?.string == "west")
        let variant = try outcome.node(path, "packagevariant.yaml")
        #expect(variant[["spec", "upstream", "package"]]?.string == path && variant[["spec", "downstream", "repo"]]?.string == "west")
        #expect(outcome.files[path]?.allSatisfy { !$0.content.contains("edge-1") } == true)
    }

    @Test(
        "a fault of the file of clusters names its place",
        arguments: [
            ("clusters: [{ name: Edge }]", "clusters[0].name: 'Edge' is not a DNS label"),
            ("clusters: [{ name: a }, { name: a }]", "clusters[1]: 'a' occurs twice"),
            ("clusters: [{ name: a, form: helm }]", "clusters[0].form: 'helm' is not one of kubernetes, nephio"),
            ("clusters: [{ name: a, capacity: { cpu: lots, memory: 1Gi } }]", "clusters[0].capacity.cpu: a CPU quantity is expected, such as 500m"),
        ])
    func faults(_ text: String, _ message: String) throws {
        let reader = CatalogueReader(try YAMLNode.document(in: text), place: "clusters.yaml:")
        #expect { try ClusterEntry.all(reader) } throws: { "\($0)" == "clusters.yaml: \(message)" }
    }
}
