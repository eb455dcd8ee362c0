import Foundation
import IntentModel
import JSONSchema
import TestSupport
import Testing

extension RealProcesses {
    /// "Fulfilled" means seen in the cluster.
    @Suite("rollouts") struct RolloutTests {
        /// Returns once the intent is being verified.
        private static func verifying(_ installation: Installation, _ id: IntentID) async throws {
            let deadline = ContinuousClock.now + .seconds(30)
            while try await installation.gateway.record(id).phase != .verifying {
                guard ContinuousClock.now < deadline else { throw Cluster.Late(description: "\(id) does not come to be verified") }
                try await Task.sleep(for: .milliseconds(20))
            }
        }

        /// The intent is being verified, and is so still after some looks at the cluster.
        private static func staysVerifying(_ installation: Installation, _ id: IntentID) async throws {
            try await self.verifying(installation, id)
            try await Task.sleep(for: .seconds(2))
            #expect(try await installation.gateway.record(id).phase == .verifying)
        }

        /// Brings what the intent published into the cluster.
        private static func sync(_ cluster: Cluster, _ installation: Installation, _ id: IntentID) async throws -> [JSONValue] {
            try await self.verifying(installation, id)
            return try cluster.sync(try await installation.gateway.call("GET", "/v1/intents/\(id)/manifests").text)
        }

        @Test("what is available in the cluster is fulfilled, and not before; a change waits for its own revision")
        func fulfilled() async throws {
            let cluster = try await Cluster.start()
            let installation = try await Installation.start(cluster.settings(observing: true))
            defer { installation.stop() }
            let id = try await installation.gateway.accept("Deploy an AMF in core5g with 2 replicas")
            let deployments = try await Self.sync(cluster, installation, id)
            #expect(deployments.count == 1)
            try cluster.rollOut(deployments[0], available: 1)
            try await Self.staysVerifying(installation, id)
            try cluster.rollOut(deployments[0])
            let record = try await installation.gateway.settled(id)
            #expect(record.phase == .fulfilled, "\(record.problem?.detail ?? "")")
            #expect(record.verification?.state == .observed)
            #expect(record.verification?.checks.contains { $0.contains("2 of 2 replicas available") } == true)

            let scaled = try await installation.gateway.accept("Scale the AMF in core5g to 3 replicas")
            // What runs is available, and of the revision before.
            try await Self.staysVerifying(installation, scaled)
            try cluster.rollOut(try #require(try await Self.sync(cluster, installation, scaled).first))
            #expect(try await installation.gateway.settled(scaled).phase == .fulfilled)

            let removed = try await installation.gateway.submit("Remove the AMF from core5g")
            _ = try await installation.gateway.decide("approve", removed.id)
            try await Self.staysVerifying(installation, removed.id)
            try cluster.server.delete("deployments", "core5g", "amf")
            #expect(try await installation.gateway.settled(removed.id).phase == .fulfilled)
        }

        @Test("what does not come fails with the pod's reason and last words, and is rolled back")
        func failed() async throws {
            let cluster = try await Cluster.start()
            let settings = cluster.settings(observing: true).merging(["VERIFY_WITHIN": "4s"]) { _, own in own }
            let installation = try await Installation.start(settings)
            defer { installation.stop() }
            let id = try await installation.gateway.accept("Deploy an AMF in core5g with 2 replicas")
            let deployment = try #require(try await Self.sync(cluster, installation, id).first)
            try cluster.rollOut(deployment, available: 0)
            try cluster.server.create(
                "pods",
                [
                    "apiVersion": "v1", "kind": "Pod",
                    "metadata": ["name": "amf-7d9", "namespace": "core5g", "labels": deployment["spec"]?["template"]?["metadata"]?["labels"] ?? [:]],
                    "spec": ["containers": [["name": "amf"]]],
                ])
            try cluster.server.merge(
                "pods", "core5g", "amf-7d9",
                [
                    "status": [
                        "containerStatuses": [
                            [
                                "name": "amf", "ready": false, "restartCount": 4, "state": ["waiting": ["reason": "CrashLoopBackOff"]],
                                "lastState": ["terminated": ["reason": "Error", "exitCode": 2]],
                            ]
                        ]
                    ]
                ], subresource: "status")
            cluster.server.setLog(namespace: "core5g", pod: "amf-7d9", container: "amf", previous: true, ["starting", "panic: no NRF at http://nrf:8000"])
            let record = try await installation.gateway.settled(id)
            #expect(record.phase == .failed)
            let detail = record.problem?.detail ?? ""
            #expect(record.problem?.code == "not_arrived")
            for words in ["0 of 2 replicas are available", "amf-7d9", "CrashLoopBackOff", "exit code 2", "panic: no NRF"] {
                #expect(detail.contains(words), "\(words) in: \(detail)")
            }
            // The policy undoes it, in a revision of its own.
            #expect(record.tracks["delivery"]?.state == .compensated)
            #expect(try await installation.repository.packages().isEmpty)
        }

        @Test("a cluster that does not answer undoes nothing: the intent is published, and says that nobody saw it arrive")
        func unreachable() async throws {
            let cluster = try await Cluster.start()
            let settings = cluster.settings(observing: true).merging(["VERIFY_WITHIN": "3s", "NETWORK_INTENTS": "false"]) { _, own in own }
            let installation = try await Installation.start(settings)
            defer { installation.stop() }
            await cluster.server.stop()
            let record = try await installation.gateway.submit("Deploy an AMF in core5g")
            #expect(record.phase == .published)
            #expect(record.verification?.state == .notObserved)
            #expect(record.verification?.checks.contains { $0.hasPrefix("not observed: cluster default") } == true)
        }
    }
}
