import IntentModel

extension DeploymentRepositories {
    /// What one intent published, and the changes of its plan.
    typealias Claim = (packages: [PublishedPackage], expected: [PackageChange])

    /// Reads back what was published, each from its repository: one look at each for the whole batch, all side by side.
    ///
    /// - Returns: for each intent its checks, or why one of its repositories could not be asked.
    func verify(_ claims: [Claim]) async -> [Result<[VerificationCheck], GitError>] {
        guard !self.others.isEmpty else { return await Self.verify(claims, in: self.main) }
        var results = [Result<[VerificationCheck], GitError>](repeating: .success([]), count: claims.count)
        await withTaskGroup(of: (positions: [Int], results: [Result<[VerificationCheck], GitError>]).self) { group in
            for repository in self.all {
                let parts = claims.enumerated().map { ($0, self.part(of: $1, in: repository)) }.filter { !$1.packages.isEmpty || !$1.expected.isEmpty }
                guard !parts.isEmpty else { continue }
                let (positions, own) = (parts.map(\.0), parts.map(\.1))
                group.addTask {
                    let checked = await repository.attend(for: Self.patience) { await Self.verify(own, in: repository) }
                    let late = GitError.unreachable("the repository \(repository.name) has not answered yet")
                    return (positions, checked ?? own.map { _ in .failure(late) })
                }
            }
            for await part in group {
                for (position, result) in zip(part.positions, part.results) {
                    results[position] = results[position].flatMap { checks in result.map { checks + $0 } }
                }
            }
        }
        return results
    }

    private func part(of claim: Claim, in repository: DeploymentRepository) -> Claim {
        (
            claim.packages.filter { package in PackagePath(package.path).map { self.repository(of: $0.cluster) === repository } ?? (repository === self.main) },
            claim.expected.filter { self.repository(of: $0.cluster) === repository }
        )
    }

    /// Who commits instead of us may make more of the content.
    private static func verify(_ claims: [Claim], in repository: DeploymentRepository) async -> [Result<[VerificationCheck], GitError>] {
        do {
            return try await repository.packages.verify(claims, isCommittedElsewhere: repository.delivery != nil).map { .success($0) }
        } catch {
            return claims.map { _ in .failure(GitError(error)) }
        }
    }
}
