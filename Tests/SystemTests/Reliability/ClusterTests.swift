import TestSupport
import Testing

extension RealProcesses {
    /// The same promise on a Redis Cluster that loses a node and moves slots under load.
    @Suite("cluster") struct ClusterTests {
        @Test("nothing is lost and nothing doubled while a node of the cluster is killed and slots are moved", .enabled(if: Endurance.isOn))
        func exactlyOnce() async throws {
            let cluster = try await RedisCluster.start()
            defer { cluster.stop() }
            let ric = try await FakeRIC.start()
            let installation = try await Installation.start(
                ["REDIS_URL": cluster.url, "LEDGER_WAIT_REPLICAS": "1", "A1_URL": "east=\(ric.url)", "PLMN": "001-01"], ledger: cluster.nodes[0])
            defer { installation.stop() }
            let count = Endurance.value(1_000, whenOn: Endurance.number("NEPHORAN_INTENTS") ?? 20_000)
            var run = FaultRun(
                installation, orders: FaultOrder.mixture(of: count, withPolicies: true), ric: ric, patience: .seconds(Endurance.value(60, whenOn: 300)))
            run.clients = Endurance.value(50, whenOn: 100)
            let start = ContinuousClock.now
            let faults = Task {
                try await Task.sleep(for: .seconds(2))
                // Three partitions change their node, a few keys at a time …
                var moved: [String] = []
                for tag in ["{p00}", "{p05}", "{p11}"] {
                    let slot = try await cluster.slot(of: tag)
                    guard let source = try await cluster.owner(of: slot) else { continue }
                    let target = (source + 1) % 3
                    try await cluster.move(slot, from: source, to: target)
                    moved.append("\(tag) from \(source) to \(target)")
                }
                // … then a primary dies, and its replica takes over.
                cluster.nodes[1].kill()
                try await Task.sleep(for: .seconds(4))
                // Nothing is accepted on its slots until they have a replica again.
                try await cluster.nodes[1].restart()
                return moved
            }
            let report = try await run.perform()
            let moved = try await faults.value
            #expect(report.description == "")
            #expect(moved.count == 3)
            try await cluster.untilWhole()
            Figure.report("cluster: \(count) intents in \((ContinuousClock.now - start).rounded), slots moved: \(moved), node 1 killed")
            await ric.stop()
        }
    }
}
