import IntentModel
import Ledger
import Metrics

/// Publishes the packages of many intents in one batch of commits.
struct PublishStage: StageHandler {
    let stage = Stage.publish
    let name = "nephio-bridge"
    let batchSize = 128
    let concurrency = 1
    let needsFiles = true
    let repository: PackageRepository

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        var outcomes = [StageOutcome](repeating: .retry(reason: "not published"), count: batch.count)
        var requests: [(index: Int, request: PublishRequest)] = []
        for (index, leased) in batch.enumerated() {
            do {
                requests.append((index, try self.request(leased)))
            } catch {
                outcomes[index] = .fail(Problem(status: 500, code: "internal", title: "Record not readable", detail: "\(error)"))
            }
        }
        let results = await self.repository.publish(requests.map(\.request))
        for ((index, request), result) in zip(requests, results) { outcomes[index] = self.outcome(result, request) }
        return outcomes
    }

    private func request(_ leased: LeasedIntent) throws -> PublishRequest {
        let request = try leased.snapshot.request()
        guard let plan = try leased.snapshot.plan() else { throw LedgerError(.corrupt, "intent \(leased.id) has no plan") }
        let files = try leased.files.map { try LedgerJSON.decode([String: [PackageFile]].self, $0) } ?? [:]
        return PublishRequest(
            intentId: leased.id,
            createdAt: Timestamp.text(leased.snapshot.created),
            changes: plan.packages.filter { $0.change != .none },
            files: files,
            verb: try leased.snapshot.interpretation()?.expectations.first?.verb ?? .deploy,
            summary: request.intent,
            mayBeRepeat: leased.mayBeRepeat
        )
    }

    private func outcome(_ result: PublishResult, _ request: PublishRequest) -> StageOutcome {
        switch result {
        case .published(let packages):
            var step = Step(by: self.name, detail: "published " + packages.map { "\($0.path) \($0.revision)" }.joined(separator: ", "))
            step.outcome = TrackOutcome(
                state: .succeeded, detail: step.detail ?? "", joined: (.verifying, .verify, "reading back what was published"),
                failureDetail: "published, but another track failed"
            )
            step.files = .delete
            do {
                step.fields = [(.packages, try LedgerJSON.encode(packages))]
            } catch {
                return .fail(Problem(status: 500, code: "internal", title: "Not encodable", detail: "\(error)"))
            }
            for change in request.changes where change.change != .delete {
                Counter(label: "network_function_deployments_total", dimensions: [("function", change.function)]).increment()
            }
            return .step(step)
        case .conflict(let path):
            var step = Step(phase: .planning, by: self.name, detail: "\(path) changed meanwhile; planning again")
            step.abandonsTracks = true
            step.resumesWith = .plan
            step.files = .delete
            // What another track failed of is planned again, too.
            step.fields = [(.problem, [])]
            return .step(step)
        case .failed(let reason, let mayRetry):
            for change in request.changes {
                Counter(label: "network_function_deployments_failed_total", dimensions: [("function", change.function)]).increment()
            }
            return mayRetry
                ? .retry(reason: reason) : .fail(Problem(status: 500, code: "publish_failed", title: "Not published", detail: reason))
        }
    }
}
