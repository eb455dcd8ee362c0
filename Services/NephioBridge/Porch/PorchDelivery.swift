import IntentModel
import Kubernetes
import Resilience

/// Publishes packages through Porch: a draft, its files, the proposal, the decision, and the commit that Porch makes.
///
/// Exactly once, whatever is repeated: the workspace of a revision is named after the intent, and what is found is gone on with. All packages
/// of an intent are proposed before the first is approved.
struct PorchDelivery: Sendable {
    let client: PorchClient
    /// We decide about our own proposals; otherwise a person does, in Porch.
    let approves: Bool
    /// From the making of a draft to its publication.
    let limit: Duration
    /// Of one look; the next one goes on.
    var patience = Duration.seconds(8)
    var pause = Duration.milliseconds(100)
    var backoff = Backoff(base: .milliseconds(50), cap: .seconds(1))

    static let maxConflicts = 8
    static let workspacePrefix = "intent-"
    static let reversalPrefix = "undo-"

    /// - Parameter repository: the branch that Porch commits to.
    func deliver(_ request: PublishRequest, reading repository: PackageRepository) async -> PorchOutcome {
        var run = PorchRun(delivery: self, request: request, repository: repository)
        do {
            return .ended(.published(try await run.publish()))
        } catch PorchStop.later {
            return .waiting(self.approves ? .seconds(1) : .seconds(5))
        } catch PorchStop.conflict(let path) {
            await run.withdraw()
            return .ended(.conflict(path: path.description))
        } catch PorchStop.failed(let reason) {
            await run.withdraw()
            return .ended(.failed(reason: reason, mayRetry: false))
        } catch PorchStop.again(let reason) {
            return .ended(.failed(reason: reason, mayRetry: true))
        } catch let error as KubernetesError where !error.mayRetry && error != .cancelled {
            await run.withdraw()
            return .ended(.failed(reason: "Porch: \(error)", mayRetry: false))
        } catch let error as KubernetesError {
            return .ended(.failed(reason: "Porch: \(error)", mayRetry: true))
        } catch {
            return .ended(.failed(reason: "\(error)", mayRetry: (error as? GitError)?.mayRetry ?? true))
        }
    }

    /// Those of different packages side by side, those of one after the other; the outcomes in the order of the requests.
    func deliver(_ requests: [PublishRequest], reading repository: PackageRepository) async -> [PorchOutcome] {
        await withTaskGroup(of: [(Int, PorchOutcome)].self) { group in
            for chain in Self.chains(requests) {
                group.addTask {
                    var outcomes: [(Int, PorchOutcome)] = []
                    for index in chain { outcomes.append((index, await self.deliver(requests[index], reading: repository))) }
                    return outcomes
                }
            }
            var outcomes = [PorchOutcome](repeating: .waiting(.zero), count: requests.count)
            for await part in group { for (index, outcome) in part { outcomes[index] = outcome } }
            return outcomes
        }
    }

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
