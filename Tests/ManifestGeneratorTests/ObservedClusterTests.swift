import HTTPFetch
import IntentModel
import Resilience
import ServiceClient
import TestSupport
import Testing

@testable import ManifestGenerator
@testable import PackagePlanning

/// Where something new goes, and whether there is room, by what an O-Cloud tells of its clusters.
@Suite struct ObservedClusterTests {
    /// 2026-01-01 14:03 UTC.
    private static let readAt: Int64 = 1_767_276_180_000
    private static let now = Self.readAt + 60_000

    private func edge(_ name: String, cpu: String, places: [String] = []) -> ObservedClusters.Cluster {
        .init(name: name, places: places, capacity: ["cpu": cpu, "memory": "64Gi"])
    }

    private func plan(
        _ expectations: IntentModel.Expectation..., cloud: [ObservedClusters.Cluster], isStale: Bool = false, clusters: [String] = [],
        file: [ClusterEntry] = [], on inventory: PublishedPackages = PublishedPackages()
    ) async throws -> PlanOutcome {
        let interpretation = Interpretation(
            decision: .accepted, expectations: expectations, provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let planner = Planner(catalogue: catalogue, clusters: clusters, inventory: file)
            .knowing(.read(ObservedClusters(clusters: cloud, readAt: Self.readAt, isStale: isStale)))
        return try await planner.plan(interpretation, request: request, inventory: inventory, now: Self.now)
    }

    private func amf(_ replicas: Double = 1, _ edit: (inout Context) -> Void = { _ in }) -> IntentModel.Expectation {
        expectation(.deploy, "AMF", [number("replicas", replicas)], context: edit)
    }

    @Test("the only cluster of the O-Cloud is where it goes, with the room that is there as a figure")
    func only() async throws {
        let outcome = try await self.plan(self.amf(), cloud: [self.edge("edge01", cpu: "12")])
        #expect(outcome.plan?.packages.map(\.path) == ["edge01/default/amf"])
        #expect(outcome.figure("room")?.reason == "edge01 has 12 free cores and 64Gi of free memory, inventory of 14:03 UTC")
        #expect(outcome.figure("cluster")?.reason == "the only cluster")
    }

    @Test("of several, the only one with room is taken and says so; none is infeasible, with what each lacks; more than one is asked, with what each has")
    func several() async throws {
        // An AMF requests half a core.
        let two = [self.edge("edge01", cpu: "2"), self.edge("edge02", cpu: "8")]
        let chosen = try await self.plan(self.amf(10), cloud: two)
        #expect(chosen.plan?.packages.map(\.path) == ["edge02/default/amf"])
        #expect(chosen.figure("cluster")?.reason == "of the clusters it could go to, the only one with room for it")
        let none = try await self.plan(self.amf(20), cloud: two)
        #expect(none.problem?.code == "infeasible")
        let detail = try #require(none.problem?.detail)
        #expect(detail.contains("edge01 cannot hold amf beside what is there: 8 cores are missing (10 of 2), by the inventory of 14:03 UTC"))
        #expect(detail.contains("edge02 cannot hold amf beside what is there: 2 cores are missing (10 of 8)"))
        let asked = try await self.plan(self.amf(2), cloud: two)
        #expect(asked.questions.map(\.field) == ["context.cluster"] && asked.questions.first?.options == ["edge01", "edge02"])
        let question = try #require(asked.questions.first?.question)
        #expect(question.contains("In which cluster? edge01 has 2 free cores"), "\(question)")
        #expect(question.contains("edge02 has 8 free cores and 64Gi of free memory, inventory of 14:03 UTC"))
    }

    @Test("a core of many functions goes where all of it fits")
    func core() async throws {
        let outcome = try await self.plan(
            expectation(.deploy, "5GC", kind: .coreNetwork), cloud: [self.edge("edge01", cpu: "1"), self.edge("edge02", cpu: "64")])
        #expect(Set(outcome.plan?.packages.map(\.cluster) ?? []) == ["edge02"])
    }

    @Test("a place of the text is where the O-Cloud says that clusters are; of several there it is one with room, or asked")
    func places() async throws {
        let clusters = [
            self.edge("edge01", cpu: "8", places: ["loc-1", "Kista"]), self.edge("edge02", cpu: "1", places: ["loc-1", "Kista"]),
            self.edge("edge03", cpu: "8", places: ["loc-2", "Solna"]),
        ]
        let solna = try await self.plan(self.amf { $0.site = "solna" }, cloud: clusters)
        #expect(solna.plan?.packages.map(\.path) == ["edge03/default/amf"])
        let kista = try await self.plan(self.amf(4) { $0.region = "Kista" }, cloud: clusters)
        #expect(kista.plan?.packages.map(\.path) == ["edge01/default/amf"])
        let both = try await self.plan(self.amf { $0.site = "Kista" }, cloud: clusters)
        #expect(both.questions.first?.options == ["edge01", "edge02"])
    }

    @Test("a place that no cluster is known at is asked about, whichever has room; places that are said together have to be one")
    func unknownPlace() async throws {
        let two = [self.edge("edge01", cpu: "1", places: ["Kista"]), self.edge("edge02", cpu: "64", places: ["Solna"])]
        let unknown = try await self.plan(self.amf(4) { $0.site = "hamburg" }, cloud: two)
        #expect(unknown.questions.first?.question == "No cluster is known at hamburg. In which cluster?")
        let apart = try await self.plan(
            self.amf {
                $0.site = "Kista"
                $0.region = "Solna"
            }, cloud: two)
        #expect(apart.questions.first?.field == "context.cluster")
    }

    @Test("what is to go to several places with a choice at each is asked about, and ends", .timeLimit(.minutes(1)))
    func severalChoices() async throws {
        let clusters = ["a1", "a2"].map { self.edge($0, cpu: "64", places: ["A"]) } + ["b1", "b2"].map { self.edge($0, cpu: "64", places: ["B"]) }
        func at(_ place: String, _ code: String) -> IntentModel.Expectation { expectation(.deploy, code) { $0.site = place } }
        for places in [["A", "B", "A"], ["A", "B", "B"]] {
            let outcome = try await self.plan(at(places[0], "AMF"), at(places[1], "SMF"), at(places[2], "NRF"), cloud: clusters)
            #expect(!outcome.questions.isEmpty && outcome.questions.allSatisfy { $0.field == "context.cluster" })
        }
    }

    @Test("figures of an O-Cloud that cannot be are none")
    func impossible() async throws {
        for (cpu, memory) in [("4", "999999999999999Ti"), ("9223372036854775807m", "64Gi"), ("-5m", "64Gi"), ("1e300", "64Gi")] {
            let node = ObservedClusters.Cluster.Node(name: "n", capacity: ["cpu": cpu, "memory": memory])
            let cluster = ObservedClusters.Cluster(name: "edge01", capacity: ["cpu": cpu, "memory": memory], nodes: [node, node])
            let outcome = try await self.plan(self.amf(), cloud: [cluster])
            #expect(outcome.plan != nil && outcome.figure("room") == nil, "\(cpu) \(memory)")
        }
    }

    @Test("figures that are stale neither place nor refuse: it is asked, or noted")
    func stale() async throws {
        let two = [self.edge("edge01", cpu: "1"), self.edge("edge02", cpu: "8")]
        let asked = try await self.plan(self.amf(10), cloud: two, isStale: true)
        #expect(asked.questions.first?.question.contains("inventory of 14:03 UTC, which is stale") == true)
        let stated = try await self.plan(self.amf(10) { $0.cluster = "edge01" }, cloud: two, isStale: true)
        let note = try #require(stated.plan?.notes.first { $0.hasPrefix("Whether edge01 has room is not known") })
        #expect(note.contains("its figures are of the inventory of 14:03 UTC, which is stale."))
        #expect(note.contains("4 cores are missing (5 of 1)"))
    }

    @Test("the settings' clusters stay the ones there are, and the operator's figures come before the O-Cloud's")
    func settings() async throws {
        var own = ClusterEntry(name: "edge01")
        own.capacity = .init(cpu: 1_000, memory: 4_096, storage: nil)
        let refused = try await self.plan(self.amf(4), cloud: [self.edge("edge01", cpu: "99"), self.edge("edge02", cpu: "99")], file: [own])
        #expect(refused.problem?.detail == "edge01 cannot hold amf beside what is there: 1 cores are missing (2 of 1).")
        let learnt = try await self.plan(self.amf(20), cloud: [self.edge("Edge01", cpu: "4")], clusters: ["edge01"])
        #expect(learnt.problem?.detail.contains("(10 of 4), by the inventory of 14:03 UTC") == true)
    }

    @Test("of nodes the sum is the capacity, the largest is the most one replica may have, and pages and devices are what they name")
    func nodes() async throws {
        let cluster = ObservedClusters.Cluster(
            name: "edge01",
            nodes: [
                .init(name: "n1", capacity: ["cpu": "4", "memory": "8Gi", "hugepages-1Gi": "8Gi", "intel.com/sriov_netdevice": "8"]),
                .init(name: "n2", capacity: ["cpu": "2", "memory": "8Gi"]),
            ])
        let planner = Planner(catalogue: catalogue).knowing(.read(ObservedClusters(clusters: [cluster], readAt: Self.readAt, isStale: false)))
        let entry = try #require(planner.inventory["edge01"])
        #expect(entry.capacity == .init(cpu: 6_000, memory: 16_384, storage: nil) && entry.node == .init(cpu: 4_000, memory: 8_192, storage: nil))
        #expect(entry.hugepages == 8 && entry.device == "intel.com/sriov_netdevice")
        let tall = try await self.plan(expectation(.deploy, "AMF", [number("cpu", 5)]), cloud: [cluster])
        #expect(tall.problem?.detail.contains("does not fit on the largest node of edge01") == true)
    }

    @Test("what the cluster itself calls free is the limit, whatever is published; what shrinks always fits")
    func available() async throws {
        var cluster = self.edge("edge01", cpu: "64")
        cluster.available = ["cpu": "1", "memory": "8Gi"]
        #expect(try await self.plan(self.amf(2), cloud: [cluster]).plan != nil)
        #expect(try await self.plan(self.amf(3), cloud: [cluster]).problem?.detail.contains("has no room left for amf") == true)
        var inventory = PublishedPackages()
        inventory.publish(try await self.plan(self.amf(20), cloud: [self.edge("edge01", cpu: "64")]))
        #expect(try await self.plan(expectation(.scale, "AMF", [number("replicas", 19)]), cloud: [cluster], on: inventory).plan != nil)
    }

    @Test("before the inventory was read nothing new is placed, unless it is said where or the settings know the clusters")
    func awaited() async throws {
        let interpretation = Interpretation(
            decision: .accepted, expectations: [self.amf()], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let planner = Planner(catalogue: catalogue).knowing(.awaited)
        await #expect(throws: InventoryAwaited.self) {
            try await planner.plan(interpretation, request: request, inventory: PublishedPackages(), now: Self.now)
        }
        let configured = Planner(catalogue: catalogue, clusters: ["edge01"]).knowing(.awaited)
        #expect(try await configured.plan(interpretation, request: request, inventory: PublishedPackages(), now: Self.now).plan != nil)
    }

    @Test("an O-Cloud that does not answer is asked about, and the answer is a place")
    func silent() async throws {
        let interpretation = Interpretation(
            decision: .accepted, expectations: [self.amf()], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let planner = Planner(catalogue: catalogue).knowing(.silent)
        let outcome = try await planner.plan(interpretation, request: request, inventory: PublishedPackages(), now: Self.now)
        #expect(outcome.questions.map(\.field) == ["context.cluster"])
        let answered = Planner.applying([ClarificationAnswer(expectation: "e1", field: "context.cluster", value: .text("edge01"))], to: interpretation)
        let plan = try await planner.plan(answered, request: request, inventory: PublishedPackages(), now: Self.now).plan
        #expect(plan?.packages.map(\.cluster) == ["edge01"])
    }

    @Test("what is waited for is waited for so long and no longer")
    func patience() async throws {
        let planners = CurrentPlanner(Planner(catalogue: catalogue))
        let fetcher = HTTPFetcher()
        defer { fetcher.stop() }
        let nobody = ServiceClient(Upstream("oran-adaptor"), base: "http://127.0.0.1:1", token: nil, fetcher: fetcher)
        let watch = CloudWatch(client: nobody, planners: planners, isExpected: true, interval: .milliseconds(20), patience: .milliseconds(200))
        #expect(planners.value.cloud == .awaited)
        let running = Task { await watch.run() }
        try await eventually(within: .seconds(10)) { planners.value.cloud == .silent }
        running.cancel()
    }
}
