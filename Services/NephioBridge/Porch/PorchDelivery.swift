import IntentModel
import Kubernetes
import Resilience

/// Publishes packages through Porch: a draft, its files, the proposal, the decision, and the commit that Porch makes.
///
/// Exactly once, whatever is repeated: the workspace of a revision is named after the intent, and what is found is gone on with. All packages
/// of an intent are proposed before the first is approved.
struct PorchDelivery: PackageDelivery {
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
    func deliver(_ request: PublishRequest, reading repository: PackageRepository) async -> DeliveryOutcome {
        let run = PorchRun(delivery: self, request: request, repository: repository)
        do {
            return .ended(.published(try await run.publish()))
        } catch PorchStop.later {
            return .waiting(self.approves ? .seconds(1) : .seconds(5))
        } catch PorchStop.conflict(let path) {
            await run.withdraw()
            return .ended(.conflict(path: path.description))
        } catch PorchStop.failed(let reason) {
            return await self.giveUp(run, reason)
        } catch PorchStop.again(let reason) {
            return .ended(.failed(reason: reason, mayRetry: true))
        } catch let error as KubernetesError where !error.mayRetry && error != .cancelled {
            return await self.giveUp(run, "Porch: \(error)")
        } catch let error as KubernetesError {
            return .ended(.failed(reason: "Porch: \(error)", mayRetry: true))
        } catch {
            return .ended(.failed(reason: "\(error)", mayRetry: (error as? GitError)?.mayRetry ?? true))
        }
    }

    func withdraw(_ request: PublishRequest, reading repository: PackageRepository) async -> DeliveryOutcome {
        let run = PorchRun(delivery: self, request: request, repository: repository)
        do {
            let published = try await run.retreat()
            return published.isEmpty ? .withdrawn : .ended(.published(published))
        } catch PorchStop.later {
            return .waiting(.seconds(1))
        } catch {
            return .ended(.failed(reason: "not taken back in Porch: \(error)", mayRetry: true))
        }
    }

    /// Nothing more of it is to come; what Porch has published of it already is told, so that it can be undone.
    private func giveUp(_ run: PorchRun, _ reason: String) async -> DeliveryOutcome {
        await run.withdraw()
        do {
            let published = try await run.published()
            return published.isEmpty ? .ended(.failed(reason: reason, mayRetry: false)) : .partial(published, reason: reason)
        } catch {
            return .ended(.failed(reason: "\(reason); what was published of it is not known yet: \(error)", mayRetry: true))
        }
    }
}
