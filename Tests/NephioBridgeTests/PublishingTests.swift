import GitObjects
import IntentModel
import Testing

@testable import NephioBridge

@Suite struct PublishingTests {
    let path = "default/core5g/amf"

    @Test("a new package is one commit with trailers, its content, and a tag")
    func create() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let intent = store.intent()
        let files = package("amf", replicas: 3)
        let result = await repository.publish([request(intent, self.path, to: files)])
        let published = try #require(result.first?.packages?.first)
        #expect(published.revision == "v1" && published.change == .create && published.instance == "amf" && published.path == self.path)
        #expect(published.repository == store.directory)
        #expect(try await store.ask("rev-parse", "main") == published.commit)
        #expect(try await store.ask("rev-parse", "main:\(self.path)") == GitTree.id(of: files))
        #expect(try await store.ask("rev-parse", "refs/tags/\(self.path)/v1") == published.commit)
        #expect(try await store.ask("log", "-1", "--format=%s", "main") == "Deploy amf in core5g (v1)")
        #expect(try await store.ask("log", "-1", "--format=%an <%ae>", "main") == "Nephoran <nephoran@localhost>")
        #expect(try await store.ask("log", "-1", "--format=%(trailers:key=Intent-Id,valueonly)", "main") == intent.description)
        #expect(try await store.ask("log", "-1", "--format=%(trailers:key=Nephoran-Instance,valueonly)", "main") == self.path)
        #expect(try await store.ask("log", "-1", "--format=%b", "main").contains("- replicas: 1 (nothing was said)"))
        #expect(try await store.ask("fsck", "--strict") == "")
        await repository.stop()
    }

    @Test("an update replaces the directory, a delete removes it, and a package that comes back goes on counting")
    func lifecycle() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let first = package("amf")
        let second = [PackageFile(path: "other.yaml", content: "kind: Other\n")]
        var revisions: [String] = []
        for (before, after) in [(nil, first), (first, second), (second, nil), (nil, first)] as [([PackageFile]?, [PackageFile]?)] {
            let result = await repository.publish([request(store.intent(), self.path, from: before, to: after)])
            revisions.append(try #require(result[0].packages?.first?.revision))
            let tree = try? await store.ask("rev-parse", "main:\(self.path)")
            #expect(tree == after.map { GitTree.id(of: $0) })
        }
        #expect(revisions == ["v1", "v2", "v3", "v4"])
        #expect(try await store.ask("log", "-1", "--format=%s", "main~1") == "Remove amf in core5g (v3)")
        #expect(try await repository.files(path: self.path, revision: "v2") == second)
        #expect(try await repository.files(path: self.path, revision: "v3") == nil)
        // The count is read back from Git, not kept in the process.
        let restarted = store.open()
        let gone = await restarted.publish([request(store.intent(), self.path, from: first, to: nil)])
        #expect(gone[0].packages?.first?.revision == "v5")
        let again = store.open()
        let back = await again.publish([request(store.intent(), self.path, to: first)])
        #expect(back[0].packages?.first?.revision == "v6")
    }

    @Test("a change that changes nothing makes no commit and names the revision that stands")
    func unchanged() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let files = package("amf")
        let first = await repository.publish([request(store.intent(), self.path, to: files)])
        var same = request(store.intent(), self.path, from: files, to: files)
        let second = await repository.publish([same])
        same.intentId = store.intent()
        same.changes[0].change = .none
        let third = await repository.publish([same])
        for result in [second, third] {
            let package = try #require(result[0].packages?.first)
            #expect(package.change == .none && package.revision == "v1" && package.commit == first[0].packages?.first?.commit)
        }
        same.changes[0].path = "default/core5g/absent"
        #expect(await repository.publish([same]) == [.published([])])
        #expect(try await store.revisions() == 1)
    }

    @Test("a change planned against another state is a conflict and leaves the rest of the batch alone")
    func conflict() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let (one, two, three) = (package("amf", replicas: 1), package("amf", replicas: 2), package("amf", replicas: 3))
        let results = await repository.publish([
            request(store.intent(), self.path, to: one),
            // Sees the commit before it in the same batch.
            request(store.intent(), self.path, from: one, to: two, verb: .scale),
            // Planned against what is no longer there.
            request(store.intent(), self.path, from: one, to: three, verb: .scale),
            request(store.intent(), self.path, to: one),
            request(store.intent(), "default/core5g/absent", from: one, to: nil, verb: .remove),
            request(store.intent(), "default/core5g/smf", to: package("smf")),
        ])
        #expect(results.map { $0.packages?.map(\.revision) } == [["v1"], ["v2"], nil, nil, nil, ["v1"]])
        #expect(results[2] == .conflict(path: self.path) && results[3] == .conflict(path: self.path))
        #expect(results[4] == .conflict(path: "default/core5g/absent"))
        #expect(try await store.revisions() == 3)
    }

    @Test("an intent's packages are published together or not at all")
    func together() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let files = package("amf")
        _ = await repository.publish([request(store.intent(), self.path, to: files)])
        var both = request(store.intent(), "edge/core5g/amf", to: files)
        both.changes.append(change(self.path, from: package("amf", replicas: 9), to: nil))
        #expect(await repository.publish([both]) == [.conflict(path: self.path)])
        #expect(try await store.revisions() == 1)
        both.changes[1] = change(self.path, from: files, to: nil)
        let moved = await repository.publish([both])
        #expect(moved[0].packages?.map(\.revision) == ["v1", "v2"])
        #expect(try await repository.items().map(\.path) == ["edge/core5g/amf"])
        #expect(
            try await store.ask("log", "-2", "--format=%s", "main").split(separator: "\n") == [
                "Remove amf in core5g (v2)", "Deploy amf in core5g on edge (v1)",
            ])
    }

    @Test("a repeated request is answered with the revision it made", arguments: [false, true])
    func repeated(afterRestart: Bool) async throws {
        let store = try TestRepository()
        var repository = store.open()
        let intent = store.intent()
        let first = await repository.publish([request(intent, self.path, to: package("amf"))])
        _ = await repository.publish([request(store.intent(), self.path, from: package("amf"), to: package("amf", replicas: 2))])
        if afterRestart { repository = store.open() }
        let again = request(intent, self.path, to: package("amf"), repeated: true)
        #expect(await repository.publish([again, again]) == first + first)
        #expect(try await store.revisions() == 2)
    }

    @Test("a repeat within one batch makes one revision")
    func twice() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let same = request(store.intent(), self.path, to: package("amf"))
        let results = await repository.publish([same, same])
        #expect(results[0].packages?.first?.revision == "v1" && results[0] == results[1])
        #expect(try await store.revisions() == 1)
    }

    @Test("a repeat from before the memory begins is found in the history")
    func forgotten() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let intent = store.intent()
        let first = await repository.publish([request(intent, self.path, to: package("amf"))])
        await repository.forget()
        #expect(await repository.publish([request(intent, self.path, to: package("amf"), repeated: true)]) == first)
        await repository.forget()
        #expect(try await repository.deployments(intent) == first[0].packages)
    }

    @Test("a batch larger than a run is published in order")
    func large() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let requests = (0..<300).map { request(store.intent(), "default/load/amf-\($0)", to: package("amf-\($0)")) }
        let results = await repository.publish(requests)
        #expect(results.allSatisfy { $0.packages?.first?.revision == "v1" })
        #expect(try await store.revisions() == 300)
        #expect(try await store.ask("for-each-ref", "--count=1000", "refs/tags/").split(separator: "\n").count == 300)
        let order = try await store.ask("log", "--reverse", "--format=%H", "main").split(separator: "\n").dropFirst().map(String.init)
        #expect(results.compactMap { $0.packages?.first?.commit } == order)
    }

    @Test("maintenance merges packs while publishing goes on")
    func maintenance() async throws {
        let store = try TestRepository()
        let repository = store.open()
        for number in 0..<100 {
            let result = await repository.publish([request(store.intent(), "default/load/amf-\(number)", to: package("amf-\(number)"))])
            #expect(result[0].packages != nil)
        }
        await repository.maintaining?.value
        #expect(try await store.packs() < 30)
        #expect(try await repository.files(path: "default/load/amf-1") == package("amf-1").sorted { $0.path < $1.path })
        #expect(try await store.ask("fsck", "--full", "--strict") == "")
    }
}

extension PackageRepository {
    /// As if this process had begun long after what it published.
    func forget() { self.memory = PublicationMemory(completeSince: CommitTime(seconds: .max)) }
}
