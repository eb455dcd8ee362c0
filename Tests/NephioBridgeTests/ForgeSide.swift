import Foundation
import HTTPFetch
import IntentModel
import Resilience
import ServiceClient
import TestSupport

@testable import NephioBridge

/// A forge with a protected branch, and a bridge that publishes there by pull requests.
struct ForgeSide: Sendable {
    let store: TestRepository
    let forge: FakeForge
    let fetcher: HTTPFetcher
    /// Of the bridge that is running.
    let bridge: Bridge

    /// A process: what it knows of pull requests and its mirror are its own.
    struct Bridge: Sendable {
        var repository: PackageRepository
        var delivery: PullRequestDelivery

        func deliver(_ request: PublishRequest) async -> DeliveryOutcome { await self.delivery.deliver(request, reading: self.repository) }
        func withdraw(_ request: PublishRequest) async -> DeliveryOutcome { await self.delivery.withdraw(request, reading: self.repository) }

        /// As the stage does it: again, while it may be tried again, until somebody has to decide.
        func deliverToDecision(_ request: PublishRequest) async throws -> DeliveryOutcome {
            var request = request
            for _ in 0..<60 {
                guard case .ended(.failed(_, mayRetry: true)) = await self.deliver(request) else { break }
                request.mayBeRepeat = true
                // The stage waits between two attempts, too: what is asked is whether it comes to a decision, 6 s at the most, and each
                // attempt looks again.
                try await Task.sleep(for: .milliseconds(100))
            }
            return await self.deliver(request)
        }
    }

    static func with(_ kind: FakeForge.Kind = .gitea, limit: Duration = .seconds(3_600), _ body: (ForgeSide) async throws -> Void) async throws {
        let store = try TestRepository()
        try await store.git.output(["init", "--quiet", "--bare", "--initial-branch=main"])
        let first = store.openRemotely("seed")
        try await first.open()
        await first.stop()
        let forge = try await FakeForge.start(kind, repository: store.directory)
        let fetcher = HTTPFetcher(.init())
        let side = ForgeSide(store: store, forge: forge, fetcher: fetcher, bridge: Self.bridge("a", store, forge, fetcher, limit))
        let result: Result<Void, any Error>
        do { result = .success(try await body(side)) } catch { result = .failure(error) }
        await side.bridge.repository.stop()
        fetcher.stop()
        await forge.stop()
        try result.get()
    }

    /// Another process, later or beside.
    func another(_ name: String, limit: Duration = .seconds(3_600)) -> Bridge { Self.bridge(name, self.store, self.forge, self.fetcher, limit) }

    private static func bridge(_ name: String, _ store: TestRepository, _ forge: FakeForge, _ fetcher: HTTPFetcher, _ limit: Duration) -> Bridge {
        let client = ServiceClient(Upstream("forge"), base: forge.url, token: forge.token, fetcher: fetcher)
        let api = ForgeClient(client: client, repository: forge.name, base: "main")
        var delivery = PullRequestDelivery(forge: api, limit: limit)
        delivery.pauses = .milliseconds(10)...(.milliseconds(50))
        return Bridge(repository: store.openRemotely(name), delivery: delivery)
    }

    /// Of the branches that pull requests are made from.
    func branches() async throws -> [String] {
        try await self.store.ask("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/nephoran-*").split(separator: "\n").map(String.init)
    }
}
