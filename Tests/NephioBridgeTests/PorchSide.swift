import Foundation
import IntentModel
import JSONSchema
import Kubernetes
import Resilience
import TestSupport

@testable import NephioBridge

/// Porch and its repository: a fake API server whose publications are real commits and tags, as Porch makes them.
struct PorchSide: Sendable {
    let store: TestRepository
    let repository: PackageRepository
    let server: FakeKubernetes
    let kubernetes: KubernetesClient
    let delivery: PorchDelivery

    static let repositoryName = "gitops"

    static func with(
        _ version: PorchVersion = .v1alpha1, approves: Bool = true, limit: Duration = .seconds(60), _ body: (PorchSide) async throws -> Void
    ) async throws {
        let store = try TestRepository()
        let (repository, server) = (store.open(), try await FakeKubernetes.start())
        try await repository.open()
        let committer = PorchCommitter(repository: store.directory)
        server.servePorch(version: version.rawValue, repositories: [Self.repositoryName]) { try await committer.commit($0) }
        let kubernetes = KubernetesClient(ClusterAccess(server: server.url), upstream: Upstream("kubernetes"))
        let client = PorchClient(kubernetes: kubernetes, version: version, namespace: "porch", repository: Self.repositoryName)
        var delivery = PorchDelivery(client: client, approves: approves, limit: limit)
        (delivery.patience, delivery.pause) = (.seconds(5), .milliseconds(5))
        let side = PorchSide(store: store, repository: repository, server: server, kubernetes: kubernetes, delivery: delivery)
        let result: Result<Void, any Error>
        do { result = .success(try await body(side)) } catch { result = .failure(error) }
        kubernetes.stop()
        await server.stop()
        await repository.stop()
        try result.get()
    }

    func deliver(_ request: PublishRequest) async -> DeliveryOutcome { await self.delivery.deliver(request, reading: self.repository) }

    /// As the stage does it: again, while it may be tried again.
    func deliverToTheEnd(_ request: PublishRequest, attempts: Int = 60) async throws -> DeliveryOutcome {
        var request = request
        for _ in 0..<attempts {
            let outcome = await self.deliver(request)
            guard case .ended(.failed(_, mayRetry: true)) = outcome else { return outcome }
            request.mayBeRepeat = true
            // The breaker may have to close first.
            try await Task.sleep(for: .milliseconds(100))
        }
        return await self.deliver(request)
    }

    /// `spec.lifecycle` of every revision but the branch's own.
    var lifecycles: [String] {
        self.server.objects("packagerevisions").filter { $0["spec"]?["workspaceName"]?.string != "main" }
            .compactMap { $0["spec"]?["lifecycle"]?.string }
    }

    func revision(_ path: String, _ intent: IntentID) async throws -> PorchRevision? {
        guard let path = PackagePath(path) else { return nil }
        return try await self.delivery.client.revision(
            PorchRevision.name(repository: Self.repositoryName, path: path, workspace: PorchDelivery.workspacePrefix + intent.description))
    }
}
