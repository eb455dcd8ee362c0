import Resilience
import Synchronization
import TestSupport
import Testing

@testable import Kubernetes

@Suite("Election by lease")
struct ElectionTests {
    /// Who leads, as far as the leaders' work says; notes every time that two did.
    private final class Stage: Sendable {
        private let state = Mutex((now: Set<String>(), ever: [String](), collisions: 0))

        func enter(_ name: String) {
            self.state.withLock { state in
                if !state.now.isEmpty { state.collisions += 1 }
                state.now.insert(name)
                state.ever.append(name)
            }
        }
        func leave(_ name: String) { self.state.withLock { _ = $0.now.remove(name) } }
        var ever: [String] { self.state.withLock { $0.ever } }
        var now: Set<String> { self.state.withLock { $0.now } }
        var collisions: Int { self.state.withLock { $0.collisions } }
    }

    private func candidate(_ name: String, _ fixture: ClusterFixture, _ stage: Stage) -> (client: KubernetesClient, task: Task<Void, Never>) {
        let client = fixture.client(as: name)
        let election = LeaderElection(
            client,
            .init(
                namespace: "nephoran-system", name: "controller", identity: name, duration: .seconds(3), renewWithin: .seconds(1),
                retryEvery: .milliseconds(200)))
        let task = Task {
            await election.run {
                stage.enter(name)
                // Until cancelled.
                try? await Task.sleep(for: .seconds(600))
                stage.leave(name)
            }
        }
        return (client, task)
    }

    private func until(_ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !condition() {
            guard ContinuousClock.now < deadline else { throw Late() }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
    private struct Late: Error {}

    @Test("one of two leads; when it ends, the other does without waiting for the lease to expire")
    func handover() async throws {
        try await ClusterFixture.with { fixture in
            let stage = Stage()
            let first = self.candidate("a", fixture, stage)
            try await self.until { stage.now == ["a"] }
            let second = self.candidate("b", fixture, stage)
            first.task.cancel()
            await first.task.value
            try await self.until { stage.now == ["b"] }
            #expect(stage.ever == ["a", "b"])
            #expect(fixture.server.object("leases", "nephoran-system", "controller")?["spec"]?["leaseTransitions"] == 1)
            second.task.cancel()
            await second.task.value
            #expect(fixture.server.object("leases", "nephoran-system", "controller")?["spec"]?["holderIdentity"] == "")
            first.client.stop()
            second.client.stop()
        }
    }

    @Test("a leader that cannot renew stops before another begins, and two never lead at once")
    func partition() async throws {
        try await ClusterFixture.with { fixture in
            let stage = Stage()
            let first = self.candidate("a", fixture, stage)
            try await self.until { stage.now == ["a"] }
            let second = self.candidate("b", fixture, stage)
            // The first one's world goes away, the second one's does not.
            first.client.stop()
            try await self.until { stage.now.isEmpty }
            try await self.until { stage.now == ["b"] }
            #expect(stage.collisions == 0)
            second.task.cancel()
            first.task.cancel()
            await second.task.value
            await first.task.value
            second.client.stop()
        }
    }

    @Test("a lease that somebody else took over ends the leading")
    func overtaken() async throws {
        try await ClusterFixture.with { fixture in
            let stage = Stage()
            let first = self.candidate("a", fixture, stage)
            try await self.until { stage.now == ["a"] }
            try fixture.server.merge(
                "leases", "nephoran-system", "controller", ["spec": ["holderIdentity": "intruder", "renewTime": "2026-01-01T00:00:00.000000Z"]])
            try await self.until { stage.now.isEmpty }
            first.task.cancel()
            await first.task.value
            first.client.stop()
        }
    }
}
