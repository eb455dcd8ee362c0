import JSONSchema
import Resilience
import Synchronization
import TestSupport
import Testing

@testable import Kubernetes

@Suite("Following objects")
struct WatchTests {
    /// What a follower has been told, and so takes to be there.
    private final class Picture: Sendable {
        struct State: Sendable {
            var values: [String: String] = [:]
            var listing: Set<String>?
            var lists = 0
        }

        private let state = Mutex(State())

        func take(_ notice: ObjectWatch.Notice) {
            self.state.withLock { state in
                switch notice {
                case .began: state.listing = []
                case .page(let objects):
                    for object in objects {
                        state.listing?.insert(object.name)
                        state.values[object.name] = object["data"]?["x"]?.string ?? ""
                    }
                case .synced:
                    let listed = state.listing ?? []
                    state.values = state.values.filter { listed.contains($0.key) }
                    state.listing = nil
                    state.lists += 1
                case .changed(let object): state.values[object.name] = object["data"]?["x"]?.string ?? ""
                case .deleted(let object): state.values[object.name] = nil
                }
            }
        }

        var values: [String: String] { self.state.withLock { $0.values } }
        var lists: Int { self.state.withLock { $0.lists } }
    }

    /// Follows while `body` runs.
    private func following(
        _ fixture: ClusterFixture, watchFor: Duration = .seconds(60), pageLimit: Int = 500, _ body: (Picture) async throws -> Void
    ) async throws {
        let picture = Picture()
        var watch = ObjectWatch(fixture.client, ObjectSelection(.configMap, namespace: "lab"))
        watch.watchFor = watchFor
        watch.pageLimit = pageLimit
        let following = Task { [watch] in await watch.follow { picture.take($0) } }
        do { try await body(picture) } catch {
            following.cancel()
            throw error
        }
        following.cancel()
        await following.value
    }

    private func until(_ what: String, _ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !condition() {
            guard ContinuousClock.now < deadline else { throw Late(what: what) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private struct Late: Error { let what: String }

    @Test("all there is, page by page, then what changes and what goes")
    func changes() async throws {
        try await ClusterFixture.with { fixture in
            for number in 0..<7 { try fixture.server.create("configmaps", ClusterFixture.configMap("m\(number)", ["x": "0"]).json) }
            try await self.following(fixture, pageLimit: 3) { picture in
                try await self.until("synced") { picture.values.count == 7 && fixture.server.watchCount == 1 }
                try fixture.server.merge("configmaps", "lab", "m3", ["data": ["x": "1"]])
                try fixture.server.delete("configmaps", "lab", "m4")
                try fixture.server.create("configmaps", ClusterFixture.configMap("new", ["x": "2"]).json)
                try await self.until("changed") { picture.values["m3"] == "1" && picture.values["m4"] == nil && picture.values["new"] == "2" }
                #expect(picture.lists == 1)
            }
        }
    }

    @Test("a watch that breaks goes on where it was, without a list")
    func dropped() async throws {
        try await ClusterFixture.with { fixture in
            try await self.following(fixture) { picture in
                try await self.until("watching") { fixture.server.watchCount == 1 }
                for round in 0..<5 {
                    fixture.server.dropWatches()
                    try fixture.server.create("configmaps", ClusterFixture.configMap("m\(round)", ["x": .string("\(round)")]).json)
                    try await self.until("round \(round)") { picture.values["m\(round)"] == "\(round)" }
                }
                #expect(picture.lists == 1)
            }
        }
    }

    @Test("a watch that the server ends goes on where its bookmark is")
    func timedOut() async throws {
        try await ClusterFixture.with { fixture in
            try await self.following(fixture, watchFor: .seconds(1)) { picture in
                try await self.until("three watches") { fixture.server.requests.filter { $0.contains("?watch") }.count >= 3 }
                try fixture.server.create("configmaps", ClusterFixture.configMap("a", ["x": "1"]).json)
                try await self.until("seen") { picture.values["a"] == "1" }
                #expect(picture.lists == 1)
            }
        }
    }

    @Test("what is too old is listed again: what went meanwhile is gone, what came is there")
    func tooOld() async throws {
        try await ClusterFixture.with { fixture in
            try fixture.server.create("configmaps", ClusterFixture.configMap("goes", ["x": "1"]).json)
            try await self.following(fixture) { picture in
                try await self.until("watching") { fixture.server.watchCount == 1 && picture.values["goes"] != nil }
                fixture.server.inject { _, _ in .status(503, reason: "ServiceUnavailable") }
                fixture.server.dropWatches()
                try fixture.server.delete("configmaps", "lab", "goes")
                try fixture.server.create("configmaps", ClusterFixture.configMap("comes", ["x": "2"]).json)
                fixture.server.compact()
                fixture.server.endFaults()
                try await self.until("listed again") { picture.values == ["comes": "2"] }
                #expect(picture.lists == 2)
            }
        }
    }

    @Test("a bookmark spares the list, however much others have changed meanwhile")
    func bookmark() async throws {
        try await ClusterFixture.with { fixture in
            try await self.following(fixture) { picture in
                try await self.until("watching") { fixture.server.watchCount == 1 }
                for number in 0..<20 { try fixture.server.create("configmaps", ClusterFixture.configMap("m\(number)", namespace: "elsewhere").json) }
                fixture.server.compact()
                fixture.server.sendBookmarks()
                // Behind the bookmark in the same stream: once it is seen, the bookmark was.
                try fixture.server.create("configmaps", ClusterFixture.configMap("mark", ["x": "1"]).json)
                try await self.until("mark") { picture.values["mark"] == "1" }
                fixture.server.dropWatches()
                try fixture.server.create("configmaps", ClusterFixture.configMap("a", ["x": "1"]).json)
                try await self.until("seen") { picture.values["a"] == "1" }
                #expect(picture.lists == 1)
            }
        }
    }

    @Test("a server that goes away and comes back is found again; nothing is missed")
    func restart() async throws {
        try await ClusterFixture.with { fixture in
            try await self.following(fixture) { picture in
                try await self.until("watching") { fixture.server.watchCount == 1 }
                await fixture.server.stop()
                try fixture.server.create("configmaps", ClusterFixture.configMap("a", ["x": "1"]).json)
                try await fixture.server.restart()
                try await self.until("seen") { picture.values["a"] == "1" }
            }
        }
    }
}
