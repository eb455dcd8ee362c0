import IntentModel
import Ledger
import Logging
import Resilience
import ServiceLifecycle
import ServiceRuntime
import Synchronization

/// Shows in Git what waits for a person, for as long as it waits and until what was approved is published. Only the ledger decides: approving is
/// `POST /v1/intents/{id}/approve`, and a branch is a look at it.
final class ProposalController: Service, Sendable {
    struct Configuration: Sendable {
        var colour: String
        /// Everything is looked at again after this, whatever was heard.
        var resync: Duration = .seconds(300)
        /// What is heard within this time is one look.
        var pace: Duration = .milliseconds(100)
    }

    /// Intents shown at a time, the newest; the others wait unseen.
    static let maxProposals = 500

    private let repository: DeploymentRepository
    /// It and the others: what is for those is shown there.
    private let repositories: DeploymentRepositories
    private let ledger: Ledger
    private let feed: EventFeed
    private let authenticator: TokenAuthenticator
    private let configuration: Configuration
    private let shown = Mutex<Set<IntentID>>([])
    private let logger = Logger(label: "proposals")

    init(
        repository: DeploymentRepository, of repositories: DeploymentRepositories, ledger: Ledger, feed: EventFeed, authenticator: TokenAuthenticator,
        configuration: Configuration
    ) {
        self.repository = repository
        self.repositories = repositories
        self.ledger = ledger
        self.feed = feed
        self.authenticator = authenticator
        self.configuration = configuration
    }

    func run() async {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.listen(signal) }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: self.configuration.resync)
                        signal.yield()
                    }
                }
                group.addTask { await self.work(signals, signal) }
            }
        }
    }

    /// A feed that ended has missed what came since: everything is looked at again.
    private func listen(_ signal: AsyncStream<Void>.Continuation) async {
        let waits = Array("\"\(Phase.awaitingApproval.rawValue)\"".utf8)
        while !Task.isCancelled {
            let (events, _) = await self.feed.listenToAll()
            signal.yield()
            for await event in events where self.shown.withLock({ $0.contains(event.id) }) || event.entry.contains(waits) { signal.yield() }
            try? await Task.sleep(for: .milliseconds(.random(in: 500...1_500)))
        }
    }

    private func work(_ signals: AsyncStream<Void>, _ signal: AsyncStream<Void>.Continuation) async {
        let backoff = Backoff(base: .milliseconds(200), cap: .seconds(60))
        var failures = 0
        for await _ in signals {
            do {
                let isStale = try await self.look()
                failures = 0
                if isStale { signal.yield() }
                try await Task.sleep(for: self.configuration.pace)
            } catch {
                if Task.isCancelled { return }
                failures += 1
                self.logger.log(level: failures > 3 ? .warning : .info, "proposals are not shown", metadata: ["error": "\(error)", "failures": "\(failures)"])
                try? await Task.sleep(for: backoff.delay(attempt: failures))
                signal.yield()
            }
        }
    }

    /// Makes the branches what the ledger says.
    /// - Returns: whether it says something else by now.
    func look() async throws -> Bool {
        let waiting = try await self.ledger.list(phase: .awaitingApproval, limit: Self.maxProposals, before: nil).filter { !$0.isPreview }
        let files = try await self.ledger.files(waiting.map(\.id))
        var proposals: [PublishRequest] = []
        for (snapshot, files) in zip(waiting, files) {
            // What cannot be read fails where it is published, with the reason.
            guard var proposal = try? PublishRequest(of: snapshot, colour: self.configuration.colour) else { continue }
            proposal.changes.removeAll { self.repositories.repository(of: $0.cluster) !== self.repository }
            guard !proposal.changes.isEmpty, (try? snapshot.request()).map({ self.mayBeShown(proposal, to: $0.tenant) }) == true else { continue }
            proposal.files = try files.map { try RenderedFiles.decode($0) } ?? [:]
            proposals.append(proposal)
        }
        let owners = try await self.repository.packages.draftOwners()
        self.shown.withLock { $0 = owners.union(proposals.map(\.intentId)) }
        let others = owners.subtracting(waiting.map(\.id))
        let snapshots = try await self.ledger.read(Array(others))
        // Approved, and not on the branch yet.
        let underWay: Set<Phase> = [.planning, .rendering, .executing]
        let keeping = Set(snapshots.compactMap { $0 }.filter { underWay.contains($0.phase) && $0.ending == nil }.map(\.id))
        let stands = try await self.repository.packages.show(proposals, keeping: keeping)
        self.shown.withLock { $0 = stands.union(proposals.map(\.intentId)) }
        // What was decided between the list and the first of these lines was not heard.
        return try await self.ledger.read(proposals.map(\.intentId)).contains { $0?.phase != .awaitingApproval }
    }

    private func mayBeShown(_ proposal: PublishRequest, to tenant: String) -> Bool {
        let policy = self.authenticator.policy
        return policy.refusal(of: tenant, repository: self.repository.address) == nil
            && proposal.changes.allSatisfy { policy.refusal(of: tenant, package: $0.path) == nil }
    }
}
