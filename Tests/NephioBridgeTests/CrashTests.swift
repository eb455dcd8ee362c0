import GitObjects
import IntentModel
import Testing

@testable import NephioBridge

@Suite struct CrashTests {
    static let crashes: [(command: String, instead: String)] = [
        // Before anything, with half of the input, with all of it and the answer lost, and before the tags.
        ("fast-import", "kill -9 $$"),
        ("fast-import", #"head -c 300 | git "$@" >/dev/null 2>&1; kill -9 $$"#),
        ("fast-import", #"git "$@" >/dev/null 2>&1; kill -9 $$"#),
        ("fast-import", #"git "$@"; kill -9 $$"#),
        ("update-ref", "kill -9 $$"),
    ]

    @Test("whatever git is killed at, a repeat makes exactly one revision with its tag", arguments: Self.crashes)
    func killed(command: String, instead: String) async throws {
        let store = try TestRepository()
        try await store.open().open()
        let intents = (0..<5).map { _ in store.intent() }
        func batch(repeated: Bool) -> [PublishRequest] {
            intents.enumerated().map { request($0.element, "default/core5g/amf-\($0.offset)", to: package("amf-\($0.offset)"), repeated: repeated) }
        }
        let first = store.open(git: try store.failingGit(command, instead: instead))
        let before = await first.publish(batch(repeated: false))
        // The same process repeats, then one that knows nothing.
        let after = await first.publish(batch(repeated: true))
        let checks = try await first.verify(after.flatMap { $0.packages ?? [] }, expected: batch(repeated: true).flatMap(\.changes))
        #expect(checks.count == 3 * intents.count && checks.allSatisfy(\.passed))
        let restarted = await store.open().publish(batch(repeated: true))
        #expect(after == restarted)
        #expect(after.allSatisfy { $0.packages?.first?.revision == "v1" })
        for result in before {
            if case .failed(_, let mayRetry) = result { #expect(mayRetry) } else { #expect(after.contains(result)) }
        }
        #expect(try await store.revisions() == intents.count)
        for package in after.compactMap({ $0.packages?.first }) {
            #expect(try await store.ask("rev-parse", "refs/tags/\(package.path)/v1") == package.commit)
        }
        #expect(try await store.ask("fsck", "--strict") == "")
    }

    @Test("tags that a crash left unwritten are written at the next start")
    func tags() async throws {
        let store = try TestRepository()
        let intent = store.intent()
        let result = await store.open(git: try store.failingGit("update-ref", times: 100, instead: "kill -9 $$"))
            .publish([request(intent, "default/core5g/amf", to: package("amf"))])
        let commit = try #require(result[0].packages?.first?.commit)
        #expect(try await store.ask("tag") == "")
        let repository = store.open()
        #expect(try await repository.items().first?.revision == "v1")
        #expect(try await store.ask("rev-parse", "refs/tags/default/core5g/amf/v1") == commit)
        let next = await repository.publish([request(store.intent(), "default/core5g/amf", from: package("amf"), to: nil)])
        #expect(next[0].packages?.first?.revision == "v2")
    }

    @Test("the lock of a killed git does not block the branch")
    func staleLock() async throws {
        let store = try TestRepository()
        let repository = store.open()
        try await repository.open()
        try store.leaveLock(at: "refs/heads/main.lock", age: 60)
        let result = await repository.publish([request(store.intent(), "default/core5g/amf", to: package("amf"))])
        #expect(result[0].packages?.first?.revision == "v1")
    }

    @Test("reading goes on after its git process was killed")
    func reader() async throws {
        let store = try TestRepository()
        let repository = store.open()
        _ = await repository.publish([request(store.intent(), "default/core5g/amf", to: package("amf"))])
        #expect(try await repository.files(path: "default/core5g/amf", revision: "v1")?.count == 3)
        await repository.reader.stop()
        #expect(try await repository.reader.object("main")?.kind == .commit)
    }
}
