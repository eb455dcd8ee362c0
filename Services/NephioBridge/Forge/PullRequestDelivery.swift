import IntentModel
import Logging

/// Publishes packages where the branch takes pull requests only: a branch of our own, a pull request, its merge by whoever may, and the tags.
///
/// Exactly once, whatever is repeated: branch and pull request are named after the intent's execution, and what is found is gone on with. Once
/// something may be open at the forge its silence is waited for: nobody knows whether it was merged meanwhile.
struct PullRequestDelivery: PackageDelivery {
    let forge: ForgeClient
    /// From the opening of a pull request to its merge.
    let limit: Duration
    let book = PullRequestBook()
    /// Where the process may be made to die, for tests.
    var passing: @Sendable (Point) -> Void = { _ in }
    /// The shortest and the longest time between two looks; the longer one waits, the less often one looks.
    var pauses: ClosedRange<Duration> = .seconds(1)...(.seconds(30))
    private let logger = Logger(label: "pull-requests")

    init(forge: ForgeClient, limit: Duration) {
        self.forge = forge
        self.limit = limit
    }

    /// Between these, nothing is done that another process could see.
    enum Point: String, Sendable, CaseIterable {
        case pushed = "pull-pushed"
        case opened = "pull-opened"
        case adopted = "pull-adopted"
    }

    func deliver(_ request: PublishRequest, reading repository: PackageRepository) async -> DeliveryOutcome {
        await self.look(PullRequestRun(delivery: self, request: request, repository: repository, isToEnd: false))
    }

    func withdraw(_ request: PublishRequest, reading repository: PackageRepository) async -> DeliveryOutcome {
        await self.look(PullRequestRun(delivery: self, request: request, repository: repository, isToEnd: true))
    }

    private func look(_ run: PullRequestRun) async -> DeliveryOutcome {
        do {
            let outcome = try await run.look()
            switch outcome {
            case .waiting: break
            case .ended, .partial, .withdrawn: self.book[run.branch] = nil
            }
            return outcome
        } catch {
            if self.book[run.branch] != nil || run.isToEnd {
                self.logger.warning("a pull request is not known to be decided", metadata: ["intentId": "\(run.request.intentId)", "error": "\(error)"])
                return .waiting(self.pauses.upperBound)
            }
            let mayRetry = (error as? GitError)?.mayRetry ?? true
            return .ended(.failed(reason: "\(error)", mayRetry: mayRetry))
        }
    }

    /// How long to wait before one looks again for what was opened at `time`.
    func pause(since time: CommitTime?) -> Duration {
        let age = CommitTime.now.seconds - (time ?? .now).seconds
        return min(max(.seconds(age / 10), self.pauses.lowerBound), self.pauses.upperBound)
    }
}
