import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// What waits for approval, as branches of the package repository.
    @Suite("proposals in Git") struct ProposalTests {
        private func branches(_ installation: Installation) async throws -> [String] {
            try await installation.repository.git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/drafts", "refs/heads/proposed")
                .split(separator: "\n").map { String($0) }
        }

        @Test("a proposal is a branch until it is decided, through a kill of nephio-bridge; approved it is on the branch once, rejected it is gone")
        func life() async throws {
            let installation = try await Installation.start(["DELIVERY_MODE": "draft"])
            defer { installation.stop() }
            let (gateway, amf) = (installation.gateway, "default/draft/amf")
            #expect(try await gateway.submit("Deploy an AMF with 3 replicas in namespace draft").phase == .published)
            #expect(try await self.branches(installation) == [])
            let first = try await gateway.submit("Scale the AMF in namespace draft to 4 replicas", approval: "required")
            #expect(first.phase == .awaitingApproval)
            try await eventually { try await self.branches(installation) == ["proposed/\(amf)/v2"] }
            #expect(try await installation.repository.replicas(of: amf) == 3)
            #expect(try await installation.repository.git("show", "proposed/\(amf)/v2:\(amf)/deployment.yaml").contains("replicas: 4"))

            try await installation.killAndRestart(.bridge)
            _ = try await gateway.decide("approve", first.id)
            #expect(try await gateway.settled(first.id).phase == .published)
            try await eventually { try await self.branches(installation) == [] }
            #expect(try await installation.repository.replicas(of: amf) == 4)
            #expect(try await installation.repository.revisions().count { $0.intent == "\(first.id)" } == 1)

            let second = try await gateway.submit("Scale the AMF in namespace draft to 5 replicas", approval: "required")
            try await eventually { try await self.branches(installation) == ["proposed/\(amf)/v3"] }
            _ = try await gateway.decide("reject", second.id)
            try await eventually { try await self.branches(installation) == [] }
            #expect(try await installation.repository.replicas(of: amf) == 4)
        }
    }
}
