import IntentModel
import Ledger
import Metrics
import ServiceRuntime
import Synchronization
import Telemetry

/// Publishes the packages of many intents in one batch of commits, or undoes what it published of them.
struct PublishStage: StageHandler {
    let stage = Stage.publish
    let name = "nephio-bridge"
    let batchSize = 128
    let concurrency = 1
    let needsFiles = true
    let endsItsWork = true
    let repositories: DeploymentRepositories
    /// What previews publish goes here, see docs/decisions/042.
    let preview: DeploymentRepositories
    let authenticator: TokenAuthenticator
    let colour: String
    /// Of the ledger: after so many attempts work is given up.
    let lastAttempt: Int
    private let ahead = PublicationAhead()

    private static let pauseUntilKnown = Duration.seconds(30)
    /// Intents of a batch behind which more are waiting, most likely.
    private static let full = 64

    init(
        repositories: DeploymentRepositories, preview: DeploymentRepositories, authenticator: TokenAuthenticator, colour: String, lastAttempt: Int
    ) {
        self.repositories = repositories
        self.preview = preview
        self.authenticator = authenticator
        self.colour = colour
        self.lastAttempt = lastAttempt
    }

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        // One worker's batch is of one kind, except around a promotion.
        let isPreview = batch.map(\.snapshot.isPreview)
        guard isPreview.contains(true) else { return await self.publish(batch, in: self.repositories) }
        let ordinary = await self.publish(batch.filter { !$0.snapshot.isPreview }, in: self.repositories)
        let previews = await self.publish(batch.filter(\.snapshot.isPreview), in: self.preview)
        var (nextOrdinary, nextPreview) = (ordinary.makeIterator(), previews.makeIterator())
        return isPreview.map { ($0 ? nextPreview.next() : nextOrdinary.next()) ?? .retry(reason: "not published") }
    }

    private func publish(_ batch: [LeasedIntent], in repositories: DeploymentRepositories) async -> [StageOutcome] {
        guard !batch.isEmpty else { return [] }
        var outcomes = [StageOutcome](repeating: .retry(reason: "not published"), count: batch.count)
        var requests: [(index: Int, request: PublishRequest)] = []
        for (index, leased) in batch.enumerated() {
            do {
                requests.append((index, try await self.request(leased, in: repositories)))
            } catch let problem as Problem {
                outcomes[index] = .fail(problem)
            } catch let error as GitError {
                outcomes[index] = error.mayRetry ? .retry(reason: "\(error)") : .fail(Self.notUndone("\(error)"))
            } catch let error as DeploymentRepository.Away {
                outcomes[index] = .retry(reason: "\(error)")
            } catch {
                outcomes[index] = .fail(Problem(status: 500, code: "internal", title: "Record not readable", detail: "\(error)"))
            }
        }
        requests = requests.map { ($0.index, $0.request.withPreparedPackages) }
        await self.ahead.end()
        guard batch.count >= Self.full, repositories.commitsAlone else { return await self.deliver(requests, of: batch, outcomes, in: repositories) }
        // With so many waiting the next batch is read and prepared while this one is published.
        let task = Task { [requests, outcomes] in await self.deliver(requests, of: batch, outcomes, in: repositories) }
        self.ahead.begin(task)
        return batch.indices.map { index in .later(Task { await task.value[index] }) }
    }

    /// - Parameter known: the outcomes of those that are not among the requests.
    private func deliver(
        _ requests: [(index: Int, request: PublishRequest)], of batch: [LeasedIntent], _ known: [StageOutcome], in repositories: DeploymentRepositories
    ) async -> [StageOutcome] {
        var outcomes = known
        let intents = requests.map { batch[$0.index] }
        let delivered = await repositories.publish(requests.map(\.request)) { repository, requests, positions in
            await self.publish(requests, of: positions.map { intents[$0] }, at: repository)
        }
        for ((index, request), progress) in zip(requests, delivered) {
            let leased = batch[index]
            switch progress {
            case .now(let outcome): outcomes[index] = self.outcome(await self.ifLast(outcome, request, leased, in: repositories), request)
            case .later(let task):
                outcomes[index] = .later(Task { self.outcome(await self.ifLast(await task.value, request, leased, in: repositories), request) })
            }
        }
        return outcomes
    }

    /// - Parameter intents: those of the requests.
    private func publish(_ requests: [PublishRequest], of intents: [LeasedIntent], at repository: DeploymentRepository) async -> [DeliveryOutcome] {
        if let delivery = repository.delivery { return await delivery.deliver(requests, reading: repository.packages) { intents[$0].isToEnd } }
        var outcomes = [DeliveryOutcome](repeating: .withdrawn, count: requests.count)
        var open: [Int] = []
        for (index, request) in requests.enumerated() {
            if intents[index].isToEnd { outcomes[index] = await self.ended(request, in: repository.packages) } else { open.append(index) }
        }
        guard !open.isEmpty else { return outcomes }
        let chosen = open.map { requests[$0] }
        let results = await self.traced(open.map { intents[$0] }) { await repository.packages.publish(chosen) }
        for (index, result) in zip(open, results) { outcomes[index] = .ended(result) }
        return outcomes
    }

    /// The last attempt at an intent for several repositories ends it: what some of them have of it must be known then.
    private func ifLast(
        _ outcome: DeliveryOutcome, _ request: PublishRequest, _ leased: LeasedIntent, in repositories: DeploymentRepositories
    ) async -> DeliveryOutcome {
        guard case .ended(.failed(let reason, mayRetry: true)) = outcome, leased.work.attempt + 1 >= self.lastAttempt,
            repositories.areSeveral(for: request)
        else { return outcome }
        guard let remains = await repositories.remains(of: request) else { return .waiting(Self.pauseUntilKnown) }
        return remains.contains { $0.change != .none } ? .partial(remains, reason: reason) : outcome
    }

    private func outcome(_ outcome: DeliveryOutcome, _ request: PublishRequest) -> StageOutcome {
        switch outcome {
        case .ended(let result): return request.isReversal ? self.reversed(result, request) : self.outcome(result, request)
        case .waiting(let pause): return .wait(pause)
        case .withdrawn: return self.withdrawn()
        case .partial(_, let reason) where request.isReversal: return .fail(Self.notUndone(reason))
        case .partial(let packages, let reason):
            var step = Step(by: self.name, detail: "published in part (\(packages.map { "\($0.path) \($0.revision)" }.joined(separator: ", "))): \(reason)")
            step.outcome = TrackOutcome(.partial, reason)
            do {
                let problem = Problem(status: 500, code: "publish_failed", title: "Not published", detail: reason)
                step.fields = [(.packages, try LedgerJSON.encode(packages)), (.problem, try LedgerJSON.encode(problem))]
            } catch {
                return .fail(Problem(status: 500, code: "internal", title: "Not encodable", detail: "\(error)"))
            }
            return .step(step)
        }
    }

    /// What an earlier attempt has published is told, so that it can be undone; nothing more is.
    private func ended(_ request: PublishRequest, in repository: PackageRepository) async -> DeliveryOutcome {
        guard request.mayBeRepeat else { return .withdrawn }
        do {
            guard let packages = try await repository.published(request) else { return .withdrawn }
            return .ended(.published(packages))
        } catch {
            return .ended(.failed(reason: "it is not known yet whether it was published: \(error)", mayRetry: true))
        }
    }

    private func withdrawn() -> StageOutcome {
        var step = Step(by: self.name, detail: "packages not published")
        step.outcome = TrackOutcome(.skipped, "not published")
        return .step(step)
    }

    /// One span for what is done for all: a part of the intent's trace when there is one intent, else a trace of its own, with links both ways.
    private func traced(_ batch: [LeasedIntent], _ publish: () async -> [PublishResult]) async -> [PublishResult] {
        let intents = batch.compactMap(\.span)
        guard let first = intents.first else { return await publish() }
        let name = "publish batch"
        let span =
            batch.count == 1
            ? Tracer.shared.begin(name, .internal, under: first.context, traceState: first.traceState) : Tracer.shared.beginTrace(name, .internal)
        guard let span else { return await publish() }
        defer { span.end() }
        span.set("nephoran.batch.intents", batch.count)
        for intent in intents {
            span.link(intent.context)
            if batch.count > 1 { intent.link(span.context) }
        }
        let results = await span.within(publish)
        for case .failed(_, let mayRetry) in results { span.fail(mayRetry ? "retry" : "publish_failed") }
        return results
    }

    private func request(_ leased: LeasedIntent, in repositories: DeploymentRepositories) async throws -> PublishRequest {
        var publication = try PublishRequest(of: leased.snapshot, colour: self.colour, mayBeRepeat: leased.mayBeRepeat)
        publication.execution = leased.work.version
        if leased.isCompensation {
            let packages = (try leased.snapshot.decode([PublishedPackage].self, .packages) ?? []).filter { $0.change != .none }
            let published = Set(packages.map(\.path))
            (publication.changes, publication.files) = try await repositories.reversal(of: publication.changes.filter { published.contains($0.path) })
            try await self.rebase(&publication.changes, on: packages, in: repositories)
            publication.verb = .rollback
            publication.isReversal = true
        } else {
            if !leased.isToEnd { try self.requireTouchable(publication.changes, by: leased.snapshot.request().tenant) }
            publication.files = try leased.files.map { try RenderedFiles.decode($0) } ?? [:]
        }
        return publication
    }

    /// Functions of Porch's pipeline, or a person before the merge, may have made more of the planned content: what is undone is what they made.
    private func rebase(_ changes: inout [PackageChange], on packages: [PublishedPackage], in repositories: DeploymentRepositories) async throws {
        for (index, change) in changes.enumerated() where change.base != nil {
            let repository = repositories.repository(of: change.cluster)
            guard repository.delivery != nil, let path = PackagePath(change.path), let package = packages.last(where: { $0.path == change.path }) else {
                continue
            }
            changes[index].base = try await repositories.read(change.cluster) { try await $0.tree(of: path, in: package.commit) }
        }
    }

    /// The policy may have changed since the plan was made, and only here is it known which repository it goes to, or would go to were it no preview.
    /// What is undone is not asked about.
    private func requireTouchable(_ changes: [PackageChange], by tenant: String) throws(Problem) {
        let policy = self.authenticator.policy
        for change in changes {
            let address = self.repositories.repository(of: change.cluster).address
            guard let reason = policy.refusal(of: tenant, repository: address) ?? policy.refusal(of: tenant, package: change.path) else { continue }
            throw Problem(status: 403, code: "policy_refused", title: "Refused by the policy", detail: "\(reason).")
        }
    }

    private func outcome(_ result: PublishResult, _ request: PublishRequest) -> StageOutcome {
        switch result {
        case .published(let packages):
            var step = Step(by: self.name, detail: "published " + packages.map { "\($0.path) \($0.revision)" }.joined(separator: ", "))
            step.outcome = TrackOutcome(.succeeded, step.detail ?? "")
            step.files = .delete
            do {
                step.fields = [(.packages, try LedgerJSON.encode(packages))]
            } catch {
                return .fail(Problem(status: 500, code: "internal", title: "Not encodable", detail: "\(error)"))
            }
            for change in request.changes where change.change != .delete {
                Counter(label: "network_function_deployments_total", dimensions: [("function", change.function)]).increment()
                // From zero, so that the first failure is an increase, and the share of failures has a value.
                Counter(label: "network_function_deployments_failed_total", dimensions: [("function", change.function)]).increment(by: 0)
            }
            return .step(step)
        case .conflict(let path):
            // Nothing was published. What other tracks do meanwhile is waited for, and stays: only this one is planned again.
            var step = Step(by: self.name, detail: "\(path) changed meanwhile")
            step.outcome = TrackOutcome(.conflicted, step.detail ?? "")
            step.files = .delete
            return .step(step)
        case .failed(let reason, let mayRetry):
            for change in request.changes {
                Counter(label: "network_function_deployments_failed_total", dimensions: [("function", change.function)]).increment()
            }
            return mayRetry
                ? .retry(reason: reason) : .fail(Problem(status: 500, code: "publish_failed", title: "Not published", detail: reason))
        }
    }

    private func reversed(_ result: PublishResult, _ request: PublishRequest) -> StageOutcome {
        switch result {
        case .published(let packages):
            var step = Step(by: self.name, detail: "undone in " + packages.map { "\($0.path) \($0.revision)" }.joined(separator: ", "))
            step.outcome = TrackOutcome(.compensated, step.detail ?? "")
            // Nothing of it stands any more.
            step.fields = [(.packages, [])]
            return .step(step)
        case .conflict(let path): return .fail(Self.notUndone("\(path) was changed since by somebody else; what they made of it stays"))
        case .failed(let reason, let mayRetry): return mayRetry ? .retry(reason: reason) : .fail(Self.notUndone(reason))
        }
    }

    private static func notUndone(_ detail: String) -> Problem {
        Problem(status: 409, code: "not_undone", title: "Could not be undone", detail: detail)
    }
}

/// The publication that is under way while the next batch is prepared. There is one at most.
private final class PublicationAhead: Sendable {
    private let task = Mutex<Task<[StageOutcome], Never>?>(nil)

    func begin(_ publication: Task<[StageOutcome], Never>) { self.task.withLock { $0 = publication } }

    /// Returns when it has come to its end.
    func end() async {
        _ = await self.task.withLock { $0 }?.value
        self.task.withLock { $0 = nil }
    }
}

extension DeploymentRepositories {
    /// There is one repository, and what is published is committed here: nobody else is waited for.
    fileprivate var commitsAlone: Bool { self.others.isEmpty && self.main.delivery == nil }
}
