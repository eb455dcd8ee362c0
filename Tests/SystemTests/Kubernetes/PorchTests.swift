import Foundation
import IntentModel
import JSONSchema
import TestSupport
import Testing

extension RealProcesses {
    /// An installation whose packages Porch commits.
    @Suite("Porch") struct PorchTests {
        @Test("deployed, scaled, refused by a function, and removed: through Porch's API, read back from its repository")
        func journey() async throws {
            let cluster = try await Cluster.start()
            let directory = try TemporaryDirectory()
            let committer = PorchCommitter(repository: directory.file("gitops.git"))
            cluster.server.servePorch(version: "v1alpha1", repositories: ["gitops"]) { try await committer.commit($0) }
            let installation = try await Installation.start(
                cluster.settings().merging(["GIT_REPO_URL": directory.file("gitops.git"), "PORCH_ENABLED": "true"]) { _, own in own })
            defer { installation.stop() }

            let deployed = try await installation.gateway.settled(try await installation.gateway.accept("Deploy an AMF in core5g with 2 replicas"))
            #expect(deployed.phase == .published, "\(deployed.problem?.detail ?? "")")
            #expect(deployed.packages.map(\.revision) == ["v1"])
            let revisions = cluster.server.objects("packagerevisions").filter { $0["spec"]?["workspaceName"]?.string != "main" }
            #expect(revisions.count == 1)
            #expect(revisions.first?["metadata"]?["annotations"]?["nephoran.com/intent-id"]?.string == deployed.id.description)
            #expect(revisions.first?["spec"]?["lifecycle"] == "Published")

            let scaled = try await installation.gateway.settled(try await installation.gateway.accept("Scale the AMF in core5g to 3 replicas"))
            #expect(scaled.phase == .published, "\(scaled.problem?.detail ?? "")")
            #expect(scaled.packages.map(\.revision) == ["v2"])

            // What Porch says of a change is what the intent says.
            cluster.server.setRenderError { $0.contains("replicas: 4") ? "function gatekeeper: at most 3 replicas" : nil }
            let refused = try await installation.gateway.settled(try await installation.gateway.accept("Scale the AMF in core5g to 4 replicas"))
            #expect(refused.phase == .failed)
            #expect(refused.problem?.code == "publish_failed" && refused.problem?.detail.contains("at most 3 replicas") == true)

            let removed = try await installation.gateway.submit("Remove the AMF from core5g")
            _ = try await installation.gateway.decide("approve", removed.id)
            let gone = try await installation.gateway.settled(removed.id)
            #expect(gone.phase == .published, "\(gone.problem?.detail ?? "")")
            #expect(cluster.server.objects("packagerevisions").isEmpty)
        }

        @Test("an intent that waits for a person in Porch is cancelled: its proposal goes, and nothing is published")
        func cancelled() async throws {
            let cluster = try await Cluster.start()
            let directory = try TemporaryDirectory()
            let committer = PorchCommitter(repository: directory.file("gitops.git"))
            cluster.server.servePorch(version: "v1alpha1", repositories: ["gitops"]) { try await committer.commit($0) }
            let installation = try await Installation.start(
                cluster.settings().merging(["GIT_REPO_URL": directory.file("gitops.git"), "PORCH_ENABLED": "true", "PORCH_APPROVAL": "porch"]) { _, own in own }
            )
            defer { installation.stop() }
            func lifecycles() -> [String?] {
                cluster.server.objects("packagerevisions").filter { $0["spec"]?["workspaceName"]?.string != "main" }.map { $0["spec"]?["lifecycle"]?.string }
            }
            let id = try await installation.gateway.accept("Deploy an AMF in core5g")
            try await eventually(within: .seconds(30)) { lifecycles() == ["Proposed"] }
            #expect(try await installation.gateway.record(id).phase == .executing)
            _ = try await installation.gateway.decide("cancel", id)
            let record = try await installation.gateway.settled(id)
            #expect(record.phase == .cancelled, "\(record.phase) \(record.problem?.detail ?? "")")
            #expect(lifecycles() == [])
            #expect(try await installation.repository.packages().isEmpty)
            try await installation.queues.untilEmpty()
        }
    }
}
