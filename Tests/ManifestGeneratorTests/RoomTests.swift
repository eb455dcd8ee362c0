import IntentModel
import Synchronization
import Testing

@testable import PackagePlanning

/// Room that other plans have taken, and that cannot be seen yet, is not there for the next.
@Suite struct RoomTests {
    /// 2026-01-01 14:03 UTC.
    private static let readAt: Int64 = 1_767_276_180_000
    private static let now = Self.readAt + 60_000

    /// What others have taken, in place of the book.
    private final class Others: RoomSource {
        let taken: [String: [RoomHold]]
        let seen = Mutex<[RoomHold]>([])

        init(_ taken: [String: [RoomHold]]) { self.taken = taken }
        func holds(in cluster: String) async throws -> [RoomHold] { self.taken[cluster] ?? [] }
        func areSeen(_ holds: [RoomHold], in cluster: String) { self.seen.withLock { $0 += holds } }
    }

    private static let ids = (0..<8).map { IntentID(partition: 0, milliseconds: Int64($0)) }

    private func planner(_ clusters: [ObservedClusters.Cluster], readAt: Int64 = Self.readAt) -> Planner {
        Planner(catalogue: catalogue).knowing(.read(ObservedClusters(clusters: clusters, readAt: readAt, isStale: false)))
    }

    private func edge(_ name: String = "edge01", cpu: String, free: String? = nil, memory: String = "64Gi") -> ObservedClusters.Cluster {
        .init(name: name, capacity: ["cpu": cpu, "memory": "64Gi"], available: free.map { ["cpu": $0, "memory": memory] } ?? [:])
    }

    /// An AMF requests half a core.
    private func amf(_ name: String, _ replicas: Double, cluster: String? = nil) -> IntentModel.Expectation {
        expectation(.deploy, "AMF", name: name, [number("replicas", replicas)]) { $0.cluster = cluster }
    }

    private func outcome(
        _ expectation: IntentModel.Expectation, by planner: Planner, on inventory: PublishedPackages = PublishedPackages(), room: any RoomSource = NoRoomTaken()
    ) async throws -> PlanOutcome {
        let interpretation = Interpretation(
            decision: .accepted, expectations: [expectation], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        return try await planner.plan(interpretation, request: request, inventory: inventory, room: room, now: Self.now)
    }

    private func hold(_ outcome: PlanOutcome, by planner: Planner, on inventory: PublishedPackages = PublishedPackages(), place: Int64 = 1) async throws
        -> RoomHold
    {
        let plan = try #require(outcome.plan)
        let held = try #require(try await planner.holds(of: plan, inventory: inventory)["edge01"])
        return RoomHold(intent: Self.ids[Int(place)], place: place, parts: held.parts, reading: held.reading)
    }

    @Test(
        "two plans within one reading do not take the same room twice: what the first took is missing for the second, until it is published and counted there")
    func twice() async throws {
        let planner = self.planner([self.edge(cpu: "4")])
        let first = try await self.outcome(self.amf("amf-a", 6), by: planner)
        let hold = try await self.hold(first, by: planner)
        #expect(hold.parts == [.init(path: "edge01/default/amf-a", base: nil, after: hold.parts[0].after, growth: hold.parts[0].after)])
        #expect(hold.parts[0].after.cpu == 3000)
        let alone = try await self.outcome(self.amf("amf-b", 6), by: planner)
        #expect(alone.plan != nil)
        let second = try await self.outcome(self.amf("amf-b", 6), by: planner, room: Others(["edge01": [hold]]))
        #expect(second.problem?.code == "infeasible")
        #expect(
            second.problem?.detail.contains("edge01 cannot hold amf-b beside what is there and what is on its way there: 2 cores are missing (6 of 4)") == true,
            "\(second.problem?.detail ?? "")")
        let small = try await self.outcome(self.amf("amf-b", 2), by: planner, room: Others(["edge01": [hold]]))
        #expect(small.figure("room")?.reason.hasPrefix("edge01 has 1 free cores") == true)
        // Published, it is counted once: as a package.
        var published = PublishedPackages()
        published.publish(first)
        let others = Others(["edge01": [hold]])
        let third = try await self.outcome(self.amf("amf-b", 2), by: planner, on: published, room: others)
        #expect(third.figure("room")?.reason.hasPrefix("edge01 has 1 free cores") == true)
        #expect(others.seen.withLock { $0 } == [hold], "and needs not be kept")
    }

