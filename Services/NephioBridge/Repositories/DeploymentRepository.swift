/// One Git repository that clusters are delivered from, and how packages come into it.
final class DeploymentRepository: Sendable {
    /// It could not be read or written just now; the others can.
    struct Away: Error, CustomStringConvertible {
        let name: String
        let reason: GitError
        var description: String { "the repository \(self.name): \(self.reason)" }
    }

    /// What health checks, logs and problems call it.
    let name: String
    /// For the policy of tenants: the setting, without credentials.
    let address: String
    /// Patterns of the clusters it is for.
    let clusters: [String]
    let packages: PackageRepository
    /// Publishes instead of us, where set.
    let delivery: (any PackageDelivery)?
    /// Publications and readings wait for their like only: a slow publication is no reason not to be read.
    let publishing = Attendance()
    let reading = Attendance()

    init(name: String, address: String, clusters: [String] = ["*"], packages: PackageRepository, delivery: (any PackageDelivery)? = nil) {
        self.name = name
        self.address = address
        self.clusters = clusters
        self.packages = packages
        self.delivery = delivery
    }

    /// - Throws: ``Away`` when it cannot be read now, or not within `patience`; other ``GitError``s as they are.
    func read<Value: Sendable>(
        within patience: Duration = DeploymentRepositories.patience, _ work: @escaping @Sendable (PackageRepository) async throws -> Value
    ) async throws -> Value {
        let outcome = await self.reading.attend(for: patience) { [packages] () -> Result<Value, any Error> in
            do { return .success(try await work(packages)) } catch { return .failure(error) }
        }
        guard let result = outcome.value else { throw Away(name: self.name, reason: .unreachable("it has not answered yet")) }
        do {
            return try result.get()
        } catch let error as GitError where error.mayRetry {
            throw Away(name: self.name, reason: error)
        }
    }
}
