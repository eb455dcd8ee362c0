import Foundation
import GitObjects
import IntentModel
import JSONSchema
import Kubernetes
import Resilience
import TestSupport
import Testing

@testable import Ledger
@testable import NephioBridge

/// What is made of what Git and a cluster have, in front of a fake API server.
@Suite(.timeLimit(.minutes(1))) struct VerifyStageTests {
    private static let path = "default/core5g/amf"
    private static let workload: JSONValue = [
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": [
            "name": "amf", "namespace": "core5g", "labels": ["app.kubernetes.io/managed-by": "nephoran", "app.kubernetes.io/instance": "amf"],
        ],
        "spec": ["replicas": 1, "template": ["spec": ["containers": []]]],
    ]
    private static let available: JSONValue = [
        "status": ["observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1]
    ]

    private struct Running {
        let store: TestRepository
        let repository: PackageRepository
        let server: FakeKubernetes
        let observed: ObservedCluster
        let stage: VerifyStage
        let id: IntentID
        let published: [PublishedPackage]

        /// What the stage makes of the intent, with these policies.
        func outcome(_ policies: [AppliedPolicy] = []) async throws -> StageOutcome {
            var plan = Plan()
            plan.packages = [change(VerifyStageTests.path, to: package("amf"))]
            plan.policies = policies.map { PolicyChange(policyId: $0.policyId, policyType: $0.policyType, ric: $0.ric, change: .put, document: "{}") }
            let documents: [(RecordField, any Encodable)] = [
                (.request, IntentRequest(intent: "test")), (.plan, plan), (.packages, self.published), (.policies, policies),
            ]
            var fields: [(name: [UInt8], value: [UInt8])] = [(Array("phase".utf8), Array(Phase.verifying.rawValue.utf8)), (Array("v".utf8), Array("1".utf8))]
            for (field, document) in documents { fields.append((Array(field.rawValue.utf8), try LedgerJSON.encode(document))) }
            fields.append((Array("updated".utf8), Array(String(Timestamp.now()).utf8)))
            let snapshot = try #require(RecordSnapshot(id: self.id, fields: fields))
            let work = Work(id: self.id, stage: .verify, lane: .low, track: "main", version: 1, attempt: 0, colour: "", epoch: 0)
            let lease = Lease(work: work, partition: Partition(0), message: "1-0", isRedelivery: false, takenAt: .now)
            return try #require(await self.stage.handle([LeasedIntent(lease: lease, snapshot: snapshot, files: nil)]).first)
        }
    }

    private func withStage(_ body: (Running) async throws -> Void) async throws {
        let store = try TestRepository()
        let (repository, server, id) = (store.open(), try await FakeKubernetes.start(), store.intent())
        let published = try #require(await repository.publish([request(id, Self.path, to: package("amf"))])[0].packages)
        let client = KubernetesClient(ClusterAccess(server: server.url), upstream: Upstream("kubernetes"))
        let observed = ObservedCluster(name: "default", client: client, changes: ClusterChanges(client))
        let rollout = RolloutPolicy(
            observer: RolloutObserver(clusters: [observed], repositories: DeploymentRepositories(repository)), limit: .seconds(600), keepsFailures: false)
        let watching = Task { await observed.changes.run() }
        let running = Running(
            store: store, repository: repository, server: server, observed: observed,
            stage: VerifyStage(
                repositories: DeploymentRepositories(repository), preview: DeploymentRepositories(repository), rollout: rollout),
            id: id, published: published)
        let result = await Result { try await body(running) }
        watching.cancel()
        await watching.value
        client.stop()
        await server.stop()
        await repository.stop()
        try result.get()
    }

    private static func phase(_ outcome: StageOutcome) -> Phase? { if case .step(let step) = outcome { step.phase } else { nil } }
    private static func waits(_ outcome: StageOutcome) -> Bool { if case .wait = outcome { true } else { false } }

    @Test(
        "what has arrived is fulfilled when the policies of the same plan are in force, too",
        arguments: [(nil, Phase.fulfilled), ("ENFORCED", .fulfilled), ("UNDEFINED", .published)])
    func policies(status: String?, phase: Phase) async throws {
        try await self.withStage { running async throws in
            try running.server.create("deployments", Self.workload)
            try running.server.merge("deployments", "core5g", "amf", Self.available, subresource: "status")
            let policies = status.map { status -> [AppliedPolicy] in
                var policy = AppliedPolicy(policyId: "p", policyType: "t", ric: "ric1", change: .put)
                policy.enforceStatus = status
                return [policy]
            }
            #expect(Self.phase(try await running.outcome(policies ?? [])) == phase)
        }
    }

    @Test("while nothing changes in the cluster Git is not looked at again; what comes is seen")
    func waiting() async throws {
        try await self.withStage { running async throws in
            try running.server.create("deployments", Self.workload)
            let deadline = ContinuousClock.now + .seconds(20)
            func stamp() -> Int? { running.observed.changes.stamp(namespace: "core5g", instance: "amf") }
            while stamp() == nil, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
            #expect(Self.waits(try await running.outcome()))
            // A Git that is gone is nobody's trouble while nothing has to be read there.
            try FileManager.default.moveItem(atPath: running.store.directory, toPath: running.store.directory + ".away")
            #expect(Self.waits(try await running.outcome()))
            let before = stamp()
            try running.server.merge("deployments", "core5g", "amf", Self.available, subresource: "status")
            while stamp() == before, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
            try FileManager.default.moveItem(atPath: running.store.directory + ".away", toPath: running.store.directory)
            #expect(Self.phase(try await running.outcome()) == .fulfilled)
        }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
