import GitObjects
import IntentModel
import Testing

@testable import NephioBridge

/// Every wait has a deadline, every queue and cache a bound.
@Suite struct BoundTests {
    @Test("a git that does not end is ended", .timeLimit(.minutes(1)))
    func deadline() async throws {
        let store = try TestRepository()
        let git = GitCommand(directory: store.directory, executable: try store.failingGit("log", instead: "sleep 1000"))
        await #expect(throws: GitError.timedOut(command: "log")) { try await git.run(["log"], deadline: .milliseconds(100)) }
    }

    @Test("a reader whose git does not answer tries another, then gives up", .timeLimit(.minutes(1)), arguments: [1, 2])
    func silentReader(times: Int) async throws {
        let store = try TestRepository()
        try await store.open().open()
        let git = GitCommand(directory: store.directory, executable: try store.failingGit("cat-file", times: times, instead: "sleep 1000"))
        let reader = GitObjectReader(git: git, deadline: .milliseconds(500))
        // The second waits behind the first and must not wait for ever.
        async let first = reader.object("main")
        async let second = reader.object("main")
        let objects = [try? await first, try? await second]
        if times == 1 { #expect(objects.allSatisfy { $0 != nil }) } else { #expect(objects.contains { $0 == nil }) }
        await reader.stop()
    }

    @Test("a reader takes more names than a pipe holds and skips what is too large")
    func manyNames() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let large = [PackageFile(path: "large.txt", content: String(repeating: "x", count: 5_000)), PackageFile(path: "small.txt", content: "x")]
        _ = await repository.publish([request(store.intent(), "default/core5g/amf", to: large)])
        let reader = GitObjectReader(git: store.git, maxObjectBytes: 4_096)
        let names = (0..<3_000).flatMap { _ in ["main:default/core5g/amf/large.txt", "main:nothing", "main:default/core5g/amf/small.txt"] }
        let objects = try await reader.objects(names)
        #expect(objects.count == names.count)
        #expect(objects[0]?.isComplete == false && objects[0]?.size == 5_000 && objects[1] == nil && objects[2]?.content == [UInt8(ascii: "x")])
        #expect(objects[8_999]?.content == [UInt8(ascii: "x")])
        await reader.stop()
    }

