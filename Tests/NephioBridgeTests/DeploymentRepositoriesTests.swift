import Foundation
import GitObjects
import IntentModel
import TestSupport
import Testing

@testable import NephioBridge

/// Real repositories, each for its clusters.
@Suite(.timeLimit(.minutes(2))) struct DeploymentRepositoriesTests {
    private struct Site: Sendable {
        let root: TestRepository
        let stores: [String: TestRepository]
        let repositories: DeploymentRepositories

        func stop() async {
            for repository in self.repositories.all { await repository.packages.stop() }
        }

        /// Trailers of the packages on a repository's branch, oldest first.
        func intents(_ name: String) async throws -> [String] {
            let store = try #require(self.stores[name])
            let text = try await store.ask("log", "--reverse", "--format=%(trailers:key=Intent-Id,valueonly,separator=%x2C)", "main")
            return text.split(separator: "\n").map(String.init)
        }

        func begin(_ requests: [PublishRequest]) async -> [DeploymentRepositories.Progress] {
            await self.repositories.publish(requests) { repository, requests, _ in await repository.packages.publish(requests).map { .ended($0) } }
        }

        /// However long it takes.
        func publish(_ requests: [PublishRequest]) async -> [DeliveryOutcome] {
            var outcomes: [DeliveryOutcome] = []
            for progress in await self.begin(requests) {
                switch progress {
                case .now(let outcome): outcomes.append(outcome)
                case .later(let task): outcomes.append(await task.value)
                }
            }
            return outcomes
        }
    }

    /// `main`, `edge` for `edge-*` and `west`, all behind a server; `edge` through this git.
    private func withSites(edge git: (TestRepository) throws -> String = { _ in "git" }, _ body: (Site) async throws -> Void) async throws {
        let root = try TestRepository()
        var stores: [String: TestRepository] = [:]
        var made: [String: DeploymentRepository] = [:]
        for (name, clusters) in [("main", ["*"]), ("edge", ["edge-*"]), ("west", ["west"])] {
            let store = TestRepository(root: root.root, name: "\(name).git")
            try await store.git.output(["init", "--quiet", "--bare", "--initial-branch=main"])
            stores[name] = store
            let packages = PackageRepository(
                target: .remote(RemoteRepository(url: store.directory), mirror: "\(root.root)/mirror-\(name).git"), freshness: .zero,
                git: name == "edge" ? try git(store) : "git")
            made[name] = DeploymentRepository(name: name, address: store.directory, clusters: clusters, packages: packages)
        }
        let repositories = DeploymentRepositories(
            main: try #require(made["main"]), others: [try #require(made["edge"]), try #require(made["west"])])
        let site = Site(root: root, stores: stores, repositories: repositories)
        for repository in repositories.all { try await repository.packages.open() }
        let result = await Result { try await body(site) }
        await site.stop()
        try result.get()
    }

    /// One intent with packages in several clusters.
    private func spanning(_ id: IntentID, _ paths: [String], from before: [PackageFile]? = nil, repeated: Bool = false) -> PublishRequest {
        PublishRequest(
            intentId: id, createdAt: CommitTime.now.description, changes: paths.map { change($0, from: before, to: package("amf")) },
            files: Dictionary(uniqueKeysWithValues: paths.map { ($0, package("amf")) }), verb: .deploy, mayBeRepeat: repeated)
    }

    private func published(_ outcome: DeliveryOutcome) -> [PublishedPackage]? { if case .ended(let result) = outcome { result.packages } else { nil } }

    @Test("the first pattern that fits has a cluster, and the main repository has the rest")
    func routing() async throws {
        try await self.withSites { site async throws in
            let all = DeploymentRepositories(main: site.repositories.main, others: site.repositories.others.reversed() + site.repositories.others)
            #expect(["edge-7", "west", "edge", "north"].map { all.repository(of: $0).name } == ["edge", "west", "main", "main"])
        }
    }

    @Test("a batch goes to its repositories, is listed as one inventory, and is read back")
    func batch() async throws {
        try await self.withSites { site async throws in
            let paths = ["edge-1/core5g/amf", "west/core5g/amf", "north/core5g/amf", "edge-2/core5g/amf"]
            let requests = paths.map { request(site.root.intent(), $0, to: package("amf")) }
            let outcomes = await site.publish(requests)
            #expect(outcomes.compactMap { self.published($0)?.first?.path } == paths)
            let ids = requests.map(\.intentId.description)
            #expect(try await site.intents("edge") == [ids[0], ids[3]])
            #expect(try await site.intents("west") == [ids[1]])
            #expect(try await site.intents("main") == [ids[2]])
            #expect(try await site.repositories.items(function: "AMF").map(\.path) == paths.sorted())
            #expect(try await site.repositories.items(cluster: "edge-2").map(\.path) == [paths[3]])
            let claims = zip(requests, outcomes).map { (packages: self.published($1) ?? [], expected: $0.changes) }
            for reading in await site.repositories.verify(claims) {
                guard case .checked(let checks) = reading else {
                    Issue.record("\(reading)")
                    continue
                }
                #expect(checks.map(\.passed) == [true, true, true])
            }
        }
    }

    @Test("what is in a repository of a cluster that is another's is not listed")
    func strays() async throws {
        try await self.withSites { site async throws in
            _ = await site.repositories.main.packages.publish([request(site.root.intent(), "west/core5g/old", to: package("old"))])
            _ = await site.publish([request(site.root.intent(), "west/core5g/amf", to: package("amf"))])
            #expect(try await site.repositories.items().map(\.path) == ["west/core5g/amf"])
        }
    }

    @Test("a cluster that was given to another repository gets no second copy of a package that did not come along")
    func movedClusters() async throws {
        try await self.withSites { site async throws in
            // From before `west` was given its own.
            let path = "west/core5g/amf"
            _ = await site.repositories.main.packages.publish([request(site.root.intent(), path, to: package("amf", replicas: 3))])
            for requests in [
                [request(site.root.intent(), path, to: package("amf"))], [self.spanning(site.root.intent(), ["north/core5g/udm", path])],
            ] {
                guard case .ended(.failed(let reason, mayRetry: false)) = try #require(await site.publish(requests).first) else {
                    Issue.record("published")
                    continue
                }
                #expect(reason.hasPrefix("west/core5g/amf is in the repository main, and west is delivered from west by now"), "\(reason)")
            }
            #expect(try await site.intents("west").isEmpty)
            #expect(try await site.intents("main").count == 1)
            await #expect(throws: Misplaced.self) { try await site.repositories.checkMoved(function: "amf") }
            await #expect(throws: Misplaced.self) { try await site.repositories.checkMoved(instance: "amf", namespace: "core5g", cluster: "west") }
            let byHand = DirectPublication(intentId: nil, subject: "by hand", path: path, files: package("amf"), base: nil)
            await #expect(throws: Misplaced.self) { _ = try await site.repositories.publish(byHand) }
            #expect(await site.repositories.stray()?.path == path)
            // Others of the cluster, and the same in other clusters, are not held up.
            let others = await site.publish([
                request(site.root.intent(), "west/core5g/nrf", to: package("nrf")), request(site.root.intent(), "north/core5g/amf", to: package("amf")),
            ])
            #expect(others.compactMap { self.published($0)?.first?.path } == ["west/core5g/nrf", "north/core5g/amf"])
            // Moved by hand: out of one, into the other.
            _ = await site.repositories.main.packages.publish([
                request(site.root.intent(), path, from: package("amf", replicas: 3), to: nil, verb: .remove)
            ])
            #expect(self.published(try #require(await site.publish([request(site.root.intent(), path, to: package("amf"))]).first))?.first?.path == path)
            try await site.repositories.checkMoved(instance: "amf", cluster: "west")
            #expect(await site.repositories.stray() == nil)
            #expect(await site.repositories.main.packages.clustersAsLastSeen == ["north"])
        }
    }

    @Test("an intent for several repositories is published in each, once, however often it is repeated; undone it is gone from each")
    func spanningIntents() async throws {
        try await self.withSites { site async throws in
            let (id, paths) = (site.root.intent(), ["west/core5g/amf", "edge-1/core5g/amf", "north/core5g/amf"])
            let first = await site.publish([self.spanning(id, paths)])
            #expect(first.compactMap { self.published($0)?.map(\.path) } == [paths])
            #expect(await site.publish([self.spanning(id, paths, repeated: true)]) == first)
            for name in ["main", "edge", "west"] { #expect(try await site.intents(name) == [id.description]) }
            #expect(await site.repositories.remains(of: self.spanning(id, paths))?.count == 3)

            var undoing = self.spanning(id, paths, repeated: true)
            (undoing.changes, undoing.files) = try await site.repositories.reversal(of: undoing.changes)
            undoing.isReversal = true
            #expect(await site.publish([undoing]).compactMap { self.published($0)?.map(\.change) } == [[.delete, .delete, .delete]])
            #expect(try await site.repositories.items().isEmpty)
        }
    }

    @Test("when others changed the second package first, what the first repository has is told")
    func conflict() async throws {
        try await self.withSites { site async throws in
            _ = await site.publish([request(site.root.intent(), "edge-1/core5g/amf", to: package("amf", replicas: 9))])
            let (id, paths) = (site.root.intent(), ["edge-1/core5g/amf", "north/core5g/amf"])
            guard case .partial(let packages, let reason) = try #require(await site.publish([self.spanning(id, paths)]).first) else {
                Issue.record("not told")
                return
            }
            #expect(packages.map(\.path) == ["north/core5g/amf"] && reason == "edge-1/core5g/amf changed meanwhile")
            // Nothing was done where the first one is the one that changed.
            let other = await site.publish([self.spanning(site.root.intent(), ["north/core5g/amf", "west/core5g/amf"])])
            #expect(other == [.ended(.conflict(path: "north/core5g/amf"))])
            #expect(try await site.intents("west").isEmpty)
        }
    }

    @Test("a server that does not answer keeps nobody else waiting; what it was to publish is published once when it is back")
    func hanging() async throws {
        try await self.withSites(edge: { try $0.failingGit("push", times: 1_000, instead: "while [ -e \($0.root)/away ]; do sleep 0.05; done") }) {
            site async throws in
            let away = "\(site.root.root)/away"
            #expect(FileManager.default.createFile(atPath: away, contents: nil))
            let slow = request(site.root.intent(), "edge-1/core5g/amf", to: package("amf"))
            let begun = await site.begin([slow, request(site.root.intent(), "west/core5g/amf", to: package("amf"))])
            guard case .later(let late) = begun[0], case .now(let soon) = begun[1] else {
                Issue.record("\(begun)")
                return
            }
            #expect(self.published(soon)?.count == 1)
            // Nothing more is begun there meanwhile, and nobody waits for that; what is known is listed.
            let start = ContinuousClock.now
            let again = await site.begin([request(site.root.intent(), "edge-2/core5g/amf", to: package("amf"))])
            guard case .now(.waiting) = again[0] else {
                Issue.record("\(again)")
                return
            }
            #expect(start.duration(to: .now) < DeploymentRepositories.patience)
            #expect(try await site.repositories.items().map(\.path) == ["west/core5g/amf"])

            try FileManager.default.removeItem(atPath: away)
            #expect(self.published(await late.value)?.first?.revision == "v1")
            #expect(try await site.intents("edge") == [slow.intentId.description])
        }
    }

    @Test("the last attempt at an intent for several tells what some of them have; one that cannot be asked is asked again")
    func remains() async throws {
        try await self.withSites { site in
            let store = try #require(site.stores["edge"])
            let (id, paths) = (site.root.intent(), ["edge-1/core5g/amf", "north/core5g/amf"])
            try store.refusePushes()
            guard case .partial(let packages, _) = try #require(await site.publish([self.spanning(id, paths)]).first) else {
                Issue.record("not told")
                return
            }
            #expect(packages.map(\.path) == ["north/core5g/amf"])
            #expect(await site.repositories.remains(of: self.spanning(id, paths))?.map(\.path) == ["north/core5g/amf"])
            try FileManager.default.moveItem(atPath: store.directory, toPath: store.directory + ".away")
            #expect(await site.repositories.remains(of: self.spanning(id, paths)) == nil)
        }
    }

    @Test("what was read of a repository is listed while its server is away; without that the list is not to be had")
    func away() async throws {
        try await self.withSites { site async throws in
            _ = await site.publish([request(site.root.intent(), "edge-1/core5g/amf", to: package("amf"))])
            let store = try #require(site.stores["edge"])
            try FileManager.default.moveItem(atPath: store.directory, toPath: store.directory + ".away")
            #expect(try await site.repositories.items().map(\.path) == ["edge-1/core5g/amf"])
            await #expect(throws: DeploymentRepository.Away.self) { try await site.repositories.items(cluster: "edge-1") }
            let anew = DeploymentRepositories(
                main: site.repositories.main,
                others: [
                    DeploymentRepository(
                        name: "edge", address: store.directory, clusters: ["edge-*"],
                        packages: PackageRepository(
                            target: .remote(RemoteRepository(url: store.directory), mirror: "\(site.root.root)/mirror-anew.git"), freshness: .zero))
                ])
            await #expect(throws: DeploymentRepository.Away.self) { try await anew.items() }
        }
    }
}
