import IntentModel

extension DeploymentRepositories {
    /// What one intent published, and the changes of its plan.
    typealias Claim = (packages: [PublishedPackage], expected: [PackageChange])

    /// What reading back brought.
    enum Reading: Sendable {
        case checked([VerificationCheck])
        /// A repository has not answered yet: look again.
        case awaited
        case failed(GitError)

        fileprivate mutating func join(_ other: Reading) {
            switch (self, other) {
            case (.checked(let one), .checked(let two)): self = .checked(one + two)
            case (.checked, _): self = other
            case (.awaited, .failed): self = other
            case (.awaited, _), (.failed, _): break
            }
        }
    }

    /// Reads back what was published, each from its repository: one look at each for the whole batch, all side by side.
    ///
    /// - Returns: in the order of the claims.
    func verify(_ claims: [Claim]) async -> [Reading] {
        guard !self.others.isEmpty else { return await Self.verify(claims, in: self.main) }
        var readings = [Reading](repeating: .checked([]), count: claims.count)
        await withTaskGroup(of: (positions: [Int], readings: [Reading]).self) { group in
            for repository in self.all {
                let parts = claims.enumerated().map { ($0, self.part(of: $1, in: repository)) }.filter { !$1.packages.isEmpty || !$1.expected.isEmpty }
                guard !parts.isEmpty else { continue }
                let (positions, own) = (parts.map(\.0), parts.map(\.1))
                group.addTask {
                    let outcome = await repository.reading.attend(for: Self.patience) { await Self.verify(own, in: repository) }
                    return (positions, outcome.value ?? own.map { _ in .awaited })
                }
            }
            for await part in group { for (position, reading) in zip(part.positions, part.readings) { readings[position].join(reading) } }
        }
        return readings
    }

    private func part(of claim: Claim, in repository: DeploymentRepository) -> Claim {
        (
            claim.packages.filter { package in PackagePath(package.path).map { self.repository(of: $0.cluster) === repository } ?? (repository === self.main) },
            claim.expected.filter { self.repository(of: $0.cluster) === repository }
        )
    }

    /// Who commits instead of us may make more of the content.
    private static func verify(_ claims: [Claim], in repository: DeploymentRepository) async -> [Reading] {
        do {
            return try await repository.packages.verify(claims, isCommittedElsewhere: repository.delivery != nil).map { .checked($0) }
        } catch {
            return claims.map { _ in .failed(GitError(error)) }
        }
    }
}