    @Test("a reader's git answers so many names, then another one does; what the first was asked it still answers")
    func renewed() async throws {
        let store = try TestRepository()
        let repository = store.open()
        _ = await repository.publish([request(store.intent(), "default/core5g/amf", to: [PackageFile(path: "a.txt", content: "x")])])
        let reader = GitObjectReader(git: store.git, limit: 10)
        let answers = try await withThrowingTaskGroup(of: [GitObject?].self) { group in
            for _ in 0..<40 { group.addTask { try await reader.objects(Array(repeating: "main:default/core5g/amf/a.txt", count: 3)) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(answers.count == 120 && answers.allSatisfy { $0?.content == [UInt8(ascii: "x")] })
        #expect(await reader.processes == 14)
        // More at once than one is to answer is still one question.
        #expect(try await reader.objects(Array(repeating: "main", count: 25)).count == 25)
        await reader.stop()
        await repository.stop()
    }

    @Test("turns are taken one at a time in order, and no more wait than may")
    func turns() async throws {
        let queue = TurnQueue(capacity: 2)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await queue.take {
                begin.yield()
                for await _ in gate { break }
                return 1
            }
        }
        for await _ in began { break }
        #expect(!queue.isIdle)
        let second = Task { try await queue.take { 2 } }
        while queue.depth < 2 { await Task.yield() }
        await #expect(throws: GitError.overloaded) { try await queue.take { 3 } }
        open.yield()
        #expect(try await first.value == 1)
        #expect(try await second.value == 2)
        #expect(try await queue.take { 4 } == 4)
    }

    @Test("a turn that began is finished though its caller went away")
    func cancelled() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let requests = (0..<20).map { request(store.intent(), "default/core5g/amf-\($0)", to: package("amf-\($0)")) }
        let task = Task { await repository.publish(requests) }
        task.cancel()
        let results = await task.value
        #expect(results.allSatisfy { $0.packages?.first?.revision == "v1" })
        #expect(try await store.revisions() == 20)
    }

    @Test("the memory forgets the oldest intents and says so")
    func memory() throws {
        var memory = PublicationMemory(capacity: 10, completeSince: CommitTime(seconds: 0))
        let path = try #require(PackagePath("default/core5g/amf"))
        let commits = try (0..<25).map { try #require(ObjectID(String(repeating: "0", count: 38) + ($0 < 10 ? "0\($0)" : "\($0)"))) }
        let intents = (0..<25).map { IntentID(partition: 0, milliseconds: Int64($0)) }
        for (number, intent) in intents.enumerated() {
            let publication = Publication(
                intentId: intent, path: path, revision: number, change: .update, commit: commits[number], time: CommitTime(seconds: Int64(number) * 10)
            )
            memory.remember(publication)
            memory.remember(publication)
        }
        #expect(memory.publications(of: intents[14]).isEmpty && !memory.contains(commits[14]))
        #expect(memory.publications(of: intents[15]).count == 1 && memory.contains(commits[15]))
        #expect(!memory.covers(CommitTime(seconds: 140)) && memory.covers(CommitTime(seconds: 141)))
    }

    @Test("the more tags are packed, the more are waited for, within bounds; nothing is asked before")
    func packing() {
        #expect([0, 5_119_999, 5_121_280, 24_000_000, .max].map(MaintenanceNeed.tagLimit) == [4_000, 4_000, 4_001, 18_750, 32_000])
        var need = MaintenanceNeed()
        need.count(packs: 0, tags: 3_999)
        #expect(
            !need.take {
                Issue.record("asked")
                return 0
            }.tags)
        need.count(packs: 0, tags: 1)
        #expect(!need.take { 24_000_000 }.tags)
        need.count(packs: 0, tags: 14_750)
        #expect(need.take { 24_000_000 }.tags)
        #expect(!need.take { 0 }.tags)
    }

    @Test("the file cache stays within its bytes")
    func cache() throws {
        var cache = PackageFileCache(limit: 10_000)
        let trees = try (10..<60).map { try #require(ObjectID(String(repeating: "0", count: 38) + "\($0)")) }
        for tree in trees { cache.insert([PackageFile(path: "f", content: String(repeating: "x", count: 1_000))], tree: tree) }
        #expect(cache.bytes <= 10_000 && cache.bytes > 5_000)
        #expect(cache[trees[0]] == nil && cache[trees[49]] != nil)
        cache.insert([PackageFile(path: "f", content: String(repeating: "x", count: 9_000))], tree: trees[0])
        #expect(cache[trees[0]] == nil)
    }

    @Test(
        "what a push said is told apart: lost races are repeated, refusals are not",
        arguments: [
            ("!\tx:refs/heads/main\t[rejected] (fetch first)", GitError.moved),
            ("!\tx:refs/heads/main\t[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)", .moved),
            ("!\tx:refs/tags/a/b/c/v1\t[rejected] (already exists)\n!\tx:refs/heads/main\t[remote rejected] (atomic push failure)", .moved),
            ("!\tx:refs/heads/main\t[remote rejected] (pre-receive hook declined)", .declined("[remote rejected] (pre-receive hook declined)")),
            (
                "!\tx:refs/heads/main\t[remote rejected] (unpacker error)",
                .ailing("[remote rejected] (unpacker error): fatal: no route\n")
            ),
            ("", .unreachable("fatal: no route")),
        ])
    func pushes(report: String, error: GitError) {
        #expect(PushReport.error(of: GitOutput(succeeded: false, output: Array(report.utf8), message: "fatal: no route\n")) == error)
        #expect(PushReport.error(of: GitOutput(succeeded: true, output: Array(report.utf8), message: "")) == nil)
    }
}
