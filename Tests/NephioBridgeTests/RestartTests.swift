import Foundation
import IntentModel
import Testing

@testable import NephioBridge

/// A process that starts on a repository with a history.
@Suite struct RestartTests {
    private func path(_ number: Int) -> String { "default/core5g/amf-\(number)" }

    /// Every kind of change: made, updated, removed, by intents and by a person.
    private func history(in store: TestRepository) async throws -> PackageRepository {
        let repository = store.open()
        _ = await repository.publish((0..<20).map { request(store.intent(), self.path($0), to: package("amf-\($0)")) })
        _ = await repository.publish((0..<5).map { request(store.intent(), self.path($0), from: package("amf-\($0)"), to: package("amf-\($0)", replicas: 4)) })
        _ = await repository.publish([request(store.intent(), self.path(7), from: package("amf-7"), to: nil)])
        try await store.personWrites("\(self.path(9))/notes.txt", "by hand\n")
        _ = try await repository.items()
        return repository
    }

    @Test("the kept index is the one that is read from nothing")
    func kept() async throws {
        let store = try TestRepository()
        let index = await (try self.history(in: store)).index
        try PackageIndexFile.write(index, in: store.directory)
        let read = try #require(PackageIndexFile.read(in: store.directory))
        #expect(read == index)
        #expect(read.head == index.head && read.entries.count == 19 && read.retired == index.retired && read.retired.count == 1)
    }

    @Test("a start from the kept index sees all that came after it, as one from nothing does")
    func resumed() async throws {
        let store = try TestRepository()
        let first = try await self.history(in: store)
        try PackageIndexFile.write(await first.index, in: store.directory)
        _ = await first.publish([request(store.intent(), self.path(2), from: package("amf-2", replicas: 4), to: package("amf-2", replicas: 6))])
        _ = await first.publish([request(store.intent(), self.path(3), from: package("amf-3", replicas: 4), to: nil)])
        _ = await first.publish([request(store.intent(), self.path(7), to: package("amf-7"))])
        try await store.personWrites("default/edge/upf/upf.yaml", "kind: ConfigMap\n")
        let resumed = store.open()
        let items = try await resumed.items()
        #expect(await !resumed.memory.covers(CommitTime(seconds: 0)), "it did not start from the kept index")
        try FileManager.default.removeItem(atPath: store.directory + "/nephoran-index")
        let fresh = store.open()
        #expect(try await fresh.items() == items)
        #expect(await fresh.index == resumed.index)
        let back = await resumed.publish([request(store.intent(), self.path(3), to: package("amf-3"))])
        #expect(back.first?.packages?.first?.revision == "v4")
    }

    @Test("what was published before the kept index is not published again, nor undone twice")
    func repeated() async throws {
        let store = try TestRepository()
        let first = try await self.history(in: store)
        let intent = store.intent()
        let done = await first.publish([request(intent, self.path(30), to: package("amf-30"))])
        var undo = request(intent, self.path(30), from: package("amf-30"), to: nil)
        undo.isReversal = true
        let undone = await first.publish([undo])
        let again = await first.publish([request(store.intent(), self.path(30), to: package("amf-30", replicas: 2))])
        #expect(done[0].packages?.first?.revision == "v1" && undone[0].packages?.first?.revision == "v2" && again[0].packages?.first?.revision == "v3")
        try PackageIndexFile.write(await first.index, in: store.directory)
        let resumed = store.open()
        undo.mayBeRepeat = true
        #expect(await resumed.publish([undo]) == undone)
        let other = store.intent()
        let requests = (0..<40).map { _ in request(store.intent(), self.path(31), from: nil, to: package("amf-31")) }
        _ = await resumed.publish(requests)
        let old = await resumed.publish([request(other, self.path(31), from: package("amf-31"), to: package("amf-31", replicas: 3))])
        for number in 0..<20 {
            let (before, after) = number.isMultiple(of: 2) ? (3, 5) : (5, 3)
            _ = await resumed.publish([
                request(store.intent(), self.path(31), from: package("amf-31", replicas: before), to: package("amf-31", replicas: after))
            ])
        }
        await resumed.forget()
        let revisions = try await store.revisions()
        let repeated = request(other, self.path(31), from: package("amf-31"), to: package("amf-31", replicas: 3), repeated: true)
        #expect(await resumed.publish([repeated]) == old, "an intent twenty revisions back was not found")
        #expect(try await store.revisions() == revisions)
    }

    @Test("a revision that a person took off the branch counts for nothing but its number, which is not given again", arguments: [false, true])
    func takenOff(isKept: Bool) async throws {
        let store = try TestRepository()
        let repository = store.open()
        let intent = store.intent()
        _ = await repository.publish([request(store.intent(), self.path(1), to: package("amf-1"))])
        if isKept { try PackageIndexFile.write(await repository.index, in: store.directory) }
        _ = await repository.publish([request(intent, self.path(2), to: package("amf-2"))])
        _ = try await store.ask("update-ref", "refs/heads/main", "main~1")
        let later = store.open()
        try await later.open()
        await later.forget()
        let result = await later.publish([request(intent, self.path(2), to: package("amf-2"), repeated: true)])
        #expect(try await store.ask("rev-parse", "main") == result[0].packages?.first?.commit)
        #expect(result[0].packages?.first?.revision == "v2")
    }

    @Test(
        "a kept index that is damaged, older than the format or of another history is not used",
        arguments: ["flipped", "cut", "version", "empty", "rewritten"])
    func unusable(_ damage: String) async throws {
        let store = try TestRepository()
        let first = try await self.history(in: store)
        let file = store.directory + "/nephoran-index"
        try PackageIndexFile.write(await first.index, in: store.directory)
        var bytes = try #require(FileManager.default.contents(atPath: file))
        switch damage {
        case "flipped": bytes[bytes.count / 2] ^= 1
        case "cut": bytes.removeLast(10)
        case "version": bytes[15] = UInt8(ascii: "0")
        case "empty": bytes = Data()
        default: _ = try await store.ask("update-ref", "refs/heads/main", "main~3")
        }
        try bytes.write(to: URL(filePath: file))
        let resumed = store.open()
        let items = try await resumed.items()
        #expect(await resumed.memory.covers(CommitTime(seconds: 0)), "it started from the kept index")
        try FileManager.default.removeItem(atPath: file)
        #expect(try await store.open().items() == items)
    }

    @Test("the index is kept when tags are packed")
    func maintained() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let count = MaintenanceNeed.tagLimits.lowerBound + 1
        for start in stride(from: 0, to: count, by: 1_000) {
            let numbers = start..<min(start + 1_000, count)
            let results = await repository.publish(numbers.map { request(store.intent(), "default/ns-\($0 % 50)/amf-\($0)", to: package("amf-\($0)")) })
            #expect(results.allSatisfy { $0.packages != nil })
        }
        await repository.maintaining?.value
        let kept = try #require(PackageIndexFile.read(in: store.directory))
        #expect(kept.entries.count >= MaintenanceNeed.tagLimits.lowerBound - 1_000)
        #expect(try await store.open().items().count == count)
    }
}
