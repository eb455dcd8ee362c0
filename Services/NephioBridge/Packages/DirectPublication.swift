import IntentModel

/// One package published without a plan, as `POST /v1/packages` takes it.
struct DirectPublication: Decodable, Sendable {
    /// A new id when absent; with one, repeating is safe.
    var intentId: IntentID?
    /// First line of the commit, without the revision.
    var subject: String
    var path: String
    /// All files afterwards; none deletes the package.
    var files: [PackageFile]
    /// Tree id the directory must have; when absent, whatever it has.
    var base: String?
}

extension DeploymentRepositories {
    /// Where its cluster belongs.
    func publish(_ publication: DirectPublication) async throws -> PublishResult {
        guard let path = PackagePath(publication.path) else { return try await self.main.packages.publish(publication, through: self.main.delivery) }
        let repository = self.repository(of: path.cluster)
        if !publication.files.isEmpty { try await self.checkMoved(instance: path.instance, namespace: path.namespace, cluster: path.cluster) }
        return try await repository.packages.publish(publication, through: repository.delivery)
    }
}

extension PackageRepository {
    /// - Parameter delivery: publishes it instead, where packages are not committed here.
    func publish(_ publication: DirectPublication, through delivery: (any PackageDelivery)? = nil) async throws -> PublishResult {
        guard let path = PackagePath(publication.path) else {
            return .failed(reason: "a package path is <cluster>/<namespace>/<instance>, each a DNS label", mayRetry: false)
        }
        let now = CommitTime.now
        let intentId = publication.intentId ?? IntentID(partition: 0, milliseconds: now.seconds * 1_000)
        // Without a base of the caller's, another publication may come in between: look again.
        for _ in 0..<3 {
            let current = try await self.item(at: path)
            let change = PackageChange(
                instance: path.instance, path: path.description, function: current?.function ?? "unknown", cluster: path.cluster, namespace: path.namespace,
                change: publication.files.isEmpty ? .delete : current == nil ? .create : .update, base: publication.base ?? current?.tree
            )
            let request = PublishRequest(
                intentId: intentId, createdAt: CommitTime(seconds: intentId.milliseconds / 1_000).description, changes: [change],
                files: publication.files.isEmpty ? [:] : [path.description: publication.files], verb: current == nil ? .deploy : .configure,
                subject: publication.subject, mayBeRepeat: publication.intentId != nil
            )
            guard let result = await self.publish(request, through: delivery) else { break }
            if case .conflict = result, publication.base == nil, current != nil || !publication.files.isEmpty { continue }
            return result
        }
        return .conflict(path: path.description)
    }

    private func publish(_ request: PublishRequest, through delivery: (any PackageDelivery)?) async -> PublishResult? {
        guard let delivery else { return await self.publish([request]).first }
        switch await delivery.deliver(request, reading: self) {
        case .ended(let result): return result
        case .waiting: return .failed(reason: "it waits for a decision: ask again with intentId \(request.intentId)", mayRetry: true)
        case .partial(_, let reason): return .failed(reason: "published in part: \(reason)", mayRetry: false)
        case .withdrawn: return .failed(reason: "it was withdrawn", mayRetry: false)
        }
    }
}