    @Test("what the cluster itself calls free has a plan in it once a later reading shows as much less")
    func available() async throws {
        let planner = self.planner([self.edge(cpu: "64", free: "4")])
        let first = try await self.outcome(self.amf("amf-a", 6), by: planner)
        let hold = try await self.hold(first, by: planner)
        #expect(hold.reading?.readAt == Self.readAt && hold.reading?.available.cpu == 4000)
        var published = PublishedPackages()
        published.publish(first)
        let same = try await self.outcome(self.amf("amf-b", 6), by: planner, on: published, room: Others(["edge01": [hold]]))
        #expect(
            same.problem?.detail.contains("edge01 has no room left for amf-b beside what is on its way there: 2 cores are missing (3 of 1)") == true,
            "\(same.problem?.detail ?? "")")
        // The next reading does not have it yet; the one after that has.
        for (free, memory, isPast) in [("4", "64Gi", false), ("4", "40Gi", false), ("1", "40Gi", true)] {
            let others = Others(["edge01": [hold]])
            let later = self.planner([self.edge(cpu: "64", free: free, memory: memory)], readAt: Self.readAt + 30_000)
            let next = try await self.outcome(self.amf("amf-b", 2), by: later, on: published, room: others)
            #expect(next.figure("room")?.reason.hasPrefix("edge01 has 1 free cores") == true, "\(next.figure("room")?.reason ?? "")")
            #expect(others.seen.withLock { $0.isEmpty } != isPast)
        }
    }

    @Test("of several clusters the one where others have taken the room is none to go to")
    func several() async throws {
        let planner = self.planner([self.edge(cpu: "4"), self.edge("edge02", cpu: "4")])
        let first = try await self.outcome(self.amf("amf-a", 6, cluster: "edge01"), by: planner)
        let hold = try await self.hold(first, by: planner)
        let asked = try await self.outcome(self.amf("amf-b", 6), by: planner)
        #expect(asked.questions.map(\.field) == ["context.cluster"])
        let placed = try await self.outcome(self.amf("amf-b", 6), by: planner, room: Others(["edge01": [hold]]))
        #expect(placed.plan?.packages.map(\.path) == ["edge02/default/amf-b"])
        let told = try await self.outcome(self.amf("amf-b", 2), by: planner, room: Others(["edge01": [hold]]))
        #expect(told.questions.first?.question.contains("edge01 has 1 free cores") == true, "a question says what is left")
    }

    @Test("growing takes what it grows by, shrinking and what has no known capacity take nothing; what goes ends what came before")
    func parts() async throws {
        let planner = self.planner([self.edge(cpu: "64")])
        var published = PublishedPackages()
        published.publish(try await self.outcome(self.amf("amf-a", 4), by: planner))
        func parts(_ expectation: IntentModel.Expectation) async throws -> [RoomHold.Part] {
            let plan = try #require(try await self.outcome(expectation, by: planner, on: published).plan)
            return try await planner.holds(of: plan, inventory: published)["edge01"]?.parts ?? []
        }
        let grown = try await parts(expectation(.scale, "AMF", name: "amf-a", [number("replicas", 6)]))
        #expect(grown.map(\.growth.cpu) == [1000] && grown.map(\.after.cpu) == [3000] && grown.first?.base != nil)
        #expect(try await parts(expectation(.scale, "AMF", name: "amf-a", [number("replicas", 2)])).isEmpty)
        let gone = try await parts(expectation(.remove, "AMF", name: "amf-a"))
        #expect(gone.map(\.after) == [.nothing] && gone.map(\.growth.cpu) == [0])
        let unknown = Planner(catalogue: catalogue)
        let plan = try #require(try await self.outcome(self.amf("amf-c", 4), by: unknown).plan)
        #expect(try await unknown.holds(of: plan, inventory: published).isEmpty)
    }

    // MARK: The sum by itself

    private func amounts(_ cores: Int) -> ClusterEntry.Amounts { .init(cpu: cores * 1000, memory: cores * 1024, storage: 0) }

    private func taking(_ place: Int64, _ path: String, base: String? = nil, after: Int, growth: Int, free: Int? = nil) -> RoomHold {
        RoomHold(
            intent: Self.ids[Int(place)], place: place, parts: [.init(path: path, base: base, after: self.amounts(after), growth: self.amounts(growth))],
            reading: free.map { .init(readAt: 10, available: self.amounts($0)) })
    }

    @Test("a reading has those in it that took first, as far as the figures have sunk")
    func inOrder() {
        let holds = [self.taking(2, "b", after: 2, growth: 2, free: 10), self.taking(1, "a", after: 3, growth: 3, free: 10)]
        for (at, free, unseen) in [(10, 0, 5), (11, 10, 5), (11, 8, 5), (11, 7, 2), (11, 6, 2), (11, 5, 0)] as [(Int64, Int, Int)] {
            let taken = RoomTaken(holds, without: [], published: [:], reading: .init(readAt: at, available: self.amounts(free)))
            #expect(taken.unseen == self.amounts(unseen), "\(free) free at \(at)")
            #expect(taken.unpublished == self.amounts(5) && taken.past.isEmpty)
        }
    }

    @Test("of one package the last word counts, and only beyond what is published of it; another tree than the one it was planned against is its end")
    func ofOnePackage() {
        let grows = [self.taking(1, "a", after: 3, growth: 3), self.taking(2, "a", base: "t1", after: 5, growth: 2)]
        let halfway = RoomTaken(grows, without: [], published: ["a": ("t1", self.amounts(3))], reading: nil)
        #expect(halfway.unpublished == self.amounts(2) && halfway.past == [grows[0]])
        let there = RoomTaken(grows, without: [], published: ["a": ("t2", self.amounts(5))], reading: nil)
        #expect(there.unpublished == .nothing && there.past == grows)
        let own = RoomTaken(grows, without: ["a"], published: ["a": ("t1", self.amounts(3))], reading: nil)
        #expect(own.unpublished == .nothing && own.past == [grows[0]], "a plan says itself what its own packages take")
        let goes = [grows[0], self.taking(3, "a", base: "t1", after: 0, growth: 0, free: 9)]
        let removed = RoomTaken(goes, without: [], published: [:], reading: .init(readAt: 10, available: self.amounts(9)))
        #expect(removed.unseen == .nothing && removed.unpublished == .nothing)
    }
}
