import IntentModel
import JSONSchema
import Kubernetes
import TestSupport
import Testing

@testable import NephioBridge

/// The fake refuses what Porch refuses.
@Suite(.timeLimit(.minutes(1))) struct FakePorchTests {
    private static let path = PackagePath("default/core5g/amf")

    private static func code(_ body: () async throws -> Void) async -> Int? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? KubernetesError)?.code ?? 0
        }
    }

    @Test("steps that Porch does not allow are refused", arguments: PorchVersion.allCases)
    func transitions(version: PorchVersion) async throws {
        try await PorchSide.with(version) { side async throws in
            let (client, path) = (side.delivery.client, try #require(Self.path))
            let draft = try await client.create(path, workspace: "w1", from: nil, description: "", annotations: [:])
            #expect(await Self.code { _ = try await client.create(path, workspace: "w1", from: nil, description: "", annotations: [:]) } == 500)
            func now() async throws -> PorchRevision { try #require(try await client.revision(draft.name)) }
            // From draft, nothing but a proposal.
            #expect(await Self.code { try await client.decide(try await now(), .published) } == 422)
            #expect(await Self.code { try await client.proposeDeletion(try await now(), by: side.store.intent()) } == 422)
            #expect(try await client.fill(try await now(), with: package("amf")) == nil)
            let stale = try await now()
            try await client.propose(try await now())
            #expect(await Self.code { try await client.propose(stale) } == 409)
            #expect(await Self.code { _ = try await client.fill(try await now(), with: package("amf", replicas: 2)) } == 500)
            try await client.decide(try await now(), .published)
            // What is published stays.
            #expect(await Self.code { _ = try await client.fill(try await now(), with: package("amf", replicas: 2)) } == 500)
            #expect(await Self.code { try await client.propose(try await now()) } == 422)
            #expect(await Self.code { try await client.delete(try await now()) } == 403)
            var other = try await now()
            var spec = other.object.spec
            spec["packageName"] = "default/core5g/smf"
            other.object["spec"] = spec
            let changed = other.object
            #expect(await Self.code { _ = try await side.kubernetes.update(version.revisions, changed) } == 422)
            try await client.proposeDeletion(try await now(), by: side.store.intent())
            try await client.delete(try await now())
            #expect(try await client.revision(draft.name) == nil)
        }
    }

    @Test("approval is a part of its own in v1alpha1")
    func approval() async throws {
        try await PorchSide.with { side async throws in
            let client = side.delivery.client
            let draft = try await client.create(try #require(Self.path), workspace: "w1", from: nil, description: "", annotations: [:])
            try await client.propose(try #require(try await client.revision(draft.name)))
            var proposal = try #require(try await client.revision(draft.name))
            proposal.set(.published)
            let published = proposal.object
            #expect(await Self.code { _ = try await side.kubernetes.update(PorchVersion.v1alpha1.revisions, published) } == 422)
            #expect(await Self.code { _ = try await side.kubernetes.update(PorchVersion.v1alpha1.revisions, published, subresource: "approval") } == nil)
        }
    }
}
