import GitObjects
import IntentModel
import Testing

@testable import NephioBridge

/// Others at work on the same branch: people and other processes.
@Suite struct SharedRepositoryTests {
    let path = "default/core5g/amf"

    @Test("a person's edit is seen, kept apart from intents, and makes a plan against the old state a conflict")
    func person() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let files = package("amf", replicas: 2)
        _ = await repository.publish([request(store.intent(), self.path, to: files)])
        try await store.personWrites("\(self.path)/workload.yaml", files[1].content.replacing("replicas: 2", with: "replicas: 7"))
        let item = try #require(try await repository.items().first)
        #expect(item.replicas == 7 && item.intentId == nil && item.revision == "v1")
        #expect(try await item.commit == store.ask("rev-parse", "main"))
        #expect(try await store.open().items() == [item])
        #expect(await repository.publish([request(store.intent(), self.path, from: files, to: nil)]) == [.conflict(path: self.path)])
        let edited = try #require(try await repository.files(path: self.path))
        let result = await repository.publish([request(store.intent(), self.path, from: edited, to: files)])
        #expect(result[0].packages?.first?.revision == "v2")
    }

    @Test("packages a person makes or removes appear and disappear, also for a process that starts later")
    func personMakes() async throws {
        let store = try TestRepository()
        let repository = store.open()
        _ = await repository.publish([request(store.intent(), self.path, to: package("amf"))])
        try await store.personWrites("default/core5g/nrf/nrf.yaml", "kind: ConfigMap\nmetadata:\n  labels: {}\n")
        try await store.personWrites(self.path, nil)
        try await store.personWrites("docs/notes.txt", "not a package\n")
        try await store.personWrites("default/Not_A_Label/x/file", "not a package\n")
        let items = try await repository.items()
        #expect(items.map(\.path) == ["default/core5g/nrf"])
        #expect(items[0].revision == "v0" && items[0].function == "unknown" && items[0].intentId == nil && items[0].replicas == nil)
        let later = store.open()
        #expect(try await later.items() == items)
        let back = await later.publish([request(store.intent(), self.path, to: package("amf"))])
        #expect(back[0].packages?.first?.revision == "v2")
    }

    @Test("a branch that was set back is read anew")
    func rewritten() async throws {
        let store = try TestRepository()
        let repository = store.open()
        _ = await repository.publish([request(store.intent(), self.path, to: package("amf"))])
        _ = await repository.publish([request(store.intent(), "default/core5g/smf", to: package("smf", function: "SMF"))])
        _ = try await store.ask("update-ref", "refs/heads/main", "main~1")
        #expect(try await repository.items().map(\.path) == [self.path])
    }

    @Test("two processes publish everything once and lose nothing", arguments: [false, true])
    func racing(remote: Bool) async throws {
        let store = try TestRepository()
        if remote { try await store.open().open() }
        let processes = remote ? [store.openRemotely("a"), store.openRemotely("b")] : [store.open(), store.open()]
        let intents = (0..<40).map { _ in store.intent() }
        let results = await withTaskGroup(of: [(Int, PublishResult)].self) { group in
            for process in processes {
                group.addTask {
                    var results: [(Int, PublishResult)] = []
                    for start in stride(from: 0, to: intents.count, by: 8) {
                        // Both were handed the same work, as after a lease that ran out, and something of their own.
                        let numbers = Array(start..<(start + 8))
                        let batch = numbers.map {
                            request(intents[$0], "default/race/amf-\($0)", to: package("amf-\($0)"), repeated: true)
                        }
                        results += zip(numbers, await process.publish(batch))
                    }
                    return results
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        var commits: [Int: Set<String>] = [:]
        for (number, result) in results {
            let package = try #require(result.packages?.first, Comment(rawValue: "\(result)"))
            #expect(package.revision == "v1")
            commits[number, default: []].insert(package.commit)
        }
        #expect(commits.count == intents.count && commits.values.allSatisfy { $0.count == 1 })
        #expect(try await store.revisions() == intents.count)
    }

    @Test("an empty remote gets its branch, then commits and tags together")
    func emptyRemote() async throws {
        let store = try TestRepository()
        _ = try await store.ask("init", "--quiet", "--bare", "--initial-branch=main", store.directory)
        let repository = store.openRemotely("a")
        let result = await repository.publish([request(store.intent(), self.path, to: package("amf"))])
        let published = try #require(result[0].packages)
        #expect(try await store.ask("rev-parse", "main") == published[0].commit)
        #expect(try await store.ask("rev-parse", "refs/tags/\(self.path)/v1") == published[0].commit)
        let checks = try await repository.verify(published, expected: [change(self.path, to: package("amf"))])
        #expect(checks.count == 3 && checks.allSatisfy(\.passed))
    }

    @Test("a push whose answer was lost is not repeated")
    func lostAnswer() async throws {
        let store = try TestRepository()
        try await store.open().open()
        let repository = store.openRemotely("a", git: try store.failingGit("--atomic", instead: #"git "$@" >/dev/null 2>&1; kill -9 $$"#))
        let intent = store.intent()
        let first = await repository.publish([request(intent, self.path, to: package("amf"))])
        if case .failed(_, let mayRetry) = first[0] { #expect(mayRetry) } else { Issue.record("\(first)") }
        let second = await repository.publish([request(intent, self.path, to: package("amf"), repeated: true)])
        #expect(second[0].packages?.first?.revision == "v1")
        #expect(try await store.revisions() == 1)
    }

    @Test("a remote that is away is an error that may pass, and shows no credentials")
    func unreachable() async throws {
        let store = try TestRepository()
        let remote = RemoteRepository(url: "http://grace:hopper@127.0.0.1:1/packages.git", credential: .token("s3cret"))
        let repository = PackageRepository(target: .remote(remote, mirror: store.root + "/mirror.git"), freshness: .zero)
        let result = await repository.publish([request(store.intent(), self.path, to: package("amf"))])
        guard case .failed(let reason, let mayRetry) = result[0] else { return #expect(Bool(false), "\(result)") }
        #expect(mayRetry)
        for secret in ["hopper", "s3cret"] {
            #expect(!reason.contains(secret) && !remote.url.contains(secret))
            let found = try? await GitCommand(directory: store.root + "/mirror.git").run(["config", "--list"])
            #expect(found.map { !String(decoding: $0.output, as: UTF8.self).contains(secret) } ?? true)
        }
        #expect(remote.url == "http://127.0.0.1:1/packages.git")
        #expect(remote.settings["http.http://127.0.0.1:1/packages.git.extraHeader"] == "Authorization: Basic bmVwaG9yYW46czNjcmV0")
    }

    @Test("what the server's rules decline is tried three times, and then no more")
    func declined() async throws {
        let store = try TestRepository()
        try await store.open().open()
        try store.refusePushes()
        let result = await store.openRemotely("a").publish([request(store.intent(), self.path, to: package("amf"))])
        guard case .failed(_, let mayRetry) = result[0] else { return #expect(Bool(false), "\(result)") }
        #expect(!mayRetry)
        #expect(try String(contentsOfFile: store.directory + "/refusals", encoding: .utf8) == "no\nno\nno\n")
        #expect(try await store.revisions() == 0)
    }

    @Test("packs that the remote never took are merged like others")
    func refusedPacks() async throws {
        let store = try TestRepository()
        try await store.open().open()
        try store.refusePushes()
        let repository = store.openRemotely("a")
        for number in 0..<40 { _ = await repository.publish([request(store.intent(), "default/core5g/amf-\(number)", to: package("amf-\(number)"))]) }
        await repository.maintaining?.value
        let mirror = GitCommand(directory: store.root + "/mirror-a.git")
        let packs = String(decoding: try await mirror.output(["count-objects", "-v"]), as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("packs: ") }
        #expect(try #require(packs.flatMap { Int($0.dropFirst(7)) }) < 24)
        await repository.stop()
    }
}
