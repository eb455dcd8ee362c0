import IntentModel

/// Publishes through somebody else, who has the last word about the branch: Porch, or a forge's pull requests.
///
/// One call is one look; whatever is repeated, also by another process, is gone on with.
protocol PackageDelivery: Sendable {
    /// - Parameter repository: the branch that packages come to.
    func deliver(_ request: PublishRequest, reading repository: PackageRepository) async -> DeliveryOutcome
    /// The intent is to end: what waits for a decision is taken back, what is decided already is told.
    func withdraw(_ request: PublishRequest, reading repository: PackageRepository) async -> DeliveryOutcome
}

extension PackageDelivery {
    /// Those of different packages side by side, those of one after the other; the outcomes in the order of the requests.
    ///
    /// - Parameter isToEnd: by the position of a request: it is to be withdrawn.
    func deliver(
        _ requests: [PublishRequest], reading repository: PackageRepository, isToEnd: @escaping @Sendable (Int) -> Bool = { _ in false }
    ) async -> [DeliveryOutcome] {
        await withTaskGroup(of: [(Int, DeliveryOutcome)].self) { group in
            for chain in PublishRequest.chains(requests) {
                group.addTask {
                    var outcomes: [(Int, DeliveryOutcome)] = []
                    for index in chain {
                        let outcome =
                            isToEnd(index)
                            ? await self.withdraw(requests[index], reading: repository) : await self.deliver(requests[index], reading: repository)
                        outcomes.append((index, outcome))
                    }
                    return outcomes
                }
            }
            var outcomes = [DeliveryOutcome](repeating: .waiting(.zero), count: requests.count)
            for await part in group { for (index, outcome) in part { outcomes[index] = outcome } }
            return outcomes
        }
    }
}

extension PublishRequest {
    /// Indices of requests that share a package, in their order.
    static func chains(_ requests: [PublishRequest]) -> [[Int]] {
        var chains: [[Int]] = []
        var paths: [Set<String>] = []
        for (index, request) in requests.enumerated() {
            var own = Set(request.changes.map(\.path))
            var chain = [index]
            for other in paths.indices.reversed() where !paths[other].isDisjoint(with: own) {
                own.formUnion(paths.remove(at: other))
                chain = chains.remove(at: other) + chain
            }
            chains.append(chain.sorted())
            paths.append(own)
        }
        return chains
    }
}
